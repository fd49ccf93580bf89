// GET /machinegroups/{groupName}/machines?projectName=…&offset=…&size=…: machines and their heartbeats.
import { listHeartbeats } from '../lib/runtime/groups/heartbeats.ts';
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { listMachinesRequest } from '../lib/runtime/requests/machines.ts';

export const handler = groupFunction({
  operation: 'ListMachines',
  from: placed,
  schema: listMachinesRequest,
  run: listHeartbeats,
});
