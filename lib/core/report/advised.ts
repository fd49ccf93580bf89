// The refusals of a decision with what to do about each.

import type { Decision } from '../plan/decide.ts';
import { advise, LEFT_ALONE, REFUSED, type Reason, type Refusal } from '../refusal/codes.ts';

export function advised({ outcome, refusals }: Decision): Refusal[] {
  const list = (outcome === 'left-alone' ? LEFT_ALONE : REFUSED) as Readonly<Record<string, Reason>>;
  return refusals.map(({ code, says }) => ({ code, says: advise(says, code, list) }));
}
