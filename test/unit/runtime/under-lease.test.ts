// Writes of the API to groups that a sync keeps.
import { describe, expect, test } from 'vitest';
import { groupId } from '../../../lib/core/memory/known.ts';
import { pendingOf } from '../../../lib/core/memory/pending.ts';
import { LEASE_MS } from '../../../lib/core/time/timeouts.ts';
import { type LeaseTerms, type RequestLeases, underLease } from '../../../lib/runtime/groups/under-lease.ts';
import { withLease } from '../../../lib/runtime/lease.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';

const MARKED = { project: 'p', name: 'web' };
const ASKED = { additions: ['10.0.0.1'], removals: ['10.0.0.2'] };
const NOW = 1_790_000_000_000;

function setup() {
  const table = new InMemoryTable();
  const downs: unknown[] = [];
  let time = NOW;
  const leases: RequestLeases = {
    table,
    clock: () => ({ now: time, elapsed: time }),
    newHolder: () => 'request 1',
    onKept: () => {},
    onDown: (error) => downs.push(error),
    sleep: async (ms) => {
      time += ms;
    },
    due: NOW + 25_000,
  };
  const wait = (ms: number) => {
    time += ms;
  };
  return { table, downs, leases, wait, passed: () => time - NOW };
}

const holdBySync = (leases: RequestLeases, run: () => Promise<void>) =>
  withLease(
    'p/web',
    { pending: pendingOf([], [], 0), due: NOW + LEASE_MS, leavesWord: true, looksAgain: true },
    async () => {
      await run();
      return { value: 0, sent: false };
    },
    { ...leases, newHolder: () => 'sync 1' },
  );

describe('a write of the API', () => {
  test('to a marked group takes the lease, tells what it is about to do, and counts against no limit', async () => {
    const { table, leases } = setup();
    const value = await underLease(
      MARKED,
      ASKED,
      async ({ due, beforeAttempt }) => {
        beforeAttempt();
        expect(due).toBe(leases.due);
        expect(table.items.get(groupId('p/web'))?.lease).toMatch(/"removals":\["10.0.0.2"\].*"weak":0/);
        return 'written';
      },
      leases,
    );
    expect(value).toBe('written');
    expect(table.items.get(groupId('p/web'))).not.toHaveProperty('lease');
  });

  test('waits for whoever writes the group, five seconds at most, and says who that is', async () => {
    const { leases, passed } = setup();
    let runs = 0;
    await holdBySync(leases, async () => {
      const waits = underLease(MARKED, ASKED, async () => runs++, leases);
      await expect(waits).rejects.toMatchObject({
        status: 409,
        code: 'MachineGroupBusy',
        message: `group p/web is being written by sync 1 since ${new Date(NOW).toISOString()}: try again later.`,
      });
    });
    expect(runs).toBe(0);
    expect(passed()).toBeGreaterThan(4_500);
    expect(passed()).toBeLessThanOrEqual(5_000);
  });

  test('waits no longer than its request has', async () => {
    const { leases, passed } = setup();
    await holdBySync(leases, async () => {
      const waits = underLease(MARKED, ASKED, async () => 1, { ...leases, due: NOW + 1_000 });
      await expect(waits).rejects.toMatchObject({ code: 'MachineGroupBusy' });
    });
    expect(passed()).toBeLessThanOrEqual(1_000);
  });

  test('goes on as soon as the other is done', async () => {
    const { leases } = setup();
    const released = Promise.withResolvers<void>();
    const holding = holdBySync(leases, () => released.promise);
    let waits = 0;
    const sleep = async () => {
      waits += 1;
      released.resolve();
      await holding;
    };
    expect(await underLease(MARKED, ASKED, async () => 'written', { ...leases, sleep })).toBe('written');
    expect(waits).toBe(1);
  });

  test('goes on without a lease while the memory is down', async () => {
    const { table, downs, leases } = setup();
    table.down = new Error('down');
    expect(await underLease(MARKED, ASKED, async () => 1, leases)).toBe(1);
    expect(downs).toHaveLength(1);
  });

  test('counts what was sent, and nothing else', async () => {
    const { table, leases } = setup();
    const counted = () => table.items.get(groupId('p/web'))?.removed;
    const refuses = async () => {
      throw new Error('it may not be written');
    };
    await expect(underLease(MARKED, ASKED, refuses, leases)).rejects.toThrow('it may not be written');
    await underLease(MARKED, ASKED, async () => 'as it was asked for', leases);
    expect(counted()).toBeUndefined();
    const sends = async ({ beforeAttempt }: LeaseTerms) => {
      beforeAttempt();
      throw new Error('no answer');
    };
    await expect(underLease(MARKED, ASKED, sends, leases)).rejects.toThrow('no answer');
    expect(counted()).toMatch(/,1\]\]$/);
    expect(table.items.get(groupId('p/web'))).not.toHaveProperty('lease');
  });

  test('sends nothing once its lease is nearly over', async () => {
    const { leases, wait } = setup();
    let sent = 0;
    const late = async ({ beforeAttempt }: LeaseTerms) => {
      wait(LEASE_MS);
      beforeAttempt();
      sent += 1;
    };
    await expect(underLease(MARKED, ASKED, late, leases)).rejects.toMatchObject({
      status: 409,
      code: 'MachineGroupBusy',
      message: 'group p/web is not written any more, as its lease is nearly over: try again later.',
    });
    expect(sent).toBe(0);
  });

  test('that fails is not made again', async () => {
    const { leases, downs } = setup();
    let runs = 0;
    const fails = async () => {
      runs += 1;
      throw new Error('SLS said no');
    };
    await expect(underLease(MARKED, ASKED, fails, leases)).rejects.toThrow('SLS said no');
    expect([runs, downs.length]).toEqual([1, 0]);
  });
});
