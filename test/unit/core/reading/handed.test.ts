// A reading that is handed on is the reading that was made: completeness, time and every origin are those of before.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Handed, handedAt, readHanded, writeHanded } from '../../../../lib/core/reading/handed.ts';
import { READ_PROBLEMS } from '../../../../lib/core/reading/read-error.ts';
import type { Snapshot } from '../../../../lib/core/reading/snapshot.ts';

const label = fc.constantFrom('sources[0] ec2', 'sources[0] ec2 eu-central-1', 'sources[1] http');
const origin = fc.record({ source: label, id: fc.string() });
const time = fc.integer({ min: 0, max: 2 ** 41 });
const snapshot: fc.Arbitrary<Snapshot> = fc.record(
  {
    source: label,
    takenAt: time,
    machines: fc.array(fc.record({ value: fc.string(), origin })),
    skipped: fc.array(
      fc.record({ origin, reason: fc.string(), value: fc.string() }, { requiredKeys: ['origin', 'reason'] }),
    ),
    completeness: fc.oneof(
      fc.record({ complete: fc.constant(true as const), proof: fc.string() }),
      fc.record({
        complete: fc.constant(false as const),
        reasons: fc.tuple(fc.string(), fc.string()) as fc.Arbitrary<readonly [string, ...string[]]>,
      }),
    ),
    revision: fc.string(),
    readings: fc.array(fc.string()),
  },
  { requiredKeys: ['source', 'takenAt', 'machines', 'skipped', 'completeness'] },
);
const failed = fc.record(
  {
    code: fc.constantFrom(...READ_PROBLEMS),
    says: fc.string(),
    status: fc.integer({ min: 100, max: 599 }),
    requestId: fc.string(),
    at: time,
  },
  { requiredKeys: ['code', 'says', 'at'] },
);
const handed: fc.Arbitrary<Handed> = fc.oneof(fc.record({ snapshot }), fc.record({ failed }));
const all = fc.uniqueArray(fc.tuple(fc.string(), handed), { selector: ([key]) => key });

test('is read back as it was', () => {
  fc.assert(
    fc.property(all, (entries) => {
      const read = readHanded(writeHanded(entries));
      expect(read).toEqual(new Map(entries));
      for (const [key, one] of entries) expect(handedAt(read.get(key) as Handed)).toBe(handedAt(one));
    }),
  );
});

describe('a text of somebody else is refused', () => {
  const good = JSON.parse(
    writeHanded([
      [
        'k',
        {
          snapshot: {
            source: 's',
            takenAt: 1,
            machines: [],
            skipped: [],
            completeness: { complete: true, proof: 'all' },
          },
        },
      ],
    ]),
  );
  const [[key, one]] = good.snapshots;
  test.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ ...good, version: 2 })],
    ['a field more', JSON.stringify({ ...good, more: 1 })],
    ['no time', JSON.stringify({ ...good, snapshots: [[key, { ...one, takenAt: undefined }]] })],
    ['a time that is text', JSON.stringify({ ...good, snapshots: [[key, { ...one, takenAt: '1' }]] })],
    [
      'machines that are objects',
      JSON.stringify({ ...good, snapshots: [[key, { ...one, machines: [{}] }]] }),
    ],
  ])('%s', (_, text) => {
    expect(() => readHanded(text)).toThrow();
  });

  test('and one without a proof proves nothing', () => {
    const { proof: _, ...bare } = one;
    const read = readHanded(JSON.stringify({ ...good, snapshots: [[key, bare]] })).get(key);
    expect(read).toMatchObject({
      snapshot: { completeness: { complete: false, reasons: [expect.any(String)] } },
    });
  });
});
