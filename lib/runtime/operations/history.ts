// What was written and refused: who, when, what, and how to name it to a restore. The latest first.
import * as z from 'zod/mini';
import { OUTCOMES } from '../../core/history/record.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import { CONTROL_CHARACTER, MEMBER_MAX_CHARACTERS } from '../../core/text/rule.ts';
import { moment } from '../../core/time/moment.ts';
import { HISTORY_READ_MARGIN_MS } from '../../core/time/timeouts.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { canonicalMember } from '../../inventory/members.ts';
import { memberList } from '../documentation/member-list.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';

import { figure } from '../groups/fields.ts';
import { afterToken, lookBack } from '../history/look-back.ts';
import type { HistoryRuntime } from '../history/wire.ts';
import type { ReplyOf } from '../http/answers.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';
import { type Log, loggedError } from '../log.ts';

const LIMIT = 20;
const LIMIT_MAX = 100;

const request = z.strictObject({
  group: z.exactOptional(groupKeySchema).check(z.describe('One group, as project/name; all if not given.')),
  machine: z
    .exactOptional(
      z.string().check(
        z.minLength(1),
        z.maxLength(MEMBER_MAX_CHARACTERS),
        z.refine((text) => !CONTROL_CHARACTER.test(text), 'must be free of control characters'),
      ),
    )
    .check(z.describe('A machine that came, went, or was to: an address or an id.')),
  since: z.exactOptional(moment()).check(z.describe('Nothing that was over before. ISO 8601.')),
  limit: z.exactOptional(figure(1, LIMIT_MAX)).check(z.describe(`Entries wanted; ${LIMIT} if not given.`)),
  next: z
    .exactOptional(z.string().check(z.regex(/^[A-Za-z0-9.~-]{1,1000}$/, 'the next of an answer')))
    .check(z.describe('Goes on where an answer ended: its next.')),
});

type HistoryRequest = z.output<typeof request>;

export const operation = (runtime: () => HistoryRuntime): HttpFunction<HistoryRequest> => ({
  name: 'History',
  from: placed,
  schema: request,
  run: (asked, { terms }) => run(runtime(), asked, terms.due),
});

async function run(
  runtime: HistoryRuntime,
  { group, machine, since, limit = LIMIT, next }: HistoryRequest,
  due: number,
): Promise<ReplyOf<typeof answer>> {
  const asked = {
    group,
    machine: machine === undefined ? undefined : spelt(machine),
    since: since === undefined ? undefined : Date.parse(since),
    limit,
    after: next === undefined ? undefined : afterToken(next),
  };
  return answering(runtime.log, async () => ({
    value: await lookBack(asked, due - HISTORY_READ_MARGIN_MS, runtime),
  }));
}

/** @throws ProblemError 503 where the bucket gives no answer; the log has the reason */
export async function answering<T>(log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    log('warn', 'history.down', { error: loggedError(error) });
    throw Object.assign(unavailable(), { cause: error });
  }
}

/** An address in its one spelling; anything else is an id, to the letter. */
function spelt(machine: string): string {
  const read = canonicalMember('ip', machine);
  return read.ok ? read.member : machine;
}

const unavailable = () =>
  new ProblemError(
    503,
    'HistoryUnavailable',
    'the bucket of the history cannot be read; its log line has the reason',
  );

/** For the OpenAPI document. */
export function historyProblems(): Problem[] {
  return [problemOf(unavailable()), problems.keptNowhere('HISTORY_BUCKET', 'the history')];
}

const entry = () =>
  z
    .object({
      run: z.string().check(z.describe('Id of the run, which a restore names.')),
      at: z.string().check(z.describe('When it was over. ISO 8601.')),
      what: z.string().check(z.describe('What set it off, or the operation of the API.')),
      who: z
        .optional(z.string())
        .check(z.describe('Who asked: an IAM ARN, or a direct invocation. None where nobody did.')),
      reason: z.optional(z.string()).check(z.describe('Why, of a restore.')),
      restores: z.optional(z.string()).check(z.describe('Of a restore: the run before which it went back.')),
      config: z.optional(z.string()).check(z.describe('SHA-256 of the text of the configuration.')),
      changes: z.array(
        z
          .object({
            group: z.string(),
            outcome: z
              .enum(OUTCOMES)
              .check(
                z.describe(
                  'written: SLS took it. unconfirmed: it may have taken effect or not. failed: it was not made. refused: a person has to look.',
                ),
              ),
            came: memberList(),
            went: memberList(),
            before: z.optional(z.int()).check(z.describe('Members before; none where nobody knows.')),
            was: z.optional(z.enum(['made', 'deleted'])),
            topic: z.optional(z.string()).check(z.describe('The topic, where it is another than before.')),
            mark: z
              .optional(z.string())
              .check(
                z.describe('The externalName, where it is another than before; empty where it was removed.'),
              ),
            kind: z.optional(z.string()).check(z.describe('Its kind, where it is another than before.')),
            kindBefore: z
              .optional(z.string())
              .check(z.describe('Its kind before, where that was another one.')),
            approvals: z
              .optional(z.array(z.object({ who: z.string(), reason: z.string() })))
              .check(z.describe('Who approved removals of it, and why.')),
            says: z.array(z.string()).check(z.describe('Why something was refused, withheld or failed.')),
          })
          .check(z.meta({ id: 'HistoryChange' })),
      ),
      more: z.int().check(z.describe('Changes of this run that are not shown here.')),
    })
    .check(z.meta({ id: 'HistoryEntry' }));

const answer = () =>
  z
    .object({
      entries: z.array(entry()).check(z.describe('The latest first.')),
      next: z
        .optional(z.string())
        .check(z.describe('There may be more: ask again with it. An answer without entries can have one.')),
      unreadable: z.int().check(z.describe('Objects that are no records of this release.')),
    })
    .check(z.meta({ id: 'History' }));

export const documentation = (): Route => ({
  operationId: 'history',
  method: 'GET',
  path: '/history',
  tag: 'sync',
  summary: 'Say what was written and refused',
  description:
    'Runs that wrote or were refused, and writes of this API: who, when, what, and which members came and went. The latest first.',
  operations: [],
  request,
  answers: [{ description: 'What happened.', schema: answer() }],
  problems: [problems.refused('invalid request.', 'since: must be a time of ISO 8601'), ...historyProblems()],
});
