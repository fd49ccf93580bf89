// How many members a group had, hour by hour, for a day. An hour without a figure had that of the hour before: a group whose
// size stays costs no write, and one that changes costs one an hour, beside those that the change takes anyway.

import { HOUR } from '../removal/settings.ts';

/** Members by the number of the hour since the epoch, in its order. */
export type MembersByHour = ReadonlyMap<number, number>;

/** Hours that are told. */
export const HOURS_SHOWN = 24;

/** The same object where nothing is to be written. */
export function countMembers(kept: MembersByHour, members: number, now: number): MembersByHour {
  const hour = hourOf(now);
  if ([...kept.values()].at(-1) === members) return kept;
  const first = hour - HOURS_SHOWN + 1;
  const before = [...kept].filter(([at]) => at < first).slice(-1);
  const within = [...kept].filter(([at]) => at >= first && at < hour);
  return new Map([...before, ...within, [hour, members]]);
}

/** A figure for each of the last hours, the oldest first; undefined before the first one that is known. */
export function membersByHour(kept: MembersByHour, now: number): readonly (number | undefined)[] {
  const last = hourOf(now);
  return Array.from({ length: HOURS_SHOWN }, (_, index) => {
    const hour = last - HOURS_SHOWN + 1 + index;
    return [...kept].findLast(([at]) => at <= hour)?.[1];
  });
}

const hourOf = (now: number): number => Math.floor(now / HOUR);
