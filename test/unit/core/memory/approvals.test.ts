// Who has approved what: one person or two, until when, and what a repeated approval comes to.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  approvedIn,
  outstanding,
  type StoredApproval,
  withApproval,
} from '../../../../lib/core/memory/approvals.ts';
import { groupFields, readGroup } from '../../../../lib/core/memory/group.ts';

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;

const approval = (id: string, who: string, removals: string[], more: Partial<StoredApproval> = {}) => ({
  ...{ id, who, removals, reason: 'rack B is gone', at: NOW, until: NOW + 4 * HOUR },
  ...more,
});
const TWO = { approvers: 2 as const };

const covered = (approvals: readonly StoredApproval[], now = NOW) =>
  [...approvedIn(approvals, now)].map(([member, { id, second }]) => [member, id, second]);

describe('a removal is approved', () => {
  test.each<[string, StoredApproval[], unknown[]]>([
    ['by one, where one is enough', [approval('a', 'ann', ['m1'])], [['m1', 'a', undefined]]],
    ['not by one of two', [approval('a', 'ann', ['m1'], TWO)], []],
    [
      'by two different people',
      [approval('a', 'ann', ['m1'], TWO), approval('b', 'bob', ['m1'], TWO)],
      [['m1', 'a', 'bob']],
    ],
    ['not by one person twice', [approval('a', 'ann', ['m1'], TWO), approval('b', 'ann', ['m1'], TWO)], []],
    [
      'by the third, if the first two are one person',
      [
        approval('a', 'ann', ['m1'], TWO),
        approval('b', 'ann', ['m1'], TWO),
        approval('c', 'bob', ['m1'], TWO),
      ],
      [['m1', 'a', 'bob']],
    ],
    [
      'as far as two agree, whatever else either of them covers',
      [approval('a', 'ann', ['m1', 'm2'], TWO), approval('b', 'bob', ['m2', 'm3'], TWO)],
      [['m2', 'a', 'bob']],
    ],
    [
      'by one who was alone when one was enough',
      [approval('a', 'ann', ['m1'], TWO), approval('b', 'ann', ['m1'])],
      [['m1', 'b', undefined]],
    ],
  ])('%s', (_, approvals, expected) => {
    expect(covered(approvals)).toEqual(expected);
  });

  test('no longer, once one of the two has ended', () => {
    const first = approval('a', 'ann', ['m1'], { ...TWO, until: NOW + HOUR });
    const both = [first, approval('b', 'bob', ['m1'], TWO)];
    expect(covered(both, NOW + HOUR - 1)).toHaveLength(1);
    expect(covered(both, NOW + HOUR)).toEqual([]);
  });

  test('by the same value for all removals of the same two, so that it is told once', () => {
    const both = [approval('a', 'ann', ['m1', 'm2'], TWO), approval('b', 'bob', ['m2', 'm1'], TWO)];
    expect(new Set(approvedIn(both, NOW).values()).size).toBe(1);
  });

  test('never by one person alone where two are needed, however often and in whatever parts', () => {
    const parts = fc.array(
      fc.record({
        who: fc.constantFrom('ann', 'bob'),
        removals: fc.uniqueArray(fc.constantFrom('m1', 'm2', 'm3')),
      }),
    );
    fc.assert(
      fc.property(parts, (given) => {
        const approvals = given.map(({ who, removals }, index) => approval(`${index}`, who, removals, TWO));
        for (const member of ['m1', 'm2', 'm3'] as const) {
          const people = new Set(
            given.flatMap(({ who, removals }) => (removals.includes(member) ? who : [])),
          );
          expect(approvedIn(approvals, NOW).has(member)).toBe(people.size === 2);
        }
      }),
    );
  });
});

describe('an approval that is added', () => {
  const old = approval('old', 'ann', ['m1', 'm2']);
  test('takes the place of the same by the same person, and keeps its id', () => {
    const given = approval('new', 'ann', ['m2', 'm1'], { reason: 'still', until: NOW + 9 * HOUR });
    const { approvals, stored } = withApproval([old], given);
    expect(stored).toEqual({ ...given, id: 'old' });
    expect(approvals).toEqual([stored]);
  });
  test.each([
    ['of other removals', approval('new', 'ann', ['m1'])],
    ['by another person', approval('new', 'bob', ['m1', 'm2'])],
  ])('stands beside one %s', (_, given) => {
    expect(withApproval([old], given)).toEqual({ approvals: [old, given], stored: given });
  });
  test('takes those that have ended away', () => {
    const given = approval('new', 'bob', ['m1'], { at: old.until });
    expect(withApproval([old], given).approvals).toEqual([given]);
  });
});

describe('an approval ends for a member', () => {
  const given = approval('a', 'ann', ['m1', 'm2']);
  const seen = (missing: string[], beganAt = NOW + 1) => ({
    beganAt,
    isMissing: (member: string) => missing.includes(member),
  });
  test('that a later reading lists, or that is gone from the group', () => {
    expect(outstanding([given], seen(['m2']))).toEqual([{ ...given, removals: ['m2'] }]);
  });
  test('and altogether when it names nobody any more', () => {
    const other = approval('b', 'bob', ['m3']);
    expect(outstanding([given, other], seen(['m3']))).toEqual([other]);
  });
  test('not by a reading that began before it was given', () => {
    const all = [given];
    expect(outstanding(all, seen([], NOW))).toBe(all);
  });
  test('not while the member is missing: the very same list is left', () => {
    const all = [given];
    expect(outstanding(all, seen(['m1', 'm2']))).toBe(all);
  });
  test('never for another member, and never comes back', () => {
    const members = fc.uniqueArray(fc.constantFrom('m1', 'm2', 'm3', 'm4'));
    fc.assert(
      fc.property(members, members, fc.integer({ min: -2, max: 2 }), (removals, missing, later) => {
        const left = outstanding([approval('a', 'ann', removals)], seen(missing, NOW + later));
        const stays = removals.filter((member) => later <= 0 || missing.includes(member));
        expect(left.flatMap((one) => one.removals)).toEqual(stays);
      }),
    );
  });
});

test('comes back from an item as it was, the need of a second person included', () => {
  const approvals = [approval('a', 'ann', ['m1'], TWO), approval('b', 'bob', ['m1'])];
  const read = readGroup(groupFields({ approvals, removed: new Map() }));
  expect(read).toMatchObject({ readable: true, item: { approvals } });
});
