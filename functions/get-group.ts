// GET /machinegroups/{groupName}?projectName=…: reads a machine group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { getGroupRequest } from '../lib/runtime/requests/get-group.ts';
import { shownGroup } from '../lib/runtime/shown-group.ts';

export const handler = groupFunction({
  operation: 'GetMachineGroup',
  from: placed,
  schema: getGroupRequest,
  async run({ project, groupName }, sls) {
    const { value, requestId } = await sls.getMachineGroup(project, groupName);
    return { value: shownGroup(value), requestId };
  },
});
