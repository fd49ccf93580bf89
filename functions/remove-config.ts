// DELETE /machinegroups/{groupName}/configs/{configName}?projectName=…: takes a Logtail config from a group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { groupConfigRequest } from '../lib/runtime/requests/configs.ts';

export const handler = groupFunction({
  operation: 'RemoveConfigFromMachineGroup',
  from: placed,
  schema: groupConfigRequest,
  run: ({ project, groupName, configName }, sls) => sls.removeConfig(project, groupName, configName),
});
