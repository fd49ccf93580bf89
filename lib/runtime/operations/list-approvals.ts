// The approvals that have not ended: of one group, or of all that are configured.
import * as z from 'zod/mini';
import { couldMakeGroup } from '../../core/family/units.ts';
import { fitting } from '../../core/memory/bounds.ts';
import { approvalReports } from '../../core/report/approvals.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { approvalAnswer } from '../approvals/shapes.ts';
import { memoryProblems, readApprovals } from '../approvals/store.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import type { ReplyOf } from '../http/answers.ts';
import { problemOf } from '../http/errors.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { configLoader } from '../sync/config-document.ts';
import { configProblems, loadConfig, notConfigured } from '../sync/configured.ts';

/** Bytes of an answer's approvals: far below what Lambda sends. */
const BYTES_MAX = 2_000_000;

const request = z.strictObject({
  group: z
    .exactOptional(groupKeySchema)
    .check(z.describe('The group, as project/name; all that the configuration names if not given.')),
});

type ListRequest = z.output<typeof request>;

export const operation = (runtime: () => MemoryRuntime): HttpFunction<ListRequest> => ({
  name: 'ListApprovals',
  from: placed,
  schema: request,
  run: ({ group }, { terms }) => run(runtime(), group, terms.due),
});

async function run(
  runtime: MemoryRuntime,
  asked: string | undefined,
  due: number,
): Promise<ReplyOf<typeof answer>> {
  const { groups, families } = await loadConfig({ loadConfig: configLoader(runtime.environment) });
  const isOfFamily = asked !== undefined && families.some((family) => couldMakeGroup(family, asked));
  // Which groups a family has, its inventory says, which nobody reads here: one of them is asked for by name.
  const keys = isOfFamily
    ? [asked]
    : groups.map(({ key }) => key).filter((key) => asked === undefined || key === asked);
  if (asked !== undefined && keys.length === 0) throw notConfigured([asked], { groups });
  const stored = await readApprovals(runtime, keys, due);
  const now = runtime.now();
  const all = stored.flatMap(([group, approvals]) => approvalReports(group, approvals, now));
  const approvals = fitting(all, BYTES_MAX);
  return {
    value: { approvers: runtime.environment.approvers, approvals, leftOut: all.length - approvals.length },
  };
}

const answer = () =>
  z
    .object({
      approvers: z.union([z.literal(1), z.literal(2)]).check(z.describe('How many people have to approve.')),
      approvals: z.array(approvalAnswer()),
      leftOut: z.int().check(z.describe('Approvals that the answer has no room for: ask for one group.')),
    })
    .check(z.meta({ id: 'ApprovalList' }));

export const documentation = (): Route => ({
  operationId: 'listApprovals',
  method: 'GET',
  path: '/approvals',
  tag: 'sync',
  summary: 'List approvals',
  description: 'Those that have not ended, also those that wait for a second person.',
  operations: [],
  request,
  answers: [{ description: 'The approvals.', schema: answer() }],
  problems: [
    problems.refused('invalid request.', 'group: must be a group as project/name'),
    problemOf(notConfigured([GROUP_KEY])),
    ...configProblems(),
    problems.keptNowhere('SYNC_TABLE', 'approvals'),
    ...memoryProblems(),
  ],
});
