// POST /machinegroups: creates a machine group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/create-group.ts';

export const handler = groupFunction(operation);
