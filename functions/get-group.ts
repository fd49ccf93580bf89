// GET /machinegroups/{groupName}?projectName=…: reads a machine group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { getGroupRequest } from '../lib/runtime/requests.ts';

export const handler = groupFunction({
  operation: 'GetMachineGroup',
  from: ({ parameters, query }) => ({ ...query, ...parameters }),
  schema: getGroupRequest,
  run: ({ project, groupName }, sls, options) => sls.getMachineGroup(project, groupName, options),
});
