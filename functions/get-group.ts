// GET /machinegroups/{groupName}?projectName=…: reads a machine group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/get-group.ts';

export const handler = groupFunction(operation);
