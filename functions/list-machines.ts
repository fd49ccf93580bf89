// GET /machinegroups/{groupName}/machines?projectName=…&offset=…&size=…: machines and their heartbeats.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/list-machines.ts';

export const handler = groupFunction(operation);
