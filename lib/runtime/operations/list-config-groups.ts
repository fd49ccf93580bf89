// Names of the groups a Logtail config is applied to.
import * as z from 'zod/mini';
import { GROUP } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { configName, count, projectName } from '../groups/fields.ts';
import type { ReplyOf } from '../http/answers.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() => z.strictObject({ projectName: projectName(), configName: configName() }));

const answer = () =>
  z.object({ machinegroups: z.array(z.string()), count: count() }).check(z.meta({ id: 'MachineGroupNames' }));

export const operation: GroupOperation<typeof request> = {
  serves: 'GetAppliedMachineGroups',
  from: placed,
  request,
  async run({ project, configName }, sls): Promise<ReplyOf<typeof answer>> {
    const { value: machinegroups, requestId } = await sls.getAppliedMachineGroups(project, configName);
    return { value: { machinegroups, count: machinegroups.length }, requestId };
  },
};

export const documentation = () =>
  serving(operation, {
    tag: 'configs',
    summary: 'List the groups of a Logtail config',
    description: 'Not paged by SLS.',
    answer: {
      description: 'Names of groups.',
      schema: answer(),
      example: { machinegroups: [GROUP], count: 1 },
    },
  });
