// PUT /machinegroups/{groupName}?projectName=…: replaces a machine group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/update-group.ts';

export const handler = groupFunction(operation);
