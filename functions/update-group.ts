// PUT /machinegroups/{groupName}?projectName=…: replaces a machine group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { bodyInput } from '../lib/runtime/http/input.ts';
import { updateGroupRequest } from '../lib/runtime/requests/group-resource.ts';

export const handler = groupFunction({
  operation: 'UpdateMachineGroup',
  from: bodyInput,
  schema: updateGroupRequest,
  run: ({ project, definition }, sls) => sls.updateMachineGroup(project, definition),
});
