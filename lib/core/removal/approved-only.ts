// The judgement where a group's policy is to remove only what a person has approved. What would go by itself waits, and
// so does what a limit holds back: for approval and nothing else, so it is no refusal. Time alone removes nothing here, so what
// has only gone missing waits for approval, too. What still reports waits for that as everywhere.

import type { WaitsCode } from '../refusal/codes.ts';
import type { Judgement } from './judge.ts';
import type { RemovalMemory } from './memory.ts';
import type { Waiting } from './outcome.ts';

const HELD_BY_LIMITS: ReadonlySet<WaitsCode> = new Set(['limit', 'breaker', 'silent-share']);

/** @param removeAfter seconds */
export function approvedOnly(judgement: Judgement, removeAfter: number): Judgement {
  const { goes, waits, refusals, memory } = judgement;
  const asked = goes.flatMap(({ member, class: found, says }): Waiting[] => {
    if (found === 'approved') return [];
    const since = memory.missing.get(member)?.since ?? 0;
    return [{ member, for: 'approval', ripeSince: since + removeAfter * 1_000, says }];
  });
  return {
    ...judgement,
    goes: goes.filter((removal) => removal.class === 'approved'),
    waits: [
      ...asked,
      ...waits.map((waiting) => {
        if (waiting.for === 'patience')
          return { ...waiting, for: 'approval' as const, says: missingSince(waiting, memory) };
        return HELD_BY_LIMITS.has(waiting.for) ? { ...waiting, for: 'approval' as const } : waiting;
      }),
    ],
    // Those of removals; a swap is about additions.
    refusals: refusals.filter(({ code }) => code === 'swap'),
  };
}

function missingSince({ member }: Waiting, { missing }: RemovalMemory): string {
  const since = missing.get(member)?.since;
  return since === undefined
    ? 'it has only just gone missing'
    : `missing since ${new Date(since).toISOString()}`;
}
