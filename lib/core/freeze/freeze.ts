// A freeze: a person's word that nothing is written, in one group or in all, until its end. In words:
//   - it overrides every policy, and ends by itself; nobody can give one without an end, or for more than 30 days;
//   - a group has one freeze of its own, and there is one of all groups. Given again, the later end stands;
//   - a group is frozen while any freeze covers it. Of several, the one that ends last is told;
//   - when it ends, what was missing meanwhile has its patience anew. So freezes that are over are kept for a week, without
//     their words: whoever looks at a group that late would remove nothing that it has not seen missing since.

import { type DeploymentItem, type Freeze, fits } from '../memory/deployment.ts';
import { DAY } from '../removal/settings.ts';

/** In the place of a group: all of them. */
export const ALL = '*';

/** Milliseconds for which freezes that are over are kept. */
export const KEPT_FOR = 7 * DAY;

/** What keeps the group from being written now: of several freezes the one that ends last. @param group `project/name` */
export function freezeOf(freezes: readonly Freeze[], group: string, now: number): Freeze | undefined {
  return lastOf(freezes.filter((freeze) => covers(freeze, group) && now < freeze.until));
}

export function isFrozen(freezes: readonly Freeze[], group: string, now: number): boolean {
  return freezeOf(freezes, group, now) !== undefined;
}

/** When the last freeze of the group ended that is over, in milliseconds since the epoch; undefined if none is known. */
export function thawedAt(freezes: readonly Freeze[], group: string, now: number): number | undefined {
  return lastOf(freezes.filter((freeze) => covers(freeze, group) && freeze.until <= now))?.until;
}

/** Those that have not ended. */
export function standing(freezes: readonly Freeze[], now: number): readonly Freeze[] {
  return freezes.filter(({ until }) => now < until);
}

/** The freezes with these, which begin now. Where a group has one that ends later, that one stays as it is. */
export function withFreezes(
  freezes: readonly Freeze[],
  given: readonly Freeze[],
  now: number,
): readonly Freeze[] {
  const all = kept(freezes, now);
  const known = new Map(standing(all, now).map((freeze) => [freeze.group, freeze]));
  const fresh = given.filter(({ group, until }) => (known.get(group)?.until ?? 0) <= until);
  const replaced = new Set(fresh.flatMap(({ group }) => known.get(group) ?? []));
  return [...all.filter((freeze) => !replaced.has(freeze)), ...fresh];
}

export interface Lifted {
  readonly freezes: readonly Freeze[];
  /** As they were. */
  readonly lifted: readonly Freeze[];
}

/** The freezes with the standing ones of these groups ended now. @param groups names, or {@link ALL} */
export function withoutFreezes(freezes: readonly Freeze[], groups: readonly string[], now: number): Lifted {
  const named = new Set(groups);
  const lifted = standing(freezes, now).filter(({ group }) => named.has(group));
  const ended = freezes.map((freeze) => (lifted.includes(freeze) ? { ...freeze, until: now } : freeze));
  return { freezes: kept(ended, now), lifted };
}

function covers({ group: frozen }: Freeze, group: string): boolean {
  return frozen === ALL || frozen === group;
}

function lastOf(freezes: readonly Freeze[]): Freeze | undefined {
  return freezes.reduce<Freeze | undefined>(
    (last, freeze) => (last === undefined || last.until <= freeze.until ? freeze : last),
    undefined,
  );
}

/** Of what is over, the last end by group, for as long as it bears on anything. */
function kept(freezes: readonly Freeze[], now: number): readonly Freeze[] {
  const over = new Map<string, number>();
  for (const { group, until } of freezes)
    if (until <= now && now - until < KEPT_FOR) over.set(group, Math.max(until, over.get(group) ?? 0));
  const ends = Array.from(over, ([group, until]): Freeze => ({ group, who: '', reason: '', until }));
  return [...ends, ...standing(freezes, now)];
}

/** As large as a freeze of all groups can be: a reason and a caller's ARN, each character as JSON may have to write it. */
const SPARE: Freeze = { group: ALL, who: '', reason: 'x'.repeat(7_000), until: 0 };

/** Whether all of it would be stored. Freezes of single groups leave room for one of all groups, so that this is never refused. */
export function hasRoom(item: DeploymentItem, given: readonly Freeze[]): boolean {
  const isOfAll = given.every(({ group }) => group === ALL);
  return fits(isOfAll ? item : { ...item, freezes: [...item.freezes, SPARE] });
}
