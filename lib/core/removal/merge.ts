// What two runs learnt of one group at the same time, as one memory: of every member no more patience than either saw.

import type { Missing, RemovalMemory, Seen } from './memory.ts';

/**
 * A member that only one of them lacks starts anew, since the other saw it wanted, or not in the group.
 * @param stored what somebody else has written meanwhile; the counts of writes are its own
 */
export function mergeMemories(stored: RemovalMemory, learnt: RemovalMemory): RemovalMemory {
  const missing = new Map<string, Missing>();
  for (const [member, one] of stored.missing) {
    const other = learnt.missing.get(member);
    if (other) missing.set(member, mergeMissing(one, other));
  }
  return {
    ...stored,
    since: Math.max(stored.since, learnt.since),
    readingAt: Math.max(stored.readingAt, learnt.readingAt),
    missing,
  };
}

function mergeMissing(one: Missing, other: Missing): Missing {
  const seen = laterSeen(one.seen, other.seen);
  return {
    since: Math.max(one.since, other.since),
    readings: Math.min(one.readings, other.readings),
    ...(seen && { seen }),
  };
}

/** The later heartbeat; of the same, the later first look at it. */
function laterSeen(one: Seen | undefined, other: Seen | undefined): Seen | undefined {
  if (!one || !other) return one ?? other;
  if (one.heartbeat !== other.heartbeat) return one.heartbeat > other.heartbeat ? one : other;
  return one.at > other.at ? one : other;
}
