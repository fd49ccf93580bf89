// A person says that nothing is written, in some groups or in all, until an end. Runs go on and report what they would do.
import * as z from 'zod/mini';
import { ALL } from '../../core/freeze/freeze.ts';
import { listOf } from '../../core/text/bounded.ts';
import { allDiffer, GROUPS_MAX, text } from '../../core/text/fields.ts';
import { faultOfEnd } from '../../core/time/end.ts';
import { moment } from '../../core/time/moment.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import { freezesOf, storedFreeze } from '../freezes/shapes.ts';
import { freeze, freezeProblems } from '../freezes/store.ts';
import type { ReplyOf } from '../http/answers.ts';
import { JSON_TYPES } from '../http/body.ts';
import { invalidParameter, problemOf } from '../http/errors.ts';
import { bodyInput } from '../http/input.ts';
import type { HttpFunction, Request } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { configLoader } from '../sync/config-document.ts';
import { configProblems, loadConfig, notConfigured, refuseUnknown } from '../sync/configured.ts';

const REFUSAL = 'invalid freeze.';

const request = z
  .strictObject({
    groups: z.exactOptional(
      listOf(groupKeySchema, GROUPS_MAX).check(
        z.minLength(1),
        z.refine(allDiffer, 'names a group twice'),
        z.describe('Groups to freeze, each as project/name; all of the deployment if not given.'),
      ),
    ),
    until: moment().check(z.describe('When it ends by itself, within 30 days. ISO 8601.')),
    reason: text(500).check(
      z.refine((words) => words.trim() !== '', 'must say something'),
      z.describe('Why; it is kept, and shown wherever the group is.'),
    ),
  })
  .check(z.describe('A freeze of groups.'));

type FreezeRequest = z.output<typeof request>;

export const operation = (runtime: () => MemoryRuntime): HttpFunction<FreezeRequest> => ({
  name: 'Freeze',
  refusal: REFUSAL,
  from: bodyInput,
  schema: request,
  run: (asked, request) => run(runtime(), asked, request),
});

async function run(
  runtime: MemoryRuntime,
  { groups, until: end, reason }: FreezeRequest,
  { caller, terms }: Request,
): Promise<ReplyOf<typeof freezesAnswer>> {
  const until = Date.parse(end);
  const wrong = faultOfEnd(until, runtime.now());
  if (wrong !== undefined) throw invalidParameter(REFUSAL, [`until: ${wrong}`]);
  // No configuration is asked for a freeze of all: it shall work where that is what went wrong.
  if (groups !== undefined)
    refuseUnknown(groups, await loadConfig({ loadConfig: configLoader(runtime.environment) }));
  const word = { who: caller ?? 'a caller without a name', reason, until };
  const stands = await freeze(groups ?? [ALL], word, { ...runtime, due: terms.due });
  const value = { freezes: freezesOf(stands) };
  return { value, note: { freeze: { groups: groups ?? ALL, ...word, until: end } } };
}

const freezesAnswer = () =>
  z
    .object({
      freezes: z
        .array(storedFreeze())
        .check(
          z.describe(
            'What freezes the groups by now: for each the freeze that ends last, which may be one of before.',
          ),
        ),
    })
    .check(z.meta({ id: 'Freezes' }));

export const documentation = (): Route => ({
  operationId: 'freeze',
  method: 'POST',
  path: '/freeze',
  tag: 'sync',
  summary: 'Freeze groups',
  description:
    'Until its end nothing is written in the groups, whatever their policies: runs go on and report what they would do. Where a group has a freeze that ends later, that one stays.',
  operations: [],
  request,
  body: {
    name: 'FreezeRequest',
    types: JSON_TYPES,
    query: [],
    examples: {
      all: { until: '2026-11-26T06:00:00Z', reason: 'the inventory is wrong' },
      some: { groups: [GROUP_KEY], until: '2026-11-26T06:00:00Z', reason: 'a migration' },
    },
  },
  answers: [{ description: 'The freezes.', schema: freezesAnswer() }],
  problems: [
    problems.refused(REFUSAL, 'until: must be within 30 days'),
    ...problems.ofBody(JSON_TYPES),
    problemOf(notConfigured([GROUP_KEY])),
    ...configProblems(),
    problems.keptNowhere('SYNC_TABLE', 'freezes'),
    ...freezeProblems().freeze,
  ],
});
