// How many members a group has and had, as far as its history by the hour goes. That history has one figure an hour, so that
// two figures that are the same do not say that nothing changed: what runs added and removed is known besides.

import type { GroupItem } from '../memory/group.ts';
import { membersByHour } from '../memory/members.ts';
import { DAY, HOUR } from '../removal/settings.ts';
import { within } from '../removal/tally.ts';
import { defined } from '../text/defined.ts';
import { timeOf } from './time.ts';

export interface Members {
  readonly now: number;
  /** An hour each, the oldest first; null before the first that is known. */
  readonly hours: readonly (number | null)[];
  /** Since when they are known, where that is less than the hours told. */
  readonly since?: string;
  /** Whether a run is known to have changed the group in that time, whatever the figures of the hours are. */
  readonly changed: boolean;
}

export function membersIn(item: GroupItem, now: number): Members | undefined {
  const { members, removal, removed } = item;
  if (members === undefined) return undefined;
  const hours = membersByHour(members, now).map((count) => count ?? null);
  const last = hours.at(-1);
  if (last === undefined || last === null) return undefined;
  const added = removal === undefined ? 0 : within(removal.added, now, DAY);
  const wentToday = removed.get(Math.floor(now / DAY)) ?? 0;
  const since = hours[0] === null ? beginning(item, hours, now) : undefined;
  return {
    now: last,
    hours,
    ...defined({ since: since === undefined ? undefined : timeOf(since) }),
    changed: added + wentToday > 0 || hours.some((count) => count !== null && count !== last),
  };
}

/** To the minute where the memory of the group began in the first hour that is known, and to the hour otherwise. */
function beginning({ removal }: GroupItem, hours: Members['hours'], now: number): number {
  const hour = Math.floor(now / HOUR) - hours.length + 1 + hours.findIndex((count) => count !== null);
  const from = removal?.since ?? 0;
  return Math.floor(from / HOUR) === hour ? from : hour * HOUR;
}
