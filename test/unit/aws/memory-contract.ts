// What every table of the memory does, whatever stands behind it.
import pLimit from 'p-limit';
import { expect, test } from 'vitest';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';

/** @param empty a table with nothing in it under ids that begin with `prefix` */
export function contract(empty: () => MemoryTable): void {
  const due = () => Date.now() + 20_000;
  const none: readonly string[] = [];

  test('reads nothing of what is not there', async () => {
    expect(await empty().read([], due())).toEqual(new Map());
    expect(await empty().read(['a', 'b'], due())).toEqual(new Map());
  });

  test('makes an item once', async () => {
    const table = empty();
    const first = await table.write('made', { set: { version: 1, text: 'a' }, remove: none }, 0, due());
    expect(first).toMatchObject({ written: true, fields: { version: 1, text: 'a', revision: 1 } });
    const second = await table.write('made', { set: { text: 'b' }, remove: none }, 0, due());
    expect(second).toMatchObject({ written: false, fields: { text: 'a', revision: 1 } });
    expect(await table.read(['made'], due())).toEqual(new Map([['made', first.fields]]));
  });

  test('changes an item at the revision that was seen, and leaves its other fields', async () => {
    const table = empty();
    await table.write('item', { set: { ofALaterRelease: 'stays', a: 1, b: 'x' }, remove: none }, 0, due());
    const changed = await table.write('item', { set: { a: 2 }, remove: ['b', 'neverThere'] }, 1, due());
    expect(changed).toMatchObject({ written: true, fields: { ofALaterRelease: 'stays', a: 2, revision: 2 } });
    expect(changed.fields).not.toHaveProperty('b');
    const late = await table.write('item', { set: { a: 3 }, remove: none }, 1, due());
    expect(late).toMatchObject({ written: false, fields: { a: 2, revision: 2 } });
  });

  test('does not change what is not there', async () => {
    const absent = await empty().write('absent', { set: { a: 1 }, remove: none }, 4, due());
    expect(absent).toEqual({ written: false, fields: undefined });
  });

  test('reads more items than one call takes, each once, large ones too', async () => {
    const table = empty();
    const ids = Array.from({ length: 230 }, (_, index) => `many ${index}`);
    const large = 'ä'.repeat(150_000);
    await pLimit(8).map(ids, (id, index) =>
      table.write(id, { set: { index, large: index < 5 ? large : '' }, remove: none }, 0, due()),
    );
    const read = await table.read([...ids, ...ids, 'absent'], due());
    expect(read.size).toBe(230);
    expect(read.get('many 229')).toMatchObject({ index: 229, revision: 1 });
    expect(read.get('many 3')?.large).toBe(large);
  });

  test('keeps names that are words of the table’s own language, and any text', async () => {
    const set = { name: 'a', size: 1, 'with-dash': '\u0000"中', time: 4e12, status: '' };
    const { fields } = await empty().write('words', { set, remove: none }, 0, due());
    expect(fields).toMatchObject(set);
  });
}

/**
 * The race for one revision. Apart from the rest: a table asks its condition and writes as one step.
 * DynamoDB does, and so do the map and dynalite; moto does the two one after the other, on a thread
 * for each request, and lets two through once in a while.
 */
export function race(empty: () => MemoryTable): void {
  test('lets one of many writers through', async () => {
    const table = empty();
    await table.write('one', { set: { a: 0 }, remove: [] }, 0, Date.now() + 20_000);
    const all = Array.from({ length: 20 }, (_, index) =>
      table.write('one', { set: { a: index }, remove: [] }, 1, Date.now() + 20_000),
    );
    const outcomes = await Promise.all(all);
    expect(outcomes.filter(({ written }) => written)).toHaveLength(1);
  });
}
