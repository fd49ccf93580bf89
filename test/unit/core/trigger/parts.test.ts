// Which groups go to one worker.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchesOf, partsOf } from '../../../../lib/core/trigger/parts.ts';
import { type Asker, BATCH_GROUPS, batchFor, deduplicationId } from '../../../../lib/core/trigger/work.ts';

interface Group {
  readonly key: string;
  readonly reads: readonly string[];
}
const group = (name: string, ...reads: string[]): Group => ({ key: `project/${name}`, reads });
const names = (parts: readonly (readonly Group[])[]) =>
  parts.map((part) => part.map(({ key }) => key.slice('project/'.length)).join(' '));
const parts = (groups: readonly Group[], size: number) => partsOf(groups, ({ reads }) => reads, size);

describe('parts', () => {
  test('hold groups that read the same beside each other, in the order of the document', () => {
    const groups = [group('a', 'x'), group('b', 'y'), group('c', 'x'), group('d', 'y'), group('e', 'x')];
    expect(names(parts(groups, 3))).toEqual(['a c e', 'b d']);
    expect(names(parts(groups, 2))).toEqual(['a c', 'e b', 'd']);
    expect(names(parts([], 2))).toEqual([]);
  });

  const document = fc
    .array(fc.record({ reads: fc.subarray(['x', 'y', 'z']) }), { maxLength: 60 })
    .map((all) => all.map(({ reads }, index) => group(`g${index}`, ...reads)));

  test('hold every group once, none of them too many, and no inventory is in more of them than it needs', () => {
    fc.assert(
      fc.property(document, fc.integer({ min: 1, max: 9 }), (groups, size) => {
        const made = parts(groups, size);
        expect(
          made
            .flat()
            .map(({ key }) => key)
            .sort(),
        ).toEqual(groups.map(({ key }) => key).sort());
        expect(made.every((part) => part.length > 0 && part.length <= size)).toBe(true);
        for (const [, sharing] of Map.groupBy(groups, ({ reads }) => reads.join())) {
          const used = made.filter((part) => part.some((one) => sharing.includes(one))).length;
          // One that begins in the middle of a part ends in one more.
          expect(used).toBeLessThanOrEqual(Math.ceil(sharing.length / size) + 1);
        }
      }),
    );
  });

  test('give each group the same message group, whichever groups a run is about and whoever asks', () => {
    fc.assert(
      fc.property(
        document,
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.boolean()),
        (groups, size, coin) => {
          const made = parts(groups, size);
          const idsOf = (some: readonly Group[]) =>
            new Map(
              batchesOf(made, some, () => 'event').flatMap(({ id, groups: keys }) =>
                keys.map((key) => [key, id]),
              ),
            );
          const all = idsOf(groups);
          const some = groups.filter(() => coin.next().value);
          expect([...idsOf(some)].every(([key, id]) => all.get(key) === id)).toBe(true);
          expect(idsOf(some).size).toBe(some.length);
        },
      ),
    );
  });
});

describe('batches', () => {
  test('are one a part and an asker, since each asker has another who looks again', () => {
    const groups = [group('a', 'x'), group('b', 'x'), group('c', 'x')];
    const askerOf = (key: string): Asker => (key.endsWith('b') ? 'event' : 'schedule');
    expect(batchesOf(parts(groups, 200), groups, askerOf)).toEqual([
      { id: 'part-0', groups: ['project/a', 'project/c'], asked: 'schedule' },
      { id: 'part-0', groups: ['project/b'], asked: 'event' },
    ]);
    expect(batchesOf(parts(groups, 2), groups.slice(2), askerOf)).toEqual([
      { id: 'part-1', groups: ['project/c'], asked: 'schedule' },
    ]);
  });

  test('hold nothing else where one is of a family, which is in no part', () => {
    const work = [{ key: 'project/a' }, { key: 'project/{team}' }, { key: 'project/of-a-family' }];
    expect(batchesOf(parts([group('a', 'x')], 200), work, () => 'schedule')).toEqual([
      { id: 'part-0', groups: ['project/a'], asked: 'schedule' },
      { id: 'project/{team}', groups: ['project/{team}'], asked: 'schedule' },
      { id: 'project/of-a-family', groups: ['project/of-a-family'], asked: 'schedule' },
    ]);
  });

  test('are known again under the same run, and not under another, or with other groups', () => {
    const batch = { id: 'part-0', groups: ['project/a', 'project/b'], asked: 'event' as const };
    const id = deduplicationId(batch, 'run');
    expect(deduplicationId({ ...batch, groups: [...batch.groups] }, 'run')).toBe(id);
    expect(deduplicationId(batch, 'another')).not.toBe(id);
    expect(deduplicationId({ ...batch, groups: ['project/a'] }, 'run')).not.toBe(id);
    expect(deduplicationId({ ...batch, asked: 'schedule' }, 'run')).not.toBe(id);
  });

  test('fit into a message with the longest names that there are', () => {
    const groups = Array.from(
      { length: BATCH_GROUPS },
      (_, n) => `${'p'.repeat(63)}/${`${n}-`.padEnd(128, 'g')}`,
    );
    const reading = { key: `${'r'.repeat(128)}/999999`, digest: 'a'.repeat(64) };
    const body = JSON.stringify(
      batchFor({ id: 'part-0', groups, asked: 'schedule' }, 'r'.repeat(128), reading),
    );
    expect(Buffer.byteLength(body)).toBeLessThan(262_144 / 4);
  });
});
