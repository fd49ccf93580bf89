// The groups of a project: a page as SLS gives it, or all of them.
import * as z from 'zod/mini';
import { GROUP } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { checkPart, count, groupName, pageOf, part, projectName, total } from '../groups/fields.ts';
import type { ReplyOf } from '../http/answers.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() =>
  z.pipe(
    z
      .strictObject({
        projectName: projectName(),
        groupName: z.optional(groupName()).check(z.describe('Part of a name: only groups that have it.')),
        ...part(),
      })
      .check(checkPart),
    z.transform(({ projectName, all = false, offset, size, ...filter }) => ({
      projectName,
      filter,
      all,
      page: pageOf({ offset, size }),
    })),
  ),
);

const answer = () =>
  z
    .object({ machinegroups: z.array(z.string()), count: count(), total: total() })
    .check(z.meta({ id: 'MachineGroupPage' }));

export const operation: GroupOperation<typeof request> = {
  serves: 'ListMachineGroup',
  from: placed,
  request,
  async run({ project, filter, all, page }, sls): Promise<ReplyOf<typeof answer>> {
    if (!all) {
      const { value, requestId } = await sls.listMachineGroups(project, filter, page);
      const { rows, total } = value;
      return { requestId, value: { machinegroups: rows, count: rows.length, total } };
    }
    const { value: names, requestId } = await sls.listAllMachineGroups(project, filter);
    return { requestId, value: { machinegroups: names, count: names.length, total: names.length } };
  },
};

export const documentation = () =>
  serving(operation, {
    tag: 'groups',
    summary: 'List machine groups',
    description:
      'One page, or with all=true every page. A listing that changes while it is read is an error, never part of it as the whole.',
    walks: true,
    answer: {
      description: 'Names of groups.',
      schema: answer(),
      example: { machinegroups: [GROUP], count: 1, total: 1 },
    },
  });
