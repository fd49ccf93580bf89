// An inventory that suddenly looks at another fleet: in a group of ten members or more, fewer than half are wanted
// still, and most of the missing are alive. Additions wait then as well, as they would be strangers. Machines that
// were stopped a moment ago look the same until their heartbeats are old, so a person is asked only when most of the
// missing have gone on for twice that long.

import type { RemovalSettings } from './settings.ts';

export interface SwapCase {
  readonly members: number;
  readonly missing: number;
  /** Missing members that are alive, approved ones not counted. */
  readonly alive: number;
  /** Those of them that have been missing for twice `silentAfter`. */
  readonly aliveForLong: number;
  readonly additions: number;
}

export interface Swap {
  readonly additions: 'go' | 'wait';
  readonly asks: boolean;
  readonly says: string;
}

export const SWAP_MEMBERS_MIN = 10;

/** Whether so few are wanted still that the witness has to be asked before anything is added. */
export function maySwap(members: number, missing: number): boolean {
  return members >= SWAP_MEMBERS_MIN && (members - missing) * 2 < members;
}

export function judgeSwap({ members, missing, alive, aliveForLong, additions }: SwapCase): Swap {
  if (additions === 0 || !maySwap(members, missing) || alive * 2 <= missing) return NO_SWAP;
  return {
    additions: 'wait',
    asks: aliveForLong * 2 > missing,
    says: `only ${members - missing} of ${members} members are wanted still, and ${alive} of the ${missing} missing ones send heartbeats: the inventory may look at another fleet, so its ${additions} additions wait`,
  };
}

export function isMissingForLong(since: number, now: number, { silentAfter }: RemovalSettings): boolean {
  return now - since >= 2 * silentAfter * 1_000;
}

const NO_SWAP: Swap = { additions: 'go', asks: false, says: '' };
