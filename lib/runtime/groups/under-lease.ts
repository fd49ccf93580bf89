// Writes of the API to a group that a sync keeps: they take its lease, as the sync does.

import { groupKey } from '../../core/group/machine-group.ts';
import { pendingOf } from '../../core/memory/pending.ts';
import { LEASE_WAIT_MS, LEASE_WAIT_PAUSE_MS } from '../../core/time/timeouts.ts';
import { ProblemError } from '../http/errors.ts';
import { type LeaseDeps, LeaseLost, type LeaseOptions, LeaseUnknown, withLease } from '../lease.ts';
import { busy, busyFor } from './owned.ts';
import type { Members } from './work.ts';

export interface RequestLeases extends LeaseDeps {
  readonly sleep: (ms: number) => Promise<void>;
  /** When the request has to be answered, in milliseconds since the epoch. */
  readonly due: number;
  /** Told that the memory could not be reached, and that the write goes on without a lease. */
  readonly onDown: (error: unknown) => void;
}

/** Terms for the calls of a write: `due` for the client, and what to call right before each attempt. */
export interface LeaseTerms {
  /** Milliseconds since the epoch. */
  readonly due: number;
  /** What was announced counts as written once this was called. */
  readonly beforeAttempt: () => void;
  /** False where the memory is away, so that the write goes on without a lease. */
  readonly isHeld: boolean;
}

/**
 * Runs the write under the group's lease.
 * @param announced what is about to be written. A person asks for it, so nothing of it counts against a limit
 * @throws ProblemError 409 `MachineGroupBusy` with holder and since; whatever `run` throws
 */
export async function underLease<T>(
  group: { readonly project: string; readonly name: string },
  announced: Members,
  run: (terms: LeaseTerms) => Promise<T>,
  leases: RequestLeases,
): Promise<T> {
  const key = groupKey(group);
  const { clock, sleep, due } = leases;
  const options: LeaseOptions = {
    pending: pendingOf(announced.removals, announced.additions, 0),
    due: Math.min(due, clock().now + LEASE_WAIT_MS),
    leavesWord: false,
    // What was asked for has been done: whoever wants another look gets it from the next run.
    looksAgain: false,
  };
  const until = clock().elapsed + Math.min(LEASE_WAIT_MS, due - clock().now);
  let began = false;
  for (;;) {
    try {
      const leased = await withLease(
        key,
        options,
        async (held) => {
          began = true;
          let sent = false;
          const beforeAttempt = () => {
            held.check();
            sent = true;
          };
          const [ended] = await Promise.allSettled([
            run({ due: Math.min(due, held.until), beforeAttempt, isHeld: true }),
          ]);
          if (ended.status === 'rejected' && sent) throw ended.reason;
          return { value: ended, sent };
        },
        leases,
      );
      if (leased.state === 'done') {
        if (leased.value.status === 'rejected') throw leased.value.reason;
        return leased.value.value;
      }
      if (clock().elapsed + LEASE_WAIT_PAUSE_MS > until) throw busy(group, leased.by.holder, leased.by.since);
    } catch (error) {
      if (error instanceof LeaseUnknown)
        throw busyFor(group, 'is not written, as nobody knows who writes it now');
      if (error instanceof LeaseLost)
        throw busyFor(group, 'is not written any more, as its lease is nearly over');
      if (began || error instanceof ProblemError) throw error;
      leases.onDown(error);
      return run({ due, beforeAttempt: () => {}, isHeld: false });
    }
    await sleep(LEASE_WAIT_PAUSE_MS);
  }
}
