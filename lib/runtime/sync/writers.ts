// The writers a run can have. A mere plan and the policy `observe` get one that writes nothing: whoever decides
// does not know which one it will be.

import { pendingOf } from '../../core/memory/pending.ts';
import { writeFor } from '../../core/plan/apply.ts';
import { type Decision, withoutMemory } from '../../core/plan/decide.ts';
import { additionsOf, removalsOf } from '../../core/plan/plan.ts';
import { LEASE_TAKE_MS } from '../../core/time/timeouts.ts';
import type { SlsClient } from '../../sls/client.ts';
import { type LeaseDeps, LeaseUnknown, withLease } from '../lease.ts';
import { type WriteOutcome, writeChange } from './group-access.ts';
import type { GroupWriter, Ports, WriteTerms } from './reconcile.ts';
import { errorReport } from './told.ts';

const planned: GroupWriter = { status: 'planned', write: async () => ({}) };
const recorded: GroupWriter = { status: 'recorded', write: async () => ({}) };

type Writing = Pick<Ports, 'writers' | 'looksTwice'>;

/** For `mode: "plan"`. */
export const PLAN_ONLY: Writing = { writers: { apply: planned, record: planned }, looksTwice: false };

export interface SyncLeases extends LeaseDeps {
  /** When the run has to end, in milliseconds since the epoch. */
  readonly due: number;
  /** Told that the memory could not be reached, and that additions go on without a lease. */
  readonly onDown: (error: unknown) => void;
}

/** For `mode: "apply"`. @param leases undefined where no memory is configured: then nothing keeps two runs apart */
export function applying(sleep: (ms: number) => Promise<void>, leases?: SyncLeases): Writing {
  const written: GroupWriter = {
    status: 'written',
    write: (decision, sls, terms) =>
      leases ? writeLeased(decision, sls, sleep, terms, leases) : writeChange(decision, sls, sleep),
  };
  return { writers: { apply: written, record: recorded }, looksTwice: true };
}

async function writeLeased(
  decision: Decision,
  sls: SlsClient,
  sleep: (ms: number) => Promise<void>,
  { known, looksAgain }: WriteTerms,
  leases: SyncLeases,
): Promise<WriteOutcome> {
  const { group, change } = decision;
  const removals = removalsOf(change);
  let begun = false;
  try {
    const leased = await withLease(
      group.key,
      {
        // No witness is asked yet, so no removal is proven.
        pending: pendingOf(removals, additionsOf(change), removals.length),
        due: Math.min(leases.due, leases.clock().now + LEASE_TAKE_MS),
        leavesWord: true,
        looksAgain,
        known: known?.state === 'known' ? known : undefined,
      },
      async (held) => {
        begun = true;
        const bound = sls.with({ due: Math.min(leases.due, held.until) });
        const value = await writeChange(decision, bound, sleep, held.check);
        return { value, sent: value.sent === true };
      },
      leases,
    );
    if (leased.state === 'taken') return { busy: leased.by };
    return { ...leased.value, again: leased.again };
  } catch (error) {
    if (begun) throw error;
    // Somebody else may write now. Where the memory stays away, the next run knows that from its start, and goes on.
    if (error instanceof LeaseUnknown && known?.state !== 'down')
      return { unwritten: writeFor(decision.current, change, group), error };
    leases.onDown(error);
    // As it was before there was a memory: additions are compared, written and read back.
    const less = withoutMemory(decision, `the memory cannot be reached (${errorReport(error).message})`);
    if (less.outcome !== 'change') return { less };
    return { ...(await writeChange(less, sls, sleep)), less };
  }
}
