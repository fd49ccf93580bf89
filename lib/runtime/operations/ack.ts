// A person says that they know of a group that needs attention: until the end nobody is told of it and no alarm rings.
import * as z from 'zod/mini';
import { HOUR } from '../../core/removal/settings.ts';
import { text, wholeNumber } from '../../core/text/fields.ts';
import { fault } from '../../core/text/issues.ts';
import { faultOfEnd } from '../../core/time/end.ts';
import { moment } from '../../core/time/moment.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { acknowledge } from '../../core/verdict/acknowledge.ts';
import { ackAnswer } from '../acks/shapes.ts';
import { changeAck, memoryProblems } from '../acks/store.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import type { ReplyOf } from '../http/answers.ts';
import { JSON_TYPES } from '../http/body.ts';
import { invalidParameter, ProblemError, problemOf } from '../http/errors.ts';
import { bodyInput } from '../http/input.ts';
import type { HttpFunction, Request } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { configLoader } from '../sync/config-document.ts';
import { configProblems, loadConfig, notConfigured, refuseUnknown } from '../sync/configured.ts';

const REFUSAL = 'invalid acknowledgement.';
const HOURS_MAX = 720;

const request = z
  .strictObject({
    group: groupKeySchema.check(z.describe('The group, as project/name.')),
    hours: z.exactOptional(wholeNumber(1, HOURS_MAX)).check(z.describe('For how long, 30 days at most.')),
    until: z.exactOptional(moment()).check(z.describe('Or until when, within 30 days. ISO 8601.')),
    reason: text(500).check(
      z.refine((words) => words.trim() !== '', 'must say something'),
      z.describe('Why; it is kept with the acknowledgement.'),
    ),
  })
  .check(checkEnd, z.describe('An acknowledgement of a verdict.'));

type AckRequest = z.output<typeof request>;

function checkEnd(context: z.core.ParsePayload<AckRequest>): void {
  const { hours, until } = context.value;
  if (hours === undefined && until === undefined)
    fault(context, ['hours'], 'is missing, as is until: one of them says for how long');
  if (hours !== undefined && until !== undefined) fault(context, ['hours'], 'goes with no until');
}

export const operation = (runtime: () => MemoryRuntime): HttpFunction<AckRequest> => ({
  name: 'Acknowledge',
  refusal: REFUSAL,
  from: bodyInput,
  schema: request,
  run: (asked, request) => run(runtime(), asked, request),
});

async function run(
  runtime: MemoryRuntime,
  { group, hours = 0, until: end, reason }: AckRequest,
  request: Request,
): Promise<ReplyOf<typeof ackAnswer>> {
  const now = runtime.now();
  const until = end === undefined ? now + hours * HOUR : Date.parse(end);
  const wrong = faultOfEnd(until, now);
  if (wrong !== undefined) throw invalidParameter(REFUSAL, [`until: ${wrong}`]);
  const word = { who: request.caller ?? 'a direct invocation', reason, until };
  const { item } = await changeAck(
    group,
    (before, attention) => {
      if (attention === undefined) throw nothingToAcknowledge(group);
      return acknowledge(before, attention, word, now);
    },
    request.terms.due,
    runtime,
  ).catch(async (error) => {
    if (isNothing(error)) await refuseUnconfigured(group, runtime);
    throw error;
  });
  const value = {
    group,
    code: item.ack?.code ?? '',
    who: word.who,
    reason,
    until: new Date(until).toISOString(),
  };
  return { value, note: { ack: value } };
}

/** Of a group that nobody looks at, that it needs no attention would be a false comfort. */
async function refuseUnconfigured(group: string, { environment }: MemoryRuntime): Promise<void> {
  const config = await loadConfig({ loadConfig: configLoader(environment) });
  if (!config.families.some(({ key }) => key === group)) refuseUnknown([group], config);
}

const isNothing = (error: unknown) => error instanceof ProblemError && error.code === NOTHING;

const NOTHING = 'NothingToAcknowledge';

const nothingToAcknowledge = (group: string) =>
  new ProblemError(409, NOTHING, `group ${group} needs no attention, as far as the memory knows.`);

export const documentation = (): Route => ({
  operationId: 'acknowledge',
  method: 'POST',
  path: '/ack',
  tag: 'sync',
  summary: 'Acknowledge a group that needs attention',
  description:
    'Until its end nobody is told of the group and no alarm rings for it. It ends early when the group is well again, or needs attention for another reason.',
  operations: [],
  request,
  body: {
    name: 'AckRequest',
    types: JSON_TYPES,
    query: [],
    examples: { day: { group: GROUP_KEY, hours: 24, reason: 'a migration' } },
  },
  answers: [{ description: 'The acknowledgement.', schema: ackAnswer() }],
  problems: [
    problems.refused(REFUSAL, 'until: must be within 30 days'),
    ...problems.ofBody(JSON_TYPES),
    problemOf(nothingToAcknowledge(GROUP_KEY)),
    problemOf(notConfigured([GROUP_KEY])),
    ...configProblems(),
    ...memoryProblems(),
  ],
});
