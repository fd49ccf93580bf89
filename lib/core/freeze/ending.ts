// The end of a freeze, which is told before it comes: what has been held back goes then, and somebody may want to look first.

import type { DeploymentItem, Freeze } from '../memory/deployment.ts';
import { fits } from '../memory/deployment.ts';
import { HOUR } from '../removal/settings.ts';
import { standing } from './freeze.ts';

/** Milliseconds before the end. */
const TOLD_BEFORE = HOUR;

/** Freezes whose end is near, and that nobody was told of. */
export function ending(freezes: readonly Freeze[], now: number): readonly Freeze[] {
  return standing(freezes, now).filter(({ until, told }) => told === undefined && until - now <= TOLD_BEFORE);
}

/** The item once people were told of these. One that was given anew meanwhile has another end, of which nobody was told. */
export function withTold(item: DeploymentItem, told: readonly Freeze[], now: number): DeploymentItem {
  const names = new Set(told.map(nameOf));
  const freezes = item.freezes.map((one) => (names.has(nameOf(one)) ? { ...one, told: now } : one));
  const after = { ...item, freezes };
  // Rather told twice than lost.
  return fits(after) ? after : item;
}

const nameOf = ({ group, until }: Freeze): string => `${group} ${until}`;
