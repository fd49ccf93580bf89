// Who has been told what: of a verdict when it becomes attention, once a day while it stands, and when it is over.

import type { GroupItem, StandingVerdict } from '../memory/group.ts';
import { DAY } from '../removal/settings.ts';
import { sha256 } from '../text/digest.ts';
import { isAcknowledged } from './acknowledge.ts';

export type News = 'new' | 'standing' | 'recovered';

/** What stands is told again after a day; with other news a little earlier, so that one notice a day tells of all. */
const REMIND_AFTER = DAY;
const REMIND_WITH = DAY / 2;

/** What there is to say of a group; undefined if nothing, or if a person said that they know. */
export function newsOf(item: GroupItem, now: number): News | undefined {
  const { verdict, notice } = item;
  if (verdict?.is !== 'attention') return notice === undefined ? undefined : 'recovered';
  if (isAcknowledged(item, now)) return undefined;
  return notice?.digest === digestOf(verdict) ? 'standing' : 'new';
}

/** Whether it is a reason to send a notice: what stands is one once a day. */
export function isDue(item: GroupItem, now: number): boolean {
  const news = newsOf(item, now);
  return news === 'standing' ? now - (item.notice?.at ?? 0) >= REMIND_AFTER : news !== undefined;
}

/**
 * After a notice has named it.
 * @param said the verdict that was told: another run may have judged the item since, and nobody was told of that
 */
export function told(item: GroupItem, said: StandingVerdict | undefined, now: number): GroupItem {
  const { verdict, notice } = item;
  const digest = said?.is === 'attention' ? digestOf(said) : undefined;
  // What stands now was told by somebody else.
  const isTold = verdict?.is === 'attention' && notice?.digest === digestOf(verdict);
  if (isTold && digest !== notice?.digest) return item;
  if (digest === undefined) return { ...item, notice: undefined };
  if (notice?.digest === digest && now - notice.at < REMIND_WITH) return item;
  return { ...item, notice: { at: now, digest } };
}

function digestOf({ code = '', since }: StandingVerdict): string {
  return sha256(`${since} ${code}`);
}
