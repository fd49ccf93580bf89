// The approvals of a group while others write its item: runs, leases, and other people who approve.
import { beforeEach, describe, expect, test } from 'vitest';
import { type StoredApproval, withApproval } from '../../../lib/core/memory/approvals.ts';
import { groupFields, readGroup } from '../../../lib/core/memory/group.ts';
import { groupId } from '../../../lib/core/memory/known.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import { changeApprovals, readApprovals } from '../../../lib/runtime/approvals/store.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;
const GROUP = 'ali-test-project/web';
const DUE = NOW + 20_000;

let memory: InMemoryTable;
let events: string[];
beforeEach(() => {
  memory = new InMemoryTable();
  events = [];
});

const stored = (table: MemoryTable = memory, now = NOW) => ({
  table,
  now: () => now,
  log: (_level: string, event: string) => void events.push(event),
});
const approval = (id: string, until = NOW + HOUR): StoredApproval => ({
  ...{ id, removals: [id], who: id, reason: 'gone', at: NOW, until },
});
const add = (id: string, table?: MemoryTable) =>
  changeApprovals(stored(table), GROUP, (before) => withApproval(before, approval(id)).approvals, DUE);
const itemNow = () => {
  const read = readGroup(memory.items.get(groupId(GROUP)) ?? {});
  if (!read.readable) throw new Error(read.says);
  return read.item;
};
const idsNow = () => (itemNow().approvals ?? []).map(({ id }) => id);

/** A table whose first write waits until somebody else has written. */
function overtaken(by: () => Promise<unknown>): MemoryTable {
  let isFirst = true;
  return {
    read: (ids) => memory.read(ids),
    async write(id, change, revision) {
      if (isFirst) {
        isFirst = false;
        await by();
      }
      return memory.write(id, change, revision);
    },
  };
}

describe('a change', () => {
  test('makes the item where there is none, and leaves the rest of it alone where there is', async () => {
    await add('a');
    expect(idsNow()).toEqual(['a']);
    const removal = newMemory(NOW - HOUR);
    await memory.write(
      groupId(GROUP),
      { set: groupFields({ removal, removed: new Map([[1, 2]]) }), remove: [] },
      1,
    );
    await add('b');
    expect(itemNow()).toMatchObject({ removal, removed: new Map([[1, 2]]) });
    expect(idsNow()).toEqual(['a', 'b']);
  });

  test('is made anew on what somebody else has written meanwhile: of two approvals none is lost', async () => {
    await add('first');
    await add(
      'slow',
      overtaken(() => add('quick')),
    );
    expect(idsNow()).toEqual(['first', 'quick', 'slow']);
  });

  test('of the first item of a group is not lost either', async () => {
    await add(
      'slow',
      overtaken(() => add('quick')),
    );
    expect(idsNow()).toEqual(['quick', 'slow']);
  });

  test('keeps all of twelve that are made at once', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await Promise.all(ids.map((id) => add(id)));
    expect(idsNow().toSorted()).toEqual(ids.toSorted());
  });

  test('takes away what has ended, and writes nothing where nothing changes', async () => {
    await add('a');
    const later = { ...stored(), now: () => NOW + HOUR };
    await changeApprovals(later, GROUP, (approvals) => approvals, NOW + 2 * HOUR);
    expect(idsNow()).toEqual([]);
    const { writes } = memory;
    await changeApprovals(stored(), GROUP, (approvals) => approvals, DUE);
    expect(memory.writes).toBe(writes);
  });

  test('ends with what its decision throws, and nothing is written', async () => {
    const refusal = changeApprovals(
      stored(),
      GROUP,
      () => {
        throw new RangeError('no room');
      },
      DUE,
    );
    await expect(refusal).rejects.toThrow(RangeError);
    expect(memory.writes).toBe(0);
  });
});

describe('a memory that is of no help', () => {
  test('is 503 where it does not answer', async () => {
    memory.down = new Error('throttled');
    await expect(add('a')).rejects.toMatchObject({ status: 503, code: 'MemoryUnavailable' });
    await expect(readApprovals(stored(), [GROUP], DUE)).rejects.toMatchObject({ status: 503 });
    expect(events).toEqual(['memory.down', 'memory.down']);
  });
  test('is 503 where others write all the time', async () => {
    const busy: MemoryTable = {
      read: (ids) => memory.read(ids),
      write: async (id) => ({ written: false, fields: memory.items.get(id) }),
    };
    await expect(add('a', busy)).rejects.toMatchObject({ status: 503 });
  });
  test.each([
    ['of another system', {}, /no version/],
    ['damaged', { version: 1, approvals: '[' }, /approvals is no JSON/],
    ['of a newer release', { version: 2 }, /version 2/],
  ])('is 500 where the item is %s, and stays as it is', async (_, fields, says) => {
    memory.items.set(groupId(GROUP), fields);
    await expect(add('a')).rejects.toMatchObject({
      status: 500,
      code: 'MemoryUnreadable',
      message: expect.stringMatching(says),
    });
    expect(memory.items.get(groupId(GROUP))).toEqual(fields);
  });
});

test('approvals of all groups are one read', async () => {
  await add('a');
  const { reads } = memory;
  const other = 'ali-test-project/other';
  expect(await readApprovals(stored(), [other, GROUP], DUE)).toEqual([
    [other, []],
    [GROUP, [approval('a')]],
  ]);
  expect(memory.reads).toBe(reads + 1);
});
