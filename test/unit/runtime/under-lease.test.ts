// Writes of the API to groups that a sync keeps, and to others.
import { describe, expect, test } from 'vitest';
import { groupId } from '../../../lib/core/memory/known.ts';
import { pendingOf } from '../../../lib/core/memory/pending.ts';
import { LEASE_MS } from '../../../lib/core/time/timeouts.ts';
import { type RequestLeases, underLease } from '../../../lib/runtime/groups/under-lease.ts';
import { withLease } from '../../../lib/runtime/lease.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';

const MARKED = { project: 'p', name: 'web', externalName: 'sls-machine-groups/prod' };
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
  return { table, downs, leases, passed: () => time - NOW };
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

  test.each([
    ['without a mark', { ...MARKED, externalName: '' }],
    ['with another system’s mark', { ...MARKED, externalName: 'somebody' }],
  ])('to a group %s goes as it is', async (_, group) => {
    const { table, leases } = setup();
    expect(await underLease(group, ASKED, async () => 1, leases)).toBe(1);
    expect(table.writes + table.reads).toBe(0);
  });

  test('goes as it is where no memory is configured', async () => {
    expect(await underLease(MARKED, ASKED, async () => 1, undefined)).toBe(1);
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
