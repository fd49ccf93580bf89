// POST /machinegroups: creates a machine group.
import { jsonBody } from '../lib/runtime/http/body.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { createGroupRequest } from '../lib/runtime/requests.ts';

export const handler = httpFunction({
  operation: 'CreateMachineGroup',
  from: jsonBody,
  schema: createGroupRequest,
  async run({ project, definition }, sls, options) {
    const { requestId } = await sls.createMachineGroup(project, definition, options);
    return { requestId };
  },
});
