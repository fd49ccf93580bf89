// Takes a Logtail config from a group.
import * as z from 'zod/mini';
import { serving } from '../documentation/serving.ts';
import { configName, groupName, projectName } from '../groups/fields.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() =>
  z.strictObject({ projectName: projectName(), groupName: groupName(), configName: configName() }),
);

export const operation: GroupOperation<typeof request> = {
  serves: 'RemoveConfigFromMachineGroup',
  from: placed,
  request,
  run: ({ project, groupName, configName }, sls) => sls.removeConfig(project, groupName, configName),
};

export const documentation = () =>
  serving(operation, {
    tag: 'configs',
    summary: 'Take a Logtail config from a group',
    description: 'The config itself stays.',
  });
