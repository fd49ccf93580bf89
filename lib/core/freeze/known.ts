// What a freeze makes of what a run knows of a group: who keeps it from being written, and patience anew after its end.

import type { Freeze } from '../memory/deployment.ts';
import type { Known } from '../memory/known.ts';
import type { RemovalMemory } from '../removal/memory.ts';
import { defined } from '../text/defined.ts';
import { freezeOf, thawedAt } from './freeze.ts';

/** @param freezes all that are stored, or were when they could last be read */
export function knownWith(known: Known, freezes: readonly Freeze[], group: string, now: number): Known {
  const { freeze: _, ...rest } = known;
  const freeze = freezeOf(freezes, group, now);
  if (rest.state !== 'known') return { ...rest, ...defined({ freeze }) };
  const { thawedAt: __, ...item } = rest;
  const thawed = thawedAt(freezes, group, now);
  return { ...item, removal: patientAnew(item.removal, thawed), ...defined({ freeze, thawedAt: thawed }) };
}

/** What was missing before the end of a freeze counts as missing from that end on, and as read by nobody yet. */
export function patientAnew(memory: RemovalMemory, thawed: number | undefined): RemovalMemory {
  if (thawed === undefined) return memory;
  const isEarlier = ({ since }: { readonly since: number }) => since < thawed;
  if (![...memory.missing.values()].some(isEarlier)) return memory;
  const missing = new Map(memory.missing);
  for (const [member, entry] of missing)
    if (isEarlier(entry)) missing.set(member, { ...entry, since: thawed, readings: 0 });
  return { ...memory, missing };
}
