// The refusals of a decision with what to do about each.

import type { Decision } from '../plan/decide.ts';
import { advise, LEFT_ALONE, REFUSED, type Reason, type Refusal, UNPROVEN } from '../refusal/codes.ts';

export function advised({ outcome, plan, refusals }: Decision): Refusal[] {
  const list = outcome === 'left-alone' ? LEFT_ALONE : plan.obstacle ? REFUSED : UNPROVEN;
  return refusals.map(({ code, says }) => ({
    code,
    says: advise(says, code, list as Readonly<Record<string, Reason>>),
  }));
}
