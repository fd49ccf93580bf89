// Writes of the API to a group that a sync keeps: they take its lease, as the sync does. A group without our mark has one writer
// less to fear, and is written as it is.

import { groupKey } from '../../core/group/machine-group.ts';
import { readMark } from '../../core/group/owner.ts';
import type { Lease } from '../../core/memory/pending.ts';
import { pendingOf } from '../../core/memory/pending.ts';
import { LEASE_WAIT_MS, LEASE_WAIT_PAUSE_MS } from '../../core/time/timeouts.ts';
import { ProblemError } from '../http/errors.ts';
import { type LeaseDeps, type LeaseOptions, LeaseUnknown, withLease } from '../lease.ts';

export interface LeasedGroup {
  readonly project: string;
  readonly name: string;
  /** As it was read right before. */
  readonly externalName: string;
}

/** What is about to be written, in canonical members. A person asks for it, so nothing of it counts against a limit. */
export interface Asked {
  readonly additions: readonly string[];
  readonly removals: readonly string[];
}

export interface RequestLeases extends LeaseDeps {
  readonly sleep: (ms: number) => Promise<void>;
  /** When the request has to be answered, in milliseconds since the epoch. */
  readonly due: number;
  /** Told that the memory could not be reached, and that the write goes on without a lease. */
  readonly onDown: (error: unknown) => void;
}

/** Terms for the calls of a write: `due` for the client, and what to call right before each attempt. */
export interface LeaseTerms {
  readonly due?: number;
  readonly beforeAttempt: () => void;
}

const NO_LEASE: LeaseTerms = { beforeAttempt: () => {} };

/**
 * Runs the write, under the group's lease where it has our mark and there is a memory.
 * @param leases undefined where no memory is configured
 * @throws ProblemError 409 `MachineGroupBusy` with holder and since; whatever `run` throws
 */
export async function underLease<T>(
  group: LeasedGroup,
  asked: Asked,
  run: (terms: LeaseTerms) => Promise<T>,
  leases: RequestLeases | undefined,
): Promise<T> {
  if (leases === undefined || readMark(group.externalName).kind !== 'owner') return run(NO_LEASE);
  const key = groupKey(group);
  const { clock, sleep, due } = leases;
  const options: LeaseOptions = {
    pending: pendingOf(asked.removals, asked.additions, 0),
    due: Math.min(due, clock().now + LEASE_WAIT_MS),
    leavesWord: false,
    // What was asked for has been done: whoever wants another look gets it from the next run.
    looksAgain: false,
  };
  const until = clock().elapsed + LEASE_WAIT_MS;
  let began = false;
  for (;;) {
    try {
      const leased = await withLease(
        key,
        options,
        async (held) => {
          began = true;
          const terms = { due: Math.min(due, held.until), beforeAttempt: held.check };
          return { value: await run(terms), sent: true };
        },
        leases,
      );
      if (leased.state === 'done') return leased.value;
      if (clock().elapsed + LEASE_WAIT_PAUSE_MS > until) throw busy(key, leased.by);
    } catch (error) {
      if (began || error instanceof ProblemError) throw error;
      if (error instanceof LeaseUnknown)
        throw new ProblemError(409, 'MachineGroupBusy', `group ${key}: ${error.message}.`);
      leases.onDown(error);
      return run(NO_LEASE);
    }
    await sleep(LEASE_WAIT_PAUSE_MS);
  }
}

function busy(key: string, { holder, since }: Lease): ProblemError {
  const at = new Date(since).toISOString();
  return new ProblemError(
    409,
    'MachineGroupBusy',
    `group ${key} is being written by ${holder} since ${at}: try again later.`,
  );
}
