// What a freeze leaves of a plan: removals that a person has approved through it, and nothing else.

import { freezeText } from '../freeze/freeze.ts';
import type { Freeze } from '../memory/deployment.ts';
import type { Judgement } from '../removal/judge.ts';
import type { Removal, Waiting } from '../removal/outcome.ts';
import { filterPlan, type Plan } from './plan.ts';
import { type Withheld, withhold } from './policy.ts';

const ANEW = 'its time begins anew when the freeze ends';

/** @param passes members whose removal was approved through the freeze */
export function frozenJudgement(
  judgement: Judgement,
  freeze: Freeze,
  passes: ReadonlySet<string>,
): Judgement {
  const says = freezeText(freeze);
  const isPassed = (one: Removal) => one.class === 'approved' && passes.has(one.member);
  const stays = judgement.goes.filter((one) => !isPassed(one));
  return {
    ...judgement,
    goes: judgement.goes.filter(isPassed),
    // Not ripe: it waits for no person, and has its patience anew when the freeze ends.
    waits: [
      ...stays.map(({ member }): Waiting => ({ member, for: 'frozen', says })),
      ...judgement.waits.map((one) => (one.for === 'patience' ? { ...one, says: ANEW } : one)),
    ],
  };
}

/** The change with nothing but the removals that the judgement has left of it. */
export function stopped(
  { change, withheld }: { readonly change: Plan; readonly withheld: readonly Withheld[] },
  freeze: Freeze,
): { readonly change: Plan; readonly withheld: readonly Withheld[] } {
  const says = freezeText(freeze);
  const others = change.actions.filter(({ type }) => type !== 'remove');
  return {
    change: filterPlan(change, ({ type }) => type === 'remove'),
    withheld: [...others.map((action) => withhold(action, 'frozen', says)), ...withheld],
  };
}
