// Retires an orphan: deletes a group that carries our mark and that nobody keeps any more, renamed in or dropped from the
// document, or of values that vanished. SLS detaches its Logtail configs, and no answer of it says what the group was: ours does.
import * as z from 'zod/mini';
import { text } from '../../core/text/fields.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { memoryProblems } from '../acks/store.ts';
import { memberList } from '../documentation/member-list.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import type { ReplyOf } from '../http/answers.ts';
import { JSON_TYPES } from '../http/body.ts';
import { problemOf } from '../http/errors.ts';
import { bodyInput } from '../http/input.ts';
import type { HttpFunction, Request } from '../http/stack.ts';
import { notRetired, retireOrphan } from '../retire.ts';
import { configProblems, notConfigured } from '../sync/configured.ts';
import { unreadableProblem } from '../sync/decision.ts';
import type { SyncRuntime } from '../sync/wire.ts';

const REFUSAL = 'invalid request to retire.';

const request = z
  .strictObject({
    group: groupKeySchema.check(z.describe('The group, as project/name.')),
    reason: text(500).check(
      z.refine((words) => words.trim() !== '', 'must say something'),
      z.describe('Why; it goes into the log.'),
    ),
    stillReporting: z
      .exactOptional(z.boolean())
      .check(z.describe('Says once more that it is meant, where machines of it still report.')),
  })
  .check(z.describe('A group that is to be deleted, as nobody keeps it any more.'));

type RetireRequest = z.output<typeof request>;

export const operation = (runtime: () => SyncRuntime): HttpFunction<RetireRequest> => ({
  name: 'Retire',
  refusal: REFUSAL,
  from: bodyInput,
  schema: request,
  async run(asked, request) {
    await runtime().ready();
    return run(runtime(), asked, request);
  },
});

async function run(
  runtime: SyncRuntime,
  { group, reason, stillReporting = false }: RetireRequest,
  { caller, terms }: Request,
): Promise<ReplyOf<typeof answer>> {
  const who = caller ?? 'a direct invocation';
  const { retired, reply } = await retireOrphan(
    group,
    stillReporting,
    terms.due,
    { caller: who, reason },
    runtime,
  );
  const value = { group, who, reason, ...retired };
  return { ...reply, value, note: { ...reply.note, retired: value } };
}

const answer = () =>
  z
    .object({
      group: z.string(),
      who: z.string().check(z.describe('IAM ARN of the caller, or that it was a direct invocation.')),
      reason: z.string(),
      identify: z.string().check(z.describe('What it was, to make it anew by hand: ip or userdefined.')),
      topic: z.string(),
      mark: z.string(),
      members: memberList(),
      configs: z.array(z.string()).check(z.describe('Logtail configs that were applied to it.')),
      reporting: z.int().check(z.describe('Machines of it that still reported.')),
    })
    .check(z.meta({ id: 'Retired', description: 'The group as it was.' }));

/** Examples, for the OpenAPI document. */
const AGAINST = {
  GroupConfigured: 'the configuration names it: take it out there first',
  GroupNotOurs: 'it carries no mark',
  MachinesReport: '2 of its machines report; say "stillReporting": true if it is meant all the same',
};

export const documentation = (): Route => ({
  operationId: 'retire',
  method: 'POST',
  path: '/retire',
  tag: 'sync',
  summary: 'Delete a group that nobody keeps any more',
  description:
    'For groups with the mark of this deployment that stand in no document and that no family makes. Refused for any other, and while machines of it report, unless that is said once more. Its Logtail configs are detached.',
  operations: ['GetMachineGroup', 'GetAppliedConfigs', 'ListMachines', 'DeleteMachineGroup'],
  request,
  body: {
    name: 'RetireRequest',
    types: JSON_TYPES,
    query: [],
    examples: { gone: { group: GROUP_KEY, reason: 'the team is gone' } },
  },
  answers: [{ description: 'The group as it was.', schema: answer() }],
  problems: [
    problems.refused(REFUSAL, 'reason: is missing, must be text'),
    ...problems.ofBody(JSON_TYPES),
    problemOf(notConfigured([GROUP_KEY])),
    ...Object.entries(AGAINST).map(([code, says]) => problemOf(notRetired(GROUP_KEY, code, says))),
    ...problems.documented('DeleteMachineGroup'),
    problems.busyProblem(),
    unreadableProblem(),
    ...memoryProblems(),
    ...configProblems(),
    ...problems.fromOutside('DeleteMachineGroup'),
  ],
});
