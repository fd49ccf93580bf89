// Lifts freezes before their end. What was missing meanwhile has its patience anew from now on; additions go with the next run.
import * as z from 'zod/mini';
import { ALL, freezeOf } from '../../core/freeze/freeze.ts';
import type { Freeze } from '../../core/memory/deployment.ts';
import { listOf } from '../../core/text/bounded.ts';
import { allDiffer, GROUPS_MAX } from '../../core/text/fields.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { freezesOf, storedFreeze } from '../freezes/shapes.ts';
import { freezeProblems, unfreeze } from '../freezes/store.ts';
import type { ReplyOf } from '../http/answers.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction, Request } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';

const request = z.strictObject({
  groups: z.exactOptional(
    z
      .pipe(
        z.string(),
        z.pipe(
          z.transform((names: string) => names.split(',')),
          listOf(groupKeySchema, GROUPS_MAX).check(z.refine(allDiffer, 'names a group twice')),
        ),
      )
      .check(
        z.describe(
          'Groups whose own freezes end, each as project/name, separated by commas; the freeze of all groups if not given.',
        ),
      ),
  ),
});

type UnfreezeRequest = z.output<typeof request>;

export const operation = (runtime: () => MemoryRuntime): HttpFunction<UnfreezeRequest> => ({
  name: 'Unfreeze',
  from: placed,
  schema: request,
  run: (asked, request) => run(runtime(), asked, request),
});

async function run(
  runtime: MemoryRuntime,
  { groups = [ALL] }: UnfreezeRequest,
  { terms }: Request,
): Promise<ReplyOf<typeof liftedAnswer>> {
  const { freezes, lifted } = await unfreeze(groups, { ...runtime, due: terms.due });
  const left = leftOf(freezes, groups, runtime.now());
  const value = { lifted: freezesOf(lifted), stillFrozen: freezesOf(left) };
  return { value, note: { unfreeze: lifted.map(({ group, who }) => ({ group, who })).slice(0, 20) } };
}

/** What freezes them all the same: all groups, or some of all. */
function leftOf(freezes: readonly Freeze[], groups: readonly string[], now: number): readonly Freeze[] {
  if (groups.includes(ALL)) return freezes.filter(({ until }) => now < until);
  const all = groups.length > 0 ? freezeOf(freezes, groups[0] as string, now) : undefined;
  return all === undefined ? [] : [all];
}

const liftedAnswer = () => {
  const freezes = z.array(storedFreeze());
  return z
    .object({
      lifted: freezes.check(z.describe('The freezes as they were.')),
      stillFrozen: freezes.check(
        z.describe('What freezes these groups all the same: lift it by its own name.'),
      ),
    })
    .check(z.meta({ id: 'LiftedFreezes' }));
};

export const documentation = (): Route => ({
  operationId: 'unfreeze',
  method: 'DELETE',
  path: '/freeze',
  tag: 'sync',
  summary: 'Lift freezes',
  description:
    'Ends freezes before their time: those of the named groups, or that of all groups. A group that two of them cover stays frozen. What was missing meanwhile has its patience anew; additions go with the next run.',
  operations: [],
  request,
  answers: [{ description: 'The freezes as they were, and what still freezes.', schema: liftedAnswer() }],
  problems: [
    problems.refused('invalid request.', 'groups[0]: must be a group as project/name'),
    problems.keptNowhere('SYNC_TABLE', 'freezes'),
    ...freezeProblems().unfreeze,
  ],
});
