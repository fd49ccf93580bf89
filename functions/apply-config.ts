// PUT /machinegroups/{groupName}/configs/{configName}?projectName=…: applies a Logtail config to a group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { groupConfigRequest } from '../lib/runtime/requests/configs.ts';

export const handler = groupFunction({
  operation: 'ApplyConfigToMachineGroup',
  from: placed,
  schema: groupConfigRequest,
  run: ({ project, groupName, configName }, sls) => sls.applyConfig(project, groupName, configName),
});
