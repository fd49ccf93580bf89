// DELETE /machinegroups/{groupName}/configs/{configName}?projectName=…: takes a Logtail config from a group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/remove-config.ts';

export const handler = groupFunction(operation);
