// PUT /machinegroups/{groupName}/machines?projectName=…&action=add|delete: adds or deletes members.
import { updateMembers } from '../lib/runtime/groups/members.ts';
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placedWithBody } from '../lib/runtime/http/input.ts';
import { updateMachinesRequest } from '../lib/runtime/requests/machines.ts';

export const handler = groupFunction({
  operation: 'UpdateMachineGroupMachine',
  from: (invocation) => placedWithBody(invocation, 'machines', ['projectName', 'action']),
  schema: updateMachinesRequest,
  run: updateMembers,
});
