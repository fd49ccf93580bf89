// GET /machinegroups?projectName=…&groupName=…&offset=…&size=…: lists machine groups, all=true every one of them.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/list-groups.ts';

export const handler = groupFunction(operation);
