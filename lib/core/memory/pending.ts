// A write that somebody is about to make, and who that is.

import { setDigest } from '../text/digest.ts';

/** What is about to be written. */
export interface Pending {
  /** Canonical members; the stored list may be shorter than the count. */
  readonly removals: readonly string[];
  readonly removed: number;
  readonly additions: readonly string[];
  readonly added: number;
  /** Removals without proof: they count against the limit. */
  readonly weak: number;
  /** Of all removals and additions. */
  readonly digest: string;
}

export function pendingOf(removals: readonly string[], additions: readonly string[], weak: number): Pending {
  const digest = setDigest([...removals.map((name) => `-${name}`), ...additions.map((name) => `+${name}`)]);
  return { removals, removed: removals.length, additions, added: additions.length, weak, digest };
}

export interface Lease {
  /** One taking of the lease, not a process: no two are the same. */
  readonly holder: string;
  /** Both in milliseconds since the epoch, by the holder's clock. */
  readonly since: number;
  readonly until: number;
  readonly pending: Pending;
}
