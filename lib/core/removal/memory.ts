// What is kept of a group from run to run. Its size is bounded: members that are there and wanted are not in it.

import { DAY } from './settings.ts';
import { count, NO_TALLY, type Tally } from './tally.ts';

/** Who reported under a member, when the witness was last asked about it. */
export interface Seen {
  /** Empty where the agent has none. */
  readonly hostId: string;
  /** DMI UUID; empty where the agent has none. */
  readonly uniqueId: string;
  /** Latest heartbeat under the member, in unix seconds. */
  readonly heartbeat: number;
  /** `Date` of the listing that said so, in milliseconds since the epoch. */
  readonly at: number;
}

export interface Missing {
  /** When a run first saw that the member is there and not wanted, in milliseconds since the epoch. */
  readonly since: number;
  /** Complete readings that lacked it, one after the other. */
  readonly readings: number;
  readonly seen?: Seen;
}

export interface RemovalMemory {
  /** When this memory began, in milliseconds since the epoch. */
  readonly since: number;
  /** When the newest reading that was acted on began; 0 for none. */
  readonly readingAt: number;
  readonly missing: ReadonlyMap<string, Missing>;
  /** Members that this tool added, by the hour. */
  readonly added: Tally;
  /** Members that went without proof, by the hour. */
  readonly weak: Tally;
}

/** Missing members that are kept by name. An item of the table holds 400 KB; one of these needs about 120 bytes. */
export const MISSING_MAX = 2_000;

/** For a group that nothing is known of, and for one whose memory is lost. */
export function newMemory(now: number): RemovalMemory {
  return { since: now, readingAt: 0, missing: new Map(), added: NO_TALLY, weak: NO_TALLY };
}

/** A new memory does not know what happened before it: for a day no evidence counts as proof. */
export function isNew(memory: RemovalMemory, now: number): boolean {
  return now - memory.since < DAY;
}

export interface Written {
  readonly added: number;
  readonly removed: Iterable<string>;
  /** How many of the removed went without proof. */
  readonly weak: number;
}

/** The memory with a write in it. Store it before the write, as the write may take effect unseen. */
export function withWrite(
  memory: RemovalMemory,
  { added, removed, weak }: Written,
  now: number,
): RemovalMemory {
  const missing = new Map(memory.missing);
  for (const member of removed) missing.delete(member);
  return {
    ...memory,
    missing,
    added: count(memory.added, now, added),
    weak: count(memory.weak, now, weak),
  };
}
