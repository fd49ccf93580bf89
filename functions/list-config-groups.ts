// GET /configs/{configName}/machinegroups?projectName=…: names of the groups a Logtail config is applied to.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/list-config-groups.ts';

export const handler = groupFunction(operation);
