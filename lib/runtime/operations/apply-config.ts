// Applies a Logtail config to a group. The configs themselves are not this project's.
import * as z from 'zod/mini';
import { serving } from '../documentation/serving.ts';
import { configName, groupName, projectName } from '../groups/fields.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() =>
  z.strictObject({ projectName: projectName(), groupName: groupName(), configName: configName() }),
);

export const operation: GroupOperation<typeof request> = {
  serves: 'ApplyConfigToMachineGroup',
  from: placed,
  request,
  run: ({ project, groupName, configName }, sls) => sls.applyConfig(project, groupName, configName),
};

export const documentation = () =>
  serving(operation, {
    tag: 'configs',
    summary: 'Apply a Logtail config to a group',
    description: 'A config that is applied already stays applied.',
  });
