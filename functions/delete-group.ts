// DELETE /machinegroups/{groupName}?projectName=…&owner=…&force=…&reason=…: deletes a machine group nobody needs.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { operation } from '../lib/runtime/operations/delete-group.ts';

export const handler = groupFunction(operation);
