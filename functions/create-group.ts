// POST /machinegroups: creates a machine group.
import { jsonBody } from '../lib/runtime/http/body.ts';
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { createGroupRequest } from '../lib/runtime/requests.ts';

export const handler = groupFunction({
  operation: 'CreateMachineGroup',
  from: jsonBody,
  schema: createGroupRequest,
  async run({ project, definition }, sls, options) {
    const { requestId } = await sls.createMachineGroup(project, definition, options);
    return { requestId };
  },
});
