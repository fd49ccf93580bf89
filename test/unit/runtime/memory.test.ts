// What a run knows at its start: read once, written only where something is new, and never a reason to fail.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupChange, NO_GROUP, readGroup } from '../../../lib/core/memory/group.ts';
import { DEPLOYMENT_ID, groupId, type Known, knownOf } from '../../../lib/core/memory/known.ts';
import type { Decision } from '../../../lib/core/plan/decide.ts';
import { ReadError } from '../../../lib/core/reading/read-error.ts';
import { WAITS } from '../../../lib/core/refusal/codes.ts';
import { newMemory, type RemovalMemory } from '../../../lib/core/removal/memory.ts';
import { mergeMemories } from '../../../lib/core/removal/merge.ts';
import { onceDown, readMemory, remember } from '../../../lib/runtime/sync/memory.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';
import { decideOn, groupConfig, machines, present, wanted } from '../core/values.ts';

const NOW = 1_790_000_000_000;
const GROUPS = ['p/a', 'p/b'];

function setup(table = new InMemoryTable()) {
  const logged: { event: string; says?: unknown }[] = [];
  const log = (_level: string, event: string, data?: object) => logged.push({ event, ...data });
  const deps = { table, now: () => NOW, log } as unknown as Parameters<typeof readMemory>[3];
  const read = (mode: 'plan' | 'apply') => readMemory(GROUPS, mode, Number.POSITIVE_INFINITY, deps);
  return { table, logged, log: deps.log, read };
}

describe('the memory of a run', () => {
  test('is written by no plan, and by a run only where an item is new', async () => {
    const { table, read } = setup();
    await read('plan');
    expect([table.reads, table.writes, table.items.size]).toEqual([1, 0, 0]);
    await read('apply');
    expect([table.reads, table.writes]).toEqual([2, 3]);
    const memory = await read('apply');
    expect([table.reads, table.writes]).toEqual([3, 3]);
    expect(memory('p/a')).toMatchObject({ state: 'known', isNew: false, removal: { since: NOW } });
  });

  test('begins once where two first runs begin it together', async () => {
    const { table, read } = setup();
    const both = await Promise.all([read('apply'), read('apply')]);
    for (const memory of both)
      expect(memory('p/b')).toMatchObject({ state: 'known', item: { removal: { since: NOW } } });
    expect([...table.items.values()].map(({ revision }) => revision)).toEqual([1, 1, 1]);
  });

  test('that cannot be read or written is down for all groups, and says once what to do', async () => {
    for (const code of ['forbidden', 'not-found', 'throttled', 'timeout'] as const) {
      for (const call of ['read', 'write'] as const) {
        const { table, logged, read } = setup();
        Object.assign(table, { [call]: () => Promise.reject(new ReadError(code, 'memory: no')) });
        const memory = await read('apply');
        expect(GROUPS.map((group) => memory(group).state)).toEqual(['down', 'down']);
        const told = logged.filter(({ event }) => event === 'memory.down');
        expect(told).toHaveLength(1);
        expect(told[0]?.says).toContain(WAITS.memory.todo);
      }
    }
  });

  test('with one damaged item is of no help for that group alone, and says so', async () => {
    for (const damage of [{ lease: '{' }, { removal: '[]' }, { version: 2 }, { removed: '[[1,-1]]' }]) {
      const { table, logged, read } = setup();
      table.items.set(groupId('p/a'), { version: 1, revision: 4, ...damage });
      const memory = await read('apply');
      expect(GROUPS.map((group) => memory(group).state)).toEqual(['unreadable', 'known']);
      expect(logged.filter(({ event }) => event === 'memory.unreadable')).toMatchObject([
        { groups: ['p/a'], count: 1 },
      ]);
      expect(table.items.get(groupId('p/a'))).toMatchObject({ revision: 4 });
    }
  });

  test('with a damaged deployment is of no help at all', async () => {
    const { table, read } = setup();
    table.items.set(DEPLOYMENT_ID, { version: 1, revision: 1, epoch: 'yesterday' });
    expect((await read('apply'))('p/a').state).toBe('unreadable');
    expect(table.writes).toBe(0);
  });

  test('that goes away later is told once', () => {
    const { logged, log } = setup();
    const down = onceDown(log);
    for (const group of GROUPS) down(new Error(group));
    expect(logged).toHaveLength(1);
  });

  test('holds no time that is no date', () => {
    const lease = { holder: 'x', since: 9e15, until: 9e15, pending: {} };
    const pending = { removals: [], removed: 0, additions: [], added: 0, weak: 0, digest: '' };
    const stored = (since: number) =>
      readGroup({ version: 1, lease: JSON.stringify({ ...lease, since, until: since, pending }) });
    expect(stored(8.64e15).readable).toBe(true);
    expect(stored(9e15).readable).toBe(false);
  });
});

describe('what a run learnt', () => {
  const group = groupConfig();
  const id = groupId(group.key);
  const list = machines(10);
  const [flapped = '', gone = '', fresh = ''] = list;
  const entry = (readings: number) => ({ since: NOW - HOUR, readings });

  async function stored() {
    const { table, log } = setup();
    const removal = {
      ...newMemory(NOW - 48 * HOUR),
      readingAt: NOW - 1_000,
      missing: new Map([
        [flapped, entry(5)],
        [gone, entry(5)],
      ]),
    };
    const change = groupChange(undefined, { ...NO_GROUP, removal });
    if (change) await table.write(id, change, 0);
    const known = () => knownOf(table.items.get(id), NOW - 48 * HOUR, NOW);
    const item = () => {
      const read = known();
      if (read.state !== 'known') throw new Error(read.state);
      return read.item;
    };
    const run = (lacks: readonly string[], at: number, before: Known) =>
      decideOn({
        group,
        current: present(list),
        wanted: wanted(
          list.filter((member) => !lacks.includes(member)),
          { takenAt: at },
        ),
        known: before,
        now: at,
      });
    const deps = { table, log, now: () => NOW } as unknown as Parameters<typeof remember>[2];
    const keep = (decision: Decision) => remember(decision, Number.POSITIVE_INFINITY, deps);
    return { table, known, item, run, keep };
  }

  test.each(['first', 'last'])('of a flap is kept, where it writes %s of two', async (place) => {
    const { known, item, run, keep } = await stored();
    const before = known();
    // Both read the item as it was; one of them saw the machine wanted, the other a new one missing.
    const saw = run([gone], NOW, before);
    const sawNot = run([flapped, gone, fresh], NOW + 1, before);
    for (const decision of place === 'first' ? [saw, sawNot] : [sawNot, saw]) await keep(decision);
    expect([...(item().removal?.missing ?? [])]).toEqual([[gone, entry(6)]]);
    expect(item().removal?.readingAt).toBe(NOW + 1);
  });

  test('is merged into an item that somebody holds, and the lease stays', async () => {
    const { table, known, item, run, keep } = await stored();
    const before = known();
    await table.write(id, { set: { lease: LEASE }, remove: [] }, 1);
    await keep(run([gone], NOW, before));
    expect(item()).toMatchObject({ lease: { holder: 'another' } });
    expect([...(item().removal?.missing.keys() ?? [])]).toEqual([gone]);
  });

  test('makes nothing of a memory that was lost meanwhile', async () => {
    const { table, known, run, keep } = await stored();
    const before = known();
    table.items.set(id, { version: 1, revision: 9 });
    await keep(run([gone], NOW, before));
    expect(table.items.get(id)).toEqual({ version: 1, revision: 9 });
  });

  test('by two is never more patience than either saw', () => {
    const missing = fc.option(fc.record({ since: fc.nat(9), readings: fc.nat(9) }), { nil: undefined });
    fc.assert(
      fc.property(missing, missing, fc.nat(9), fc.nat(9), (one, other, first, second) => {
        const of = (known: typeof one, readingAt: number) => ({
          ...newMemory(0),
          readingAt,
          missing: new Map(known ? [['m', known]] : []),
        });
        const merged = mergeMemories(of(one, first), of(other, second));
        const found = merged.missing.get('m');
        expect(merged.readingAt).toBe(Math.max(first, second));
        expect(found !== undefined).toBe(one !== undefined && other !== undefined);
        for (const known of found ? [one, other] : []) {
          expect(found?.since).toBeGreaterThanOrEqual(known?.since ?? 0);
          expect(found?.readings).toBeLessThanOrEqual(known?.readings ?? 0);
        }
      }),
    );
  });

  test('of a heartbeat by two is the later one, since when it was first looked at', () => {
    const of = (heartbeat: number, at: number) => ({
      ...newMemory(0),
      missing: new Map([
        ['m', { since: 1, readings: 1, seen: { hostId: 'h', uniqueId: 'u', heartbeat, at } }],
      ]),
    });
    const seen = (one: RemovalMemory, other: RemovalMemory) =>
      mergeMemories(one, other).missing.get('m')?.seen;
    expect(seen(of(5, 10), of(7, 20))).toMatchObject({ heartbeat: 7, at: 20 });
    expect(seen(of(7, 10), of(7, 20))).toMatchObject({ heartbeat: 7, at: 20 });
    expect(seen(of(7, 20), of(7, 10))).toMatchObject({ heartbeat: 7, at: 20 });
  });
});

const HOUR = 3_600_000;
const LEASE = JSON.stringify({
  holder: 'another',
  since: NOW,
  until: NOW + 120_000,
  pending: { removals: [], removed: 0, additions: [], added: 0, weak: 0, digest: '' },
});
