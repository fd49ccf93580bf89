// The judgement of one group in one run: who goes, who waits and for what, and whether the additions go. In words:
//   - an incomplete reading, or one older than the last acted on, removes nothing; nobody can approve that away;
//   - what a person approved goes, if it is missing still;
//   - what is not ripe waits, and so does what still reports, or may;
//   - proven removals go (moved, reused, silent), but silent ones not for more than 90 % of a group at once, since a
//     total outage looks like that;
//   - unproven ones go within the limit, and while no breaker is open;
//   - where nothing is wanted, only `allowEmpty` lets anything go; then no limit applies but to what reports;
//   - for a day after the memory began, what is proven counts as unproven;
//   - without a memory nothing goes. Additions do.

import type { Refusal, UnprovenCode } from '../refusal/codes.ts';
import type { Examination } from './examine.ts';
import { type HoldOptions, hold, NOTHING_WANTED } from './hold.ts';
import { type LimitFigures, limitFigures } from './limit.ts';
import type { RemovalMemory } from './memory.ts';
import type { Removal, Waiting } from './outcome.ts';
import { DAY } from './settings.ts';
import { sort } from './sort.ts';
import { isMissingForLong, judgeSwap } from './swap.ts';

export interface Judgement {
  readonly goes: readonly Removal[];
  readonly waits: readonly Waiting[];
  readonly additions: { readonly verdict: 'go' } | { readonly verdict: 'wait'; readonly says: string };
  /** What needs a person now. */
  readonly refusals: readonly Refusal<UnprovenCode>[];
  readonly figures: LimitFigures;
  /** To be stored if nothing is written; after `withWrite`, if something is. */
  readonly memory: RemovalMemory;
}

/** How long a ripe member may wait before a person is asked. */
export const HELD_MAX = DAY;

export function judgeRemovals(examination: Examination, options: HoldOptions): Judgement {
  const { memory, members, settings, now, unproven } = examination;
  const figures = limitFigures({ memory, members: members.size, unproven, settings, now });
  const sorted = sort(examination);
  const isEmpty = examination.reading.wanted.size === 0 && !options.allowEmpty;
  const held = hold(sorted.candidates, examination, figures, options);
  const swap = swapOf(examination);
  return {
    goes: [...sorted.approved, ...held.goes],
    waits: [...(isEmpty ? sorted.waits.map(forNothingWanted) : sorted.waits), ...held.waits],
    additions: swap.additions === 'wait' ? { verdict: 'wait', says: swap.says } : { verdict: 'go' },
    refusals: swap.asks ? [...held.refusals, { code: 'swap', says: swap.says }] : held.refusals,
    figures,
    memory,
  };
}

/** Time makes nothing ripe there. */
function forNothingWanted(waiting: Waiting): Waiting {
  return waiting.for === 'patience'
    ? { member: waiting.member, for: 'empty', says: NOTHING_WANTED }
    : waiting;
}

/** While the memory cannot be read or written: everything missing waits. @param says why */
export function waitForMemory(missing: readonly string[], says: string): readonly Waiting[] {
  return missing.map((member) => ({ member, for: 'memory', says }));
}

/** Ripe members that have waited for too long: a person is asked, though nothing is refused. */
export function heldTooLong({ waits }: Judgement, now: number): readonly Waiting[] {
  return waits.filter(({ ripeSince }) => ripeSince !== undefined && now - ripeSince > HELD_MAX);
}

function swapOf(examination: Examination) {
  const { reading, members, additions, patience, evidence, memory, approved, settings, now } = examination;
  let alive = 0;
  let aliveForLong = 0;
  if (reading.complete) {
    for (const [member, found] of evidence) {
      if ((found.class !== 'alive' && found.class !== 'shared') || approved.has(member)) continue;
      alive += 1;
      const since = memory.missing.get(member)?.since ?? now;
      if (isMissingForLong(since, now, settings)) aliveForLong += 1;
    }
  }
  const missing = patience.missing.length;
  return judgeSwap({ members: members.size, missing, alive, aliveForLong, additions });
}
