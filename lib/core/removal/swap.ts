// An inventory that suddenly looks at another fleet: in a group of ten members or more, fewer than half are wanted
// still, most of what is wanted is new, and most of the missing are alive. Additions wait then as well, as they would
// be strangers. "Most is new" tells it from a blue fleet that runs on while its green one replaces a machine. Machines
// that were stopped a moment ago look the same until their heartbeats are old, so a person is asked only when most of
// the missing have gone on for twice that long.

import type { RemovalSettings } from './settings.ts';

interface Change {
  readonly members: number;
  readonly missing: number;
  readonly additions: number;
}

export interface SwapCase extends Change {
  /** Missing members that are alive, approved ones not counted. */
  readonly alive: number;
  /** Those of them that have been missing for twice `silentAfter`. */
  readonly aliveForLong: number;
}

export interface Swap {
  readonly additions: 'go' | 'wait';
  readonly asks: boolean;
  readonly says: string;
}

export const SWAP_MEMBERS_MIN = 10;

/** Whether so much changes at once that the witness has to be asked before anything is added. */
export function maySwap({ members, missing, additions }: Change): boolean {
  const stay = members - missing;
  return members >= SWAP_MEMBERS_MIN && stay * 2 < members && additions > stay;
}

export function judgeSwap(change: SwapCase): Swap {
  const { members, missing, alive, aliveForLong, additions } = change;
  if (!maySwap(change) || alive * 2 <= missing) return NO_SWAP;
  return {
    additions: 'wait',
    asks: aliveForLong * 2 > missing,
    says: `only ${members - missing} of ${members} members are still in the inventory, and ${alive} of the ${missing} missing ones send heartbeats: the inventory may list another fleet, so its ${additions} additions wait`,
  };
}

export function isMissingForLong(since: number, now: number, { silentAfter }: RemovalSettings): boolean {
  return now - since >= 2 * silentAfter * 1_000;
}

const NO_SWAP: Swap = { additions: 'go', asks: false, says: '' };
