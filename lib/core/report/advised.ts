// The refusals of a decision with what to do about each.

import type { Decision } from '../plan/decide.ts';
import { advise, LEFT_ALONE, REFUSED, type Reason, type Refusal, UNPROVEN } from '../refusal/codes.ts';

/** A family has no `adopt`: whoever may set a tag would have groups taken over. */
const todo =
  'a family takes none over: name the group under groups with adopt: true, or give the machines other tags';
const NEVER_ADOPTED = {
  ...LEFT_ALONE,
  unmarked: { ...LEFT_ALONE.unmarked, todo },
  foreign: { ...LEFT_ALONE.foreign, todo },
};

export function advised({ outcome, plan, refusals, group }: Decision): Refusal[] {
  const alone = group.made ? NEVER_ADOPTED : LEFT_ALONE;
  const list = outcome === 'left-alone' ? alone : plan.obstacle ? REFUSED : UNPROVEN;
  return refusals.map(({ code, says }) => ({
    code,
    says: advise(says, code, list as Readonly<Record<string, Reason>>),
  }));
}
