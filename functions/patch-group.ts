// PATCH /machinegroups/{groupName}?projectName=…: changes the fields that the JSON merge patch names.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/patch-group.ts';

export const handler = groupFunction(operation);
