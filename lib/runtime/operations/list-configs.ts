// Names of the Logtail configs applied to a group.
import * as z from 'zod/mini';
import { CONFIG } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { count, groupName, projectName } from '../groups/fields.ts';
import type { ReplyOf } from '../http/answers.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() => z.strictObject({ projectName: projectName(), groupName: groupName() }));

const answer = () =>
  z.object({ configs: z.array(z.string()), count: count() }).check(z.meta({ id: 'ConfigNames' }));

export const operation: GroupOperation<typeof request> = {
  serves: 'GetAppliedConfigs',
  from: placed,
  request,
  async run({ project, groupName }, sls): Promise<ReplyOf<typeof answer>> {
    const { value: configs, requestId } = await sls.getAppliedConfigs(project, groupName);
    return { value: { configs, count: configs.length }, requestId };
  },
};

export const documentation = () =>
  serving(operation, {
    tag: 'configs',
    summary: 'List the Logtail configs of a group',
    description: 'Not paged by SLS.',
    answer: {
      description: 'Names of configs.',
      schema: answer(),
      example: { configs: [CONFIG], count: 1 },
    },
  });
