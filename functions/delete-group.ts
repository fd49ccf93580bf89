// DELETE /machinegroups/{groupName}?projectName=…&owner=…&force=…&reason=…: deletes a machine group nobody needs.
import { deleteGroup } from '../lib/runtime/groups/delete.ts';
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { deleteGroupRequest } from '../lib/runtime/requests/delete-group.ts';

export const handler = groupFunction({
  operation: 'DeleteMachineGroup',
  from: placed,
  schema: deleteGroupRequest,
  run: deleteGroup,
});
