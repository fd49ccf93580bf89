// PUT /machinegroups/{groupName}/configs/{configName}?projectName=…: applies a Logtail config to a group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/apply-config.ts';

export const handler = groupFunction(operation);
