// GET /machinegroups/{groupName}/configs?projectName=…: names of the Logtail configs applied to a group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/list-configs.ts';

export const handler = groupFunction(operation);
