// What a freeze makes of what a run knows of a group: who keeps it from being written, and patience anew after its end.

import type { Freeze } from '../memory/deployment.ts';
import type { Known } from '../memory/known.ts';
import type { RemovalMemory } from '../removal/memory.ts';
import { defined } from '../text/defined.ts';
import { freezeOf, lastWordAt, thawedAt } from './freeze.ts';

/** @param freezes all that are stored, or were when they could last be read */
export function knownWith(known: Known, freezes: readonly Freeze[], group: string, now: number): Known {
  const { freeze: _, ...rest } = known;
  const freeze = freezeOf(freezes, group, now);
  if (rest.state !== 'known') return { ...rest, ...defined({ freeze }) };
  const { thawedAt: __, passFrom: ___, ...item } = rest;
  const thawed = thawedAt(freezes, group, now);
  return {
    ...item,
    removal: patientAnew(item.removal, thawed),
    ...defined({ freeze, passFrom: freeze && lastWordAt(freezes, group, now), thawedAt: thawed }),
  };
}

/** Whether nothing of it bears otherwise on what may be written. */
export function isFrozenAlike(one: Known, other: Known): boolean {
  return textOf(one) === textOf(other);
}

function textOf(known: Known): string {
  const { group, since, until } = known.freeze ?? {};
  const { passFrom, thawedAt } = known.state === 'known' ? known : {};
  return JSON.stringify([group, since, until, passFrom, thawedAt]);
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
