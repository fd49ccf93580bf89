// One writer of a group at a time. A lease is taken around compare, write and read back, and says what is about to be
// written. In words:
//   - a lease lasts for 120 seconds of its holder's clock. Ten seconds after that anybody may take it over, so clocks may be
//     that far apart; what its holder was about to write then counts as done, since nobody knows;
//   - an attempt starts only while ten seconds of the lease are left, and is cut off at its end;
//   - whoever finds it taken says so in the item, and its holder looks once more when it is done;
//   - SLS knows nothing of it: a request that was cut off can still take effect there later.

import { newMemory, type RemovalMemory, withWrite } from '../removal/memory.ts';
import { LEASE_ATTEMPT_MS, LEASE_GRACE_MS, LEASE_MS } from '../time/timeouts.ts';
import { countRemoved, type GroupItem } from './group.ts';
import type { Lease, Pending } from './pending.ts';

export type Taking =
  | {
      readonly state: 'free';
      /** The item with the lease in it: it is taken when this is written. */
      readonly item: GroupItem;
      /** Whose lease had run out. */
      readonly overtaken?: Lease;
    }
  | {
      readonly state: 'taken';
      readonly by: Lease;
      /** The item with word left for the holder. */
      readonly item: GroupItem;
    };

export function isOver({ until }: Lease, now: number): boolean {
  return now > until + LEASE_GRACE_MS;
}

export function take(item: GroupItem, holder: string, pending: Pending, now: number): Taking {
  const { lease } = item;
  const own: Lease = { holder, since: now, until: now + LEASE_MS, pending };
  if (lease === undefined) return { state: 'free', item: { ...item, lease: own } };
  // Word is left once: each further write would only keep the holder from giving back.
  if (!isOver(lease, now)) return { state: 'taken', by: lease, item: { ...item, again: item.again ?? now } };
  // Its holder will not look again; whoever takes it over is looking now.
  const { again: _, ...settled } = settle(item, lease.pending, now);
  return { state: 'free', item: { ...settled, lease: own }, overtaken: lease };
}

export type Release =
  | { readonly state: 'released'; readonly item: GroupItem; readonly again: boolean }
  /** Somebody took it over, and counted the write. */
  | { readonly state: 'lost' };

/**
 * @param written what was or may have been written; undefined if nothing can have been
 * @param looksAgain whether the holder looks again if asked to; otherwise the next run does
 * @param learnt what the holder's run learnt of who is missing, before the write; what the item holds if not given
 */
export function release(
  item: GroupItem,
  holder: string,
  written: Pending | undefined,
  looksAgain: boolean,
  now: number,
  learnt: RemovalMemory | undefined = item.removal,
): Release {
  if (item.lease?.holder !== holder) return { state: 'lost' };
  const again = item.again !== undefined;
  const known = { ...item, removal: learnt };
  const { lease: _lease, again: _again, ...rest } = written ? settle(known, written, now) : known;
  return { state: 'released', item: rest, again: again && looksAgain };
}

/** Two clocks read at one moment. */
export interface Moment {
  /** Milliseconds since the epoch; may be set, and jump. */
  readonly now: number;
  /** Milliseconds of a clock that only goes forward; may stand still while a process sleeps. */
  readonly elapsed: number;
}

/** Milliseconds left of a lease, by whichever clock says less. @param taken before the request that took it was sent */
export function leaseLeft(taken: Moment, { now, elapsed }: Moment): number {
  return LEASE_MS - Math.max(now - taken.now, elapsed - taken.elapsed);
}

export function mayAttempt(taken: Moment, moment: Moment): boolean {
  return leaseLeft(taken, moment) >= LEASE_ATTEMPT_MS;
}

/** The item with a write counted as done. */
function settle(item: GroupItem, { removals, removed, added, weak }: Pending, now: number): GroupItem {
  const memory = item.removal ?? newMemory(now);
  return {
    ...item,
    removal: withWrite(memory, { added, removed: removals, weak }, now),
    removed: countRemoved(item, removed, now),
  };
}
