// How many members a group had by the hour.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupFields, NO_GROUP, readGroup } from '../../../../lib/core/memory/group.ts';
import { countMembers, type MembersByHour, membersByHour } from '../../../../lib/core/memory/members.ts';
import { HOUR } from '../../../../lib/core/removal/settings.ts';

const NOW = Date.UTC(2026, 1, 3, 4, 5, 6);
const NONE: MembersByHour = new Map();

test('a group whose size stays is written once', () => {
  const first = countMembers(NONE, 12, NOW);
  for (let hour = 0; hour < 48; hour += 1) expect(countMembers(first, 12, NOW + hour * HOUR)).toBe(first);
  expect(membersByHour(first, NOW + 47 * HOUR)).toEqual(Array(24).fill(12));
});

test('an hour keeps its last figure, and hours before the first are not known', () => {
  const kept = countMembers(countMembers(countMembers(NONE, 12, NOW - 2 * HOUR), 3, NOW), 14, NOW + 1_000);
  expect(membersByHour(kept, NOW)).toEqual([...Array(21).fill(undefined), 12, 12, 14]);
});

test('what is kept is a day and what it began with, and comes back from the table as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 90 * 60_000 }), fc.integer({ min: 0, max: 3 })), {
        minLength: 1,
        maxLength: 80,
      }),
      (steps) => {
        let now = NOW;
        let kept = NONE;
        const seen: { readonly hour: number; readonly members: number }[] = [];
        for (const [pause, members] of steps) {
          now += pause;
          kept = countMembers(kept, members, now);
          seen.push({ hour: Math.floor(now / HOUR), members });
        }
        expect(kept.size).toBeLessThanOrEqual(25);
        const last = Math.floor(now / HOUR);
        expect(membersByHour(kept, now)).toEqual(
          Array.from(
            { length: 24 },
            (_, index) => seen.findLast(({ hour }) => hour <= last - 23 + index)?.members,
          ),
        );
        const read = readGroup(groupFields({ ...NO_GROUP, members: kept }));
        expect(read.readable && read.item.members).toEqual(kept);
      },
    ),
  );
});

test('a day of changes is less than a kilobyte', () => {
  let kept = NONE;
  for (let hour = 0; hour < 60; hour += 1) kept = countMembers(kept, 100_000 + hour, NOW + hour * HOUR);
  expect(JSON.stringify(groupFields({ ...NO_GROUP, members: kept })).length).toBeLessThan(700);
});
