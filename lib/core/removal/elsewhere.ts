// What a run of some groups of a document has to ask of the others. Where the queue hands each group to a worker, a run
// sees one group: nothing in it would show that a machine has moved to another, or that others lack as much.

import { type Examination, unprovenIn } from './examine.ts';
import type { RemovalMemory } from './memory.ts';
import { sort } from './sort.ts';

/** Ripe members that report still: they go only if another group has them. */
export function soughtElsewhere(examination: Examination): readonly string[] {
  return sort(examination).waits.flatMap(({ member, for: reason }) =>
    reason === 'alive' || reason === 'shared' ? member : [],
  );
}

/** Whether anything could go without proof, so that a breaker has a say. */
export function goesWithoutProof(examination: Examination): boolean {
  return sort(examination).candidates.some(({ weak }) => weak);
}

/** Missing without proof, as the memory of a group has it that is not looked at in this run. */
export function unprovenRemembered(
  { missing }: RemovalMemory,
  members: ReadonlySet<string>,
  approved: ReadonlySet<string>,
): number {
  const there = [...missing.keys()].filter((member) => members.has(member));
  return unprovenIn(there, missing, approved);
}
