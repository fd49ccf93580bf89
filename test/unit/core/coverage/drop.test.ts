// What is a drop of the share, when it is over, and what is kept of a look. A row of looks each.
import { describe, expect, test } from 'vitest';
import type { Coverage } from '../../../../lib/core/coverage/coverage.ts';
import { isNewDrop, withDrop } from '../../../../lib/core/coverage/drop.ts';
import { type KeptCoverage, keptCoverage } from '../../../../lib/core/coverage/kept.ts';
import { coverageReport, totalsOf } from '../../../../lib/core/coverage/report.ts';
import { NOW } from '../values.ts';

const HOUR = 3_600_000;

const coverage = (reporting: number, rest: Partial<Coverage> = {}): Coverage => ({
  at: NOW,
  wanted: 100,
  reporting,
  silent: 100 - reporting,
  never: 0,
  starting: 0,
  elsewhere: 0,
  strangers: 0,
  whole: true,
  names: { silent: [], never: [], elsewhere: [], strangers: [] },
  ...rest,
});

/** Looks, an hour apart, at which a drop begins. */
function dropsAt(looks: readonly (number | Coverage)[], every = HOUR): number[] {
  let before: Coverage | undefined;
  return looks.flatMap((look, index) => {
    const now = NOW + index * every;
    const after = withDrop(before, typeof look === 'number' ? coverage(look) : look, now);
    const isNew = isNewDrop(before, after);
    before = after;
    return isNew ? index : [];
  });
}

describe('a drop', () => {
  test.each<[string, readonly (number | Coverage)[], number[]]>([
    ['there is none at first, however few report', [10, 10], []],
    ['of nine points is none', [100, 91], []],
    ['of ten points is one', [100, 90], [1]],
    ['in many small steps is one', [100, 96, 92, 88, 84], [3]],
    ['that stands is told once', [100, 50, 50, 50], [1]],
    ['that is half made good is over, and may come again', [100, 90, 95, 90], [1, 3]],
    ['that is not quite half made good still stands', [100, 90, 94, 90], [1]],
    ['of a peak that was never usual counts from the peak', [80, 100, 90], [2]],
    ['to nothing is one', [100, 0], [1]],
    [
      'of a reading that is not whole is none, and changes nothing',
      [100, coverage(10, { whole: false }), 100, coverage(10, { whole: false }), 90],
      [4],
    ],
    ['where nobody could report is none', [100, coverage(0, { wanted: 0, silent: 0 }), 90], [2]],
    [
      'of machines that are only starting is none',
      [100, coverage(100, { wanted: 200, starting: 100, silent: 0 })],
      [],
    ],
  ])('%s', (_, looks, expected) => {
    expect(dropsAt(looks)).toEqual(expected);
  });

  test('that has stood for a day is what is usual from then on', () => {
    expect(dropsAt([100, 80, ...Array.from({ length: 30 }, () => 80), 70])).toEqual([1, 32]);
  });
});

describe('of a look is kept', () => {
  const of = (look: Coverage) => ({ coverage: look });
  const keep = (before: KeptCoverage, look: Parameters<typeof keptCoverage>[1], later = 0) =>
    keptCoverage(before, look, NOW + later);

  test('nothing new while the figures stand, and the time once an hour', () => {
    const first = keep({}, of(coverage(90)));
    const minutes = (count: number) => of(coverage(90, { at: NOW + count * 60_000 }));
    expect(keep(first, minutes(30)).coverage).toBe(first.coverage);
    expect(keep(first, minutes(60)).coverage?.at).toBe(NOW + HOUR);
    expect(keep(first, of(coverage(89, { at: NOW + 1 }))).coverage?.reporting).toBe(89);
  });

  test('where it was in vain the figures before it, and since when', () => {
    const first = keep({}, of(coverage(90)));
    const vain = keep(first, { says: 'the inventory cannot be read (ENOENT)' }, HOUR);
    expect(vain).toEqual({
      coverage: first.coverage,
      unmeasured: { since: NOW + HOUR, says: 'the inventory cannot be read (ENOENT)' },
    });
    expect(keep(vain, { says: 'ListMachines was denied' }, 2 * HOUR).unmeasured).toEqual({
      since: NOW + HOUR,
      says: 'ListMachines was denied',
    });
    expect(keep(vain, of(coverage(90)), 3 * HOUR).unmeasured).toBeUndefined();
  });
});

test('over all groups only those count that were measured, and the worst come first', () => {
  const groups = [
    { group: 'p/good', coverage: coverage(100) },
    { group: 'p/vain', unmeasured: { since: NOW, says: 'denied' } },
    { group: 'p/bad', coverage: coverage(50, { droppedSince: NOW }) },
    { group: 'p/empty', coverage: coverage(0, { wanted: 0, silent: 0 }) },
  ];
  expect(totalsOf(groups)).toMatchObject({
    groups: 4,
    unmeasured: 1,
    dropped: 1,
    wanted: 200,
    reporting: 150,
    share: 0.75,
  });
  expect(totalsOf(groups.slice(1, 2))).not.toHaveProperty('share');
  const report = coverageReport(groups, NOW + 5_000, (all) => all.slice(0, 3));
  expect(report.groups.map(({ group }) => group)).toEqual(['p/bad', 'p/good', 'p/vain']);
  expect(report.leftOut).toBe(1);
  expect(report.groups[0]).toMatchObject({ share: 0.5, ageSeconds: 5 });
  expect(report.groups[0]).not.toHaveProperty('usual');
});
