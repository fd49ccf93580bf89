// POST /machinegroups: creates a machine group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { bodyInput } from '../lib/runtime/http/input.ts';
import { createGroupRequest } from '../lib/runtime/requests/group-resource.ts';

export const handler = groupFunction({
  operation: 'CreateMachineGroup',
  from: bodyInput,
  schema: createGroupRequest,
  run: ({ project, definition }, sls) => sls.createMachineGroup(project, definition),
});
