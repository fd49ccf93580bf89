// Says why a machine is in a group or not, and what is next.
import * as z from 'zod/mini';
import { explain, NEXT_STEPS } from '../../core/report/explain.ts';
import { CONTROL_CHARACTER } from '../../core/text/rule.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { canonical } from '../../inventory/members.ts';
import { SlsError } from '../../sls/errors.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import type { AnswerOf } from '../http/answers.ts';
import { ProblemError, problemOf } from '../http/errors.ts';
import type { HttpFunction } from '../http/stack.ts';
import { configProblems, loadConfig, notConfigured } from '../sync/configured.ts';
import { decideGroup } from '../sync/reconcile.ts';
import { errorReport } from '../sync/told.ts';
import type { SyncRuntime } from '../sync/wire.ts';

const request = z.strictObject({
  group: groupKeySchema,
  machine: z.string().check(
    z.minLength(1),
    z.maxLength(256),
    z.refine((text) => !CONTROL_CHARACTER.test(text), 'must be free of control characters'),
  ),
});

type ExplainRequest = z.output<typeof request>;

export const operation = (runtime: () => SyncRuntime): HttpFunction<ExplainRequest> => ({
  name: 'Explain',
  from: ({ query }) => query,
  schema: request,
  async run(asked, { terms }) {
    await runtime().ready();
    return { value: await run(runtime(), asked, terms.due) };
  },
});

/** The group is read as for a plan, and its decision looked at from one machine. */
async function run(
  runtime: SyncRuntime,
  { group: key, machine }: ExplainRequest,
  due: number,
): Promise<AnswerOf<typeof answer>> {
  const config = await loadConfig(runtime);
  const group = config.groups.find((candidate) => candidate.key === key);
  if (!group) throw notConfigured([key]);
  const decided = await decideGroup(group, runtime.ports('plan', due));
  if (decided.state === 'failed') throw unreadable(decided.reason);
  return explain(decided.decision, machine, canonical);
}

/** What SLS says is passed on as such; what an inventory says is a fault behind us. */
function unreadable(reason: unknown): unknown {
  if (reason instanceof SlsError) return reason;
  return inventoryUnreadable(errorReport(reason).message);
}

const inventoryUnreadable = (message: string) => new ProblemError(502, 'InventoryUnreadable', message);

const answer = () =>
  z
    .object({
      group: z.string(),
      machine: z.string(),
      inGroup: z.boolean(),
      wanted: z.boolean(),
      next: z.enum(NEXT_STEPS),
      says: z.array(z.string()),
    })
    .check(z.meta({ id: 'Explanation' }));

export const documentation = (): Route => ({
  operationId: 'explain',
  method: 'GET',
  path: '/explain',
  tag: 'sync',
  summary: 'Say why a machine is in a group or not',
  description: 'What asks for it, what left it out, whose the group is, and what the next sync will do.',
  operations: ['GetMachineGroup'],
  request,
  answers: [{ description: 'The explanation.', schema: answer() }],
  problems: [
    problems.refused('invalid request.', 'group: is missing, must be a group as project/name'),
    problemOf(notConfigured([GROUP_KEY])),
    ...problems.documented('GetMachineGroup').filter(({ code }) => code !== 'GroupNotExist'),
    problemOf(inventoryUnreadable('the inventory could not be read')),
    ...configProblems(),
    ...problems.fromOutside('GetMachineGroup'),
  ],
});
