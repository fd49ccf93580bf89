// The lease at work: two writers of one group, a holder that stops at any of its awaits, a memory that fails.
import { describe, expect, test } from 'vitest';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { NO_GROUP, readGroup } from '../../../lib/core/memory/group.ts';
import { groupId, type Known } from '../../../lib/core/memory/known.ts';
import { pendingOf } from '../../../lib/core/memory/pending.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import type { Decision } from '../../../lib/core/plan/decide.ts';
import { ReadError } from '../../../lib/core/reading/read-error.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import { LEASE_GRACE_MS, LEASE_MS } from '../../../lib/core/time/timeouts.ts';
import { type LeaseOptions, withLease } from '../../../lib/runtime/lease.ts';
import { applying, type SyncLeases } from '../../../lib/runtime/sync/writers.ts';
import type { CallTerms } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';
import { decideAgainOn, decideOn, definitionOf, machines, present, wanted } from '../core/values.ts';

const KEY = 'ali-test-project/web';
const NOW = 1_790_000_000_000;

class World {
  readonly table = new InMemoryTable();
  time = NOW;
  kept: unknown[] = [];
  told: unknown[] = [];
  #holders = 0;
  deps(table: MemoryTable = this.table): SyncLeases {
    return {
      table,
      clock: () => ({ now: this.time, elapsed: this.time }),
      newHolder: () => `holder ${++this.#holders}`,
      onKept: (error) => this.kept.push(error),
      onDown: (error) => this.told.push(error),
      due: Number.POSITIVE_INFINITY,
    };
  }
  get item() {
    const fields = this.table.items.get(groupId(KEY));
    if (!fields) return NO_GROUP;
    const read = readGroup(fields);
    if (!read.readable) throw new Error(read.says);
    return read.item;
  }
  get counted() {
    return [...this.item.removed.values()].reduce((sum, one) => sum + one, 0);
  }
}

const again = decideAgainOn;
const NEW: Known = {
  state: 'known',
  item: NO_GROUP,
  revision: 0,
  removal: newMemory(NOW),
  isNew: true,
};

const options: LeaseOptions = {
  pending: pendingOf(['a', 'b'], [], 2),
  due: Number.POSITIVE_INFINITY,
  leavesWord: true,
  looksAgain: true,
};
const nothing = async () => ({ value: 'done', sent: false });

describe('a lease', () => {
  test('is one write to take, one to give back, and a read only where nothing was read', async () => {
    const world = new World();
    await withLease(KEY, options, nothing, world.deps());
    expect([world.table.reads, world.table.writes]).toEqual([1, 2]);
    const known = { state: 'known', item: world.item, revision: 2, removal: {}, isNew: false } as never;
    await withLease(KEY, { ...options, known }, nothing, world.deps());
    expect([world.table.reads, world.table.writes]).toEqual([1, 4]);
    expect(world.item.lease).toBeUndefined();
  });

  test('says what is about to be written while it is held, and counts it when it was sent', async () => {
    const world = new World();
    const ran = await withLease(
      KEY,
      options,
      async ({ item }) => {
        expect(world.item.lease?.pending).toEqual(options.pending);
        expect(item).toEqual(world.item);
        return { value: 1, sent: true };
      },
      world.deps(),
    );
    expect(ran).toEqual({ state: 'done', value: 1, again: false });
    expect(world.counted).toBe(2);
  });

  test('is for one: the other leaves word, is done, and the holder looks again', async () => {
    const world = new World();
    const first = await withLease(
      KEY,
      options,
      async () => {
        const second = await withLease(KEY, options, nothing, world.deps());
        expect(second).toMatchObject({ state: 'taken', by: { holder: 'holder 1', since: NOW } });
        return { value: 1, sent: true };
      },
      world.deps(),
    );
    expect(first).toMatchObject({ state: 'done', again: true });
    expect(world.item.again).toBeUndefined();
  });

  test('whoever asked in vain leaves it to the next run', async () => {
    const world = new World();
    const run = async () => {
      await withLease(KEY, options, nothing, world.deps());
      return { value: 1, sent: false };
    };
    const last = await withLease(KEY, { ...options, looksAgain: false }, run, world.deps());
    expect(last).toMatchObject({ again: false });
    expect(world.item.again).toBeUndefined();
  });

  test('is judged on the item as it is now, not as a run has read it', async () => {
    const world = new World();
    const known = { state: 'known', item: NO_GROUP, revision: 0, removal: {}, isNew: true } as never;
    await withLease(KEY, options, async () => ({ value: 1, sent: true }), world.deps());
    await withLease(
      KEY,
      { ...options, known },
      async ({ item }) => {
        expect([...item.removed.values()]).toEqual([2]);
        return { value: 1, sent: false };
      },
      world.deps(),
    );
  });

  test('one of many at once has it', async () => {
    const world = new World();
    let inside = 0;
    const one = () =>
      withLease(
        KEY,
        { ...options, leavesWord: false },
        async () => {
          inside += 1;
          expect(inside).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          return { value: 1, sent: true };
        },
        world.deps(),
      );
    const all = await Promise.all(Array.from({ length: 30 }, one));
    const done = all.filter(({ state }) => state === 'done').length;
    expect(done).toBeGreaterThan(0);
    expect(world.counted).toBe(2 * done);
  });

  test('is given back when what it was for fails, and counts as written', async () => {
    const world = new World();
    const fails = withLease(KEY, options, () => Promise.reject(new Error('broken')), world.deps());
    await expect(fails).rejects.toThrow('broken');
    expect(world.item.lease).toBeUndefined();
    expect(world.counted).toBe(2);
  });

  test('that cannot be given back runs out by itself', async () => {
    const world = new World();
    const ran = await withLease(
      KEY,
      options,
      async () => {
        world.table.down = new Error('down');
        return { value: 1, sent: true };
      },
      world.deps(),
    );
    expect(ran).toEqual({ state: 'done', value: 1, again: false });
    expect(world.kept).toHaveLength(1);
    world.table.down = undefined;
    world.time += LEASE_MS + LEASE_GRACE_MS + 1;
    expect(await withLease(KEY, options, nothing, world.deps())).toMatchObject({ state: 'done' });
    expect(world.counted).toBe(2);
  });

  test.each([true, false])('whose return gets no answer is returned again (stored: %s)', async (stored) => {
    const world = new World();
    let writes = 0;
    const { table } = world;
    const faulty: MemoryTable = {
      read: (ids) => table.read(ids),
      write: async (id, change, revision) => {
        writes += 1;
        if (writes !== 3) return table.write(id, change, revision);
        if (stored) await table.write(id, change, revision);
        throw new ReadError('timeout', 'UpdateItem memory: no answer in time');
      },
    };
    const run = async () => {
      await withLease(KEY, options, nothing, world.deps());
      return { value: 1, sent: true };
    };
    const ran = await withLease(KEY, options, run, world.deps(faulty));
    expect(ran).toMatchObject({ state: 'done', again: true });
    expect(world.item.lease).toBeUndefined();
    expect(world.counted).toBe(2);
    expect(world.kept).toEqual([]);
  });

  test('nobody takes it where the item is not ours to read', async () => {
    const world = new World();
    world.table.items.set(groupId(KEY), { version: 9, revision: 3 });
    await expect(withLease(KEY, options, nothing, world.deps())).rejects.toMatchObject({
      code: 'MemoryUnreadable',
      message: /version 9/,
    });
    expect(world.table.writes).toBe(0);
  });
});

const all = machines(12);
const decision = decideOn({ current: present(all), wanted: wanted(all.slice(2)) });

/** A service with one group, whose calls stop where they are told to. */
class Service {
  now: MachineGroup = definitionOf(all);
  writes: string[] = [];
  readonly #world: World;
  constructor(world: World) {
    this.#world = world;
  }
  /** @param who writes @param stop awaited at each call, before it and after it */
  client(who: string, stop: () => Promise<void>, due = Number.POSITIVE_INFINITY): SlsClient {
    return {
      with: (terms: CallTerms) => this.client(who, stop, terms.due ?? due),
      getMachineGroup: async () => {
        await stop();
        const value = this.now;
        await stop();
        return { value, requestId: 'ID' };
      },
      updateMachineGroup: async (_: string, sent: MachineGroup) => {
        await stop();
        // The client cuts off an attempt when it is due.
        if (this.#world.time >= due) throw new Error('cut off');
        this.writes.push(who);
        this.now = { ...this.now, ...sent };
        await stop();
        return { value: undefined, requestId: 'ID' };
      },
    } as unknown as SlsClient;
  }
}

/** The same table, which stops before and after each call. */
function stopping(table: MemoryTable, stop: () => Promise<void>): MemoryTable {
  const wrapped = async <T>(call: () => Promise<T>): Promise<T> => {
    await stop();
    const value = await call();
    await stop();
    return value;
  };
  return {
    read: (...asked) => wrapped(() => table.read(...asked)),
    write: (...asked) => wrapped(() => table.write(...asked)),
  };
}

/** A holder that stops at its `at`-th await, and another that comes later. @returns undefined if it has fewer awaits */
async function stoppedAt(at: number) {
  const world = new World();
  const service = new Service(world);
  const stopped = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  let awaits = 0;
  const stop = async () => {
    awaits += 1;
    if (awaits !== at) return;
    stopped.resolve();
    await goesOn.promise;
  };
  const noWait = async () => {};
  // The lease is what is tested here, not what a decision comes to on another memory.
  const again = async (first: Decision) => first;
  const writer = (deps: SyncLeases) => applying(noWait, deps).writers.apply;
  const first = writer(world.deps(stopping(world.table, stop))).write(
    decision,
    service.client('first', stop),
    { looksAgain: true, again },
  );
  const ended = await Promise.race([stopped.promise.then(() => false), first.then(() => true)]);
  if (ended) return undefined;
  const wasHeld = world.item.lease !== undefined;
  const wrote = service.writes.length;
  const come = () =>
    writer(world.deps()).write(
      decideOn({ current: present(service.now.machineList), wanted: wanted(all.slice(1, 11)) }),
      service.client('second', noWait),
      { looksAgain: true, again },
    );
  const soon = wasHeld ? await come() : undefined;
  world.time += LEASE_MS + LEASE_GRACE_MS + 1;
  const later = await come();
  const before = [...service.writes];
  const counted = world.counted;
  goesOn.resolve();
  const outcome = await first;
  return { wasHeld, wrote, soon, later, before, counted, outcome, service, world };
}

describe('a holder that stops at any of its awaits', () => {
  test('is overtaken in time, its write is counted, and it writes nothing more', async () => {
    let points = 0;
    for (let at = 1; ; at += 1) {
      const seen = await stoppedAt(at);
      if (seen === undefined) break;
      points += 1;
      const { wasHeld, wrote, soon, later, before, counted, service } = seen;
      if (wasHeld) expect(soon, `await ${at}: in its time`).toMatchObject({ busy: { holder: 'holder 1' } });
      expect(later.error, `await ${at}: after it`).toBeUndefined();
      expect(later.busy, `await ${at}: after it`).toBeUndefined();
      // Two removals of the first, if it had the lease or had sent something, and what the second removed.
      const removed = wrote > 0 ? 1 : 2;
      expect(counted, `await ${at}: counted`).toBe(removed + (wasHeld || wrote > 0 ? 2 : 0));
      if (wasHeld) expect(service.writes, `await ${at}: late`).toEqual(before);
    }
    // Take, look for a freeze, read, write, read back, give back: each before and after.
    expect(points).toBe(12);
  });
});

describe('a memory that is down', () => {
  test('lets additions go and removals wait', async () => {
    const world = new World();
    world.table.down = new ReadError('forbidden', 'down', { status: 400 });
    const service = new Service(world);
    const both = decideOn({ current: present(all), wanted: wanted([...all.slice(2), '10.9.9.9']) });
    const { writers } = applying(async () => {}, world.deps());
    const client = service.client('first', async () => {});
    const outcome = await writers.apply.write(both, client, { looksAgain: true, again });
    expect(outcome.error).toBeUndefined();
    expect(outcome.instead?.withheld).toMatchObject([
      { action: 'remove', by: 'memory', members: all.slice(0, 2) },
    ]);
    expect(service.now.machineList).toEqual([...all, '10.9.9.9']);
    const none = await writers.apply.write(decision, client, { looksAgain: true, again });
    expect(none).toMatchObject({ instead: { outcome: 'nothing' } });
    expect(service.writes).toHaveLength(1);
    expect(world.told).toHaveLength(2);
  });

  const adding = (known: Known = NEW) =>
    decideOn({ current: present(all), wanted: wanted([...all, '10.9.9.9']), known });
  /** A table whose writes end as told, one after the other: stored or not, and with which error. */
  const faulty = (world: World, ends: { stored?: boolean; error: Error }[]): MemoryTable => ({
    read: (...asked) => world.table.read(asked[0]),
    write: async (...asked) => {
      const end = ends.shift();
      if (end === undefined || end.stored) await world.table.write(asked[0], asked[1], asked[2]);
      if (end) throw end.error;
      return { written: true, fields: world.table.items.get(asked[0]) ?? {} };
    },
  });
  const lost = new ReadError('timeout', 'UpdateItem memory: no answer in time');
  const denied = new ReadError('forbidden', 'UpdateItem memory: AccessDeniedException', { status: 400 });
  test.each([
    ['once, and was not stored', [{ error: lost }], 'written'],
    ['once, and was stored', [{ error: lost, stored: true }], 'written'],
    ['three times', [{ error: lost }, { error: lost }, { error: lost }], 'failed'],
    ['once and is denied then', [{ error: lost }, { error: denied }, { error: denied }], 'failed'],
    ['never, as it is denied', [{ error: denied }], 'without'],
  ])('a lease whose taking gets no answer %s', async (_, ends, becomes) => {
    const world = new World();
    const service = new Service(world);
    const { writers } = applying(async () => {}, world.deps(faulty(world, [...ends])));
    const client = service.client('first', async () => {});
    const outcome = await writers.apply.write(adding(), client, { looksAgain: true, again });
    expect((outcome.error as { code?: string } | undefined)?.code).toBe(
      becomes === 'failed' ? 'LeaseUnknown' : undefined,
    );
    expect(service.writes).toHaveLength(becomes === 'failed' ? 0 : 1);
    expect(world.told).toHaveLength(becomes === 'without' ? 1 : 0);
    expect(world.item.lease).toBeUndefined();
  });

  test('that was down at the start lets additions go, also when taking the lease then gets no answer', async () => {
    const world = new World();
    const service = new Service(world);
    const { writers } = applying(async () => {}, world.deps(faulty(world, Array(3).fill({ error: lost }))));
    const client = service.client('first', async () => {});
    const outcome = await writers.apply.write(adding({ state: 'down', says: 'down' }), client, {
      looksAgain: true,
      again,
    });
    expect(outcome.error).toBeUndefined();
    expect(service.writes).toEqual(['first']);
    expect(world.told).toHaveLength(1);
  });

  test('that others write all the time is no leave to write beside them', async () => {
    const world = new World();
    const service = new Service(world);
    let revision = 1;
    const table: MemoryTable = {
      read: async (ids) => world.table.read(ids),
      write: async () => ({ written: false, fields: { version: 1, revision: ++revision } }),
    };
    const { writers } = applying(async () => {}, world.deps(table));
    const client = service.client('first', async () => {});
    const outcome = await writers.apply.write(adding(), client, { looksAgain: true, again });
    expect(outcome.error).toMatchObject({ code: 'LeaseUnknown', message: /others write .* all the time/ });
    expect(service.writes).toEqual([]);
  });

  test('after somebody took the lease meanwhile, the take is retried and finds it taken', async () => {
    const world = new World();
    const service = new Service(world);
    const other = withLease(
      KEY,
      options,
      async () => {
        const { writers } = applying(async () => {}, world.deps(faulty(world, [{ error: lost }])));
        const client = service.client('late', async () => {});
        const value = await writers.apply.write(adding(), client, { looksAgain: true, again });
        return { value, sent: false };
      },
      world.deps(),
    );
    expect(await other).toMatchObject({ value: { busy: { holder: 'holder 1' } }, again: true });
    expect(service.writes).toEqual([]);
  });
});
