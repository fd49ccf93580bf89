// GET /machinegroups/{groupName}?projectName=…: reads a machine group.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { getGroupRequest } from '../lib/runtime/requests.ts';

export const handler = httpFunction({
  operation: 'GetMachineGroup',
  from: ({ parameters, query }) => ({ ...query, ...parameters }),
  schema: getGroupRequest,
  run: ({ project, groupName }, sls, options) => sls.getMachineGroup(project, groupName, options),
});
