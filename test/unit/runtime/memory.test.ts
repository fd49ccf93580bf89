// What a run knows at its start: read once, written only where something is new, and never a reason to fail.
import { describe, expect, test } from 'vitest';
import { readGroup } from '../../../lib/core/memory/group.ts';
import { DEPLOYMENT_ID, groupId } from '../../../lib/core/memory/known.ts';
import { ReadError } from '../../../lib/core/reading/read-error.ts';
import { WAITS } from '../../../lib/core/refusal/codes.ts';
import { onceDown, readMemory } from '../../../lib/runtime/sync/memory.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';

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
