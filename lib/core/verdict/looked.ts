// Has anybody looked at a group? Where one process looks at all of them it knows. Where a queue hands them to workers, each
// notes when it looked, once an hour: at 10 000 groups and five minutes a note a period would be 86 million writes a month
// (about 60 USD), and one an hour is 7 million (about 5 USD).

import type { GroupItem } from '../memory/group.ts';
import { HOUR } from '../removal/settings.ts';
import type { Finding } from './findings.ts';

/** Milliseconds after which a note is renewed. */
export const NOTE_EVERY = HOUR;
/** Periods of the schedule in which a group has to be looked at. */
const PERIODS = 2;

/** A worker's note. */
export function noteLook(item: GroupItem, now: number): GroupItem {
  const { lookedAt } = item;
  return lookedAt !== undefined && now - lookedAt < NOTE_EVERY ? item : { ...item, lookedAt: now };
}

/** Notes are for workers: one that nobody renews any more would be taken for a group that nobody looks at. */
export function dropNote(item: GroupItem): GroupItem {
  return item.lookedAt === undefined ? item : { ...item, lookedAt: undefined };
}

/** @param period milliseconds between two runs of the schedule */
export function unseen({ lookedAt }: GroupItem, period: number, now: number): Finding | undefined {
  if (lookedAt === undefined || now - lookedAt < NOTE_EVERY + PERIODS * period) return undefined;
  const at = new Date(lookedAt).toISOString();
  const says = `no run has looked at the group since about ${at}; see whether sync-group runs, and its dead letters`;
  return { is: 'attention', code: 'not-looked-at', says };
}
