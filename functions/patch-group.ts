// PATCH /machinegroups/{groupName}?projectName=…: changes the fields that the JSON merge patch names.
import { patchGroup } from '../lib/runtime/groups/patch.ts';
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { patchInput } from '../lib/runtime/http/input.ts';
import { patchGroupRequest } from '../lib/runtime/requests/patch-group.ts';

export const handler = groupFunction({
  operation: 'UpdateMachineGroup',
  name: 'PatchMachineGroup',
  from: patchInput,
  schema: patchGroupRequest,
  run: patchGroup,
});
