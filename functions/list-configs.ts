// GET /machinegroups/{groupName}/configs?projectName=…: names of the Logtail configs applied to a group.
import { groupFunction } from '../lib/runtime/http/group-function.ts';
import { placed } from '../lib/runtime/http/input.ts';
import { groupConfigsRequest } from '../lib/runtime/requests/configs.ts';

export const handler = groupFunction({
  operation: 'GetAppliedConfigs',
  from: placed,
  schema: groupConfigsRequest,
  async run({ project, groupName }, sls) {
    const { value: configs, requestId } = await sls.getAppliedConfigs(project, groupName);
    return { value: { configs, count: configs.length }, requestId };
  },
});
