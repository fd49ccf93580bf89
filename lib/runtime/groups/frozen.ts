// A write of the API to a group that a sync keeps, while a freeze stands: refused, unless the caller says that it goes through.
import { freezeOf, freezeText } from '../../core/freeze/freeze.ts';
import { groupKey } from '../../core/group/machine-group.ts';
import type { Freeze } from '../../core/memory/deployment.ts';
import { LEASE_TRY_MS } from '../../core/time/timeouts.ts';
import { lastFreezes, readFreezes } from '../freezes/seen.ts';
import { busyFor, groupFrozen } from './owned.ts';
import type { RequestLeases } from './under-lease.ts';
import type { Target } from './work.ts';

/**
 * Asked before each attempt to write.
 * @param isHeld whether the lease is ours: the memory was there a moment ago. Where it is away, what was frozen when this process
 * last read it still is
 * @returns the freeze that the write goes through, in words for the log; undefined if there is none
 * @throws ProblemError 409 `GroupFrozen`, or `MachineGroupBusy` where nobody can tell
 */
export async function refuseFrozen(
  target: Target,
  isHeld: boolean,
  { table, clock, due }: RequestLeases,
): Promise<string | undefined> {
  const { now } = clock();
  let freezes: readonly Freeze[];
  try {
    freezes = await readFreezes(table, Math.min(due, now + LEASE_TRY_MS));
  } catch {
    if (isHeld && !target.throughFreeze)
      throw busyFor(
        target,
        'is not written, as nobody knows whether it is frozen (throughFreeze=true writes)',
      );
    freezes = lastFreezes(table) ?? [];
  }
  const freeze = freezeOf(freezes, groupKey(target), now);
  if (freeze === undefined) return undefined;
  if (!target.throughFreeze) throw groupFrozen(groupKey(target), freeze);
  return freezeText(freeze);
}
