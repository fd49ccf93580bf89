// GET /configs/{configName}/machinegroups?projectName=…: names of the groups a Logtail config is applied to.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { configGroupsRequest } from '../lib/runtime/requests/configs.ts';

export const handler = groupFunction({
  operation: 'GetAppliedMachineGroups',
  from: placed,
  schema: configGroupsRequest,
  async run({ project, configName }, sls) {
    const { value, requestId } = await sls.getAppliedMachineGroups(project, configName);
    return { value: { machinegroups: value, count: value.length }, requestId };
  },
});
