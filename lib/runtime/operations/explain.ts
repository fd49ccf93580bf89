// Says why a machine is in a group or not, and what is next.
import * as z from 'zod/mini';
import { explain, NEXT_STEPS } from '../../core/report/explain.ts';
import { CONTROL_CHARACTER } from '../../core/text/rule.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { canonical } from '../../inventory/members.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { freezeAnswer } from '../freezes/shapes.ts';
import type { AnswerOf } from '../http/answers.ts';
import type { HttpFunction } from '../http/stack.ts';
import { decisionOf, decisionProblems } from '../sync/decision.ts';
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

/** The decision of the group, looked at from one machine. */
async function run(
  runtime: SyncRuntime,
  { group, machine }: ExplainRequest,
  due: number,
): Promise<AnswerOf<typeof answer>> {
  return explain(await decisionOf(runtime, group, due), machine, canonical);
}

const answer = () =>
  z
    .object({
      group: z.string(),
      machine: z.string(),
      inGroup: z.boolean(),
      wanted: z.boolean(),
      next: z.enum(NEXT_STEPS),
      freeze: z.optional(freezeAnswer()),
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
    ...decisionProblems(),
  ],
});
