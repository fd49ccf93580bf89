// PUT /machinegroups/{groupName}/machines?projectName=…&action=add|delete: adds or deletes members.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/update-machines.ts';

export const handler = groupFunction(operation);
