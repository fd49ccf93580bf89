// GET /machinegroups?projectName=…&groupName=…&offset=…&size=…: lists machine groups, all=true every one of them.
import { listGroups } from '../lib/runtime/groups/list.ts';
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { listGroupsRequest } from '../lib/runtime/requests/list-groups.ts';

export const handler = groupFunction({
  operation: 'ListMachineGroup',
  from: placed,
  schema: listGroupsRequest,
  run: listGroups,
});
