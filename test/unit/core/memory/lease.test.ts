// The lease as a table, and as a game of several writers whose clocks are apart.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GroupItem, NO_GROUP } from '../../../../lib/core/memory/group.ts';
import { isOver, leaseLeft, mayAttempt, release, take } from '../../../../lib/core/memory/lease.ts';
import { pendingOf } from '../../../../lib/core/memory/pending.ts';
import { newMemory } from '../../../../lib/core/removal/memory.ts';
import { DAY } from '../../../../lib/core/removal/settings.ts';
import { within } from '../../../../lib/core/removal/tally.ts';
import { LEASE_ATTEMPT_MS, LEASE_GRACE_MS, LEASE_MS } from '../../../../lib/core/time/timeouts.ts';

const NOW = 1_790_000_000_000;
const pending = pendingOf(['10.0.0.1', '10.0.0.2'], ['10.0.0.3'], 1);
const nothing = pendingOf([], [], 0);
const held = (since: number): GroupItem => ({
  ...NO_GROUP,
  lease: { holder: 'first', since, until: since + LEASE_MS, pending },
});

describe('taking', () => {
  test.each([
    ['nobody has it', NO_GROUP, 'free'],
    ['it was just taken', held(NOW), 'taken'],
    ['it has just ended', held(NOW - LEASE_MS), 'taken'],
    ['it ended ten seconds ago', held(NOW - LEASE_MS - LEASE_GRACE_MS), 'taken'],
    ['it ended more than ten seconds ago', held(NOW - LEASE_MS - LEASE_GRACE_MS - 1), 'free'],
    ['it was taken by a clock ahead of ours', held(NOW + 5_000), 'taken'],
  ] as const)('%s', (_, item, state) => {
    expect(take(item, 'second', nothing, NOW).state).toBe(state);
  });

  test('stores what is about to be written', () => {
    const { item } = take(NO_GROUP, 'first', pending, NOW);
    expect(item.lease).toEqual({ holder: 'first', since: NOW, until: NOW + LEASE_MS, pending });
  });

  test('counts what the one before was about to write as done', () => {
    const missing = new Map([
      ['10.0.0.1', { since: 1, readings: 9 }],
      ['10.0.0.9', { since: 1, readings: 9 }],
    ]);
    const before = { ...held(NOW - 2 * LEASE_MS), again: NOW - 5, removal: { ...newMemory(1), missing } };
    const taking = take(before, 'second', nothing, NOW);
    if (taking.state !== 'free') throw new Error(taking.state);
    expect(taking.overtaken?.holder).toBe('first');
    const { removal, removed, again } = taking.item;
    expect(removal && within(removal.weak, NOW, DAY)).toBe(1);
    expect(removal && within(removal.added, NOW, DAY)).toBe(1);
    expect([...(removal?.missing.keys() ?? [])]).toEqual(['10.0.0.9']);
    expect([...removed.values()]).toEqual([2]);
    expect(again).toBeUndefined();
  });
});

describe('releasing', () => {
  test.each([
    ['a write that may have been made', pending, 2],
    ['none', undefined, 0],
  ])('counts %s', (_, written, removed) => {
    const done = release(held(NOW), 'first', written, true, NOW);
    if (done.state !== 'released') throw new Error(done.state);
    expect(done.item.lease).toBeUndefined();
    expect([...done.item.removed.values()].reduce((sum, one) => sum + one, 0)).toBe(removed);
  });
  test('somebody else’s lease is lost, and stays theirs', () => {
    expect(release(held(NOW), 'second', pending, true, NOW)).toEqual({ state: 'lost' });
    expect(release(NO_GROUP, 'second', pending, true, NOW)).toEqual({ state: 'lost' });
  });
  test('whoever was asked to look again looks once; after that the next run does', () => {
    const { item } = take(held(NOW), 'second', nothing, NOW + 1);
    expect(item.again).toBe(NOW + 1);
    const once = release(item, 'first', undefined, true, NOW + 2);
    expect(once).toMatchObject({ again: true });
    const last = release(item, 'first', undefined, false, NOW + 2);
    expect(last).toMatchObject({ again: false });
    for (const { item: left } of [once, last] as { item: GroupItem }[]) expect(left.again).toBeUndefined();
  });
});

describe('an attempt', () => {
  const taken = { now: NOW, elapsed: 50_000 };
  const later = (now: number, elapsed: number) => ({ now: NOW + now, elapsed: 50_000 + elapsed });
  test.each([
    ['at once', later(0, 0), true],
    ['with ten seconds left', later(LEASE_MS - LEASE_ATTEMPT_MS, 0), true],
    ['with less left by the one clock', later(LEASE_MS - LEASE_ATTEMPT_MS + 1, 0), false],
    [
      'with less left by the other: the first was set back',
      later(-60_000, LEASE_MS - LEASE_ATTEMPT_MS + 1),
      false,
    ],
    ['after a sleep in which one clock stood still', later(3 * LEASE_MS, 10), false],
  ])('%s', (_, moment, may) => {
    expect(mayAttempt(taken, moment)).toBe(may);
  });
  test('is over before anybody takes over, if clocks are less than ten seconds apart', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -9_999, max: 9_999 }),
        fc.integer({ min: 0, max: 2 * LEASE_MS }),
        (skew, passed) => {
          const moment = later(passed, passed);
          const { lease } = take(NO_GROUP, 'first', pending, NOW).item;
          // An attempt may be under way until nothing is left.
          if (lease && leaseLeft(taken, moment) > 0) expect(isOver(lease, moment.now + skew)).toBe(false);
        },
      ),
    );
  });
});

test('several writers with clocks apart never write at one time, and every half-done write is counted', () => {
  const step = fc.record({
    writer: fc.integer({ min: 0, max: 3 }),
    passes: fc.integer({ min: 0, max: 40_000 }),
    does: fc.constantFrom('take', 'write', 'release', 'die'),
  });
  const skews = fc.array(fc.integer({ min: -4_900, max: 4_900 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(skews, fc.array(step, { maxLength: 60 }), (apart, steps) => {
      let item = NO_GROUP;
      let time = NOW;
      let begun = 0;
      /** Per writer: its holder's name and when it took, by its own clock. */
      const holds = new Map<number, { holder: string; taken: { now: number; elapsed: number } }>();
      /** When the attempt of a writer will be cut off, in true time. */
      const attempts = new Map<number, number>();
      for (const { writer, passes, does } of steps) {
        time += passes;
        const now = time + (apart[writer] as number);
        const mine = holds.get(writer);
        if (does === 'take' && !mine) {
          const holder = `${writer} at ${time} ${begun}`;
          const taking = take(item, holder, pending, now);
          ({ item } = taking);
          if (taking.state === 'free') {
            begun += 1;
            holds.set(writer, { holder, taken: { now, elapsed: time } });
          }
        } else if (does === 'write' && mine && mayAttempt(mine.taken, { now, elapsed: time })) {
          for (const [other, until] of attempts)
            if (other !== writer) expect(until).toBeLessThanOrEqual(time);
          attempts.set(writer, time + leaseLeft(mine.taken, { now, elapsed: time }));
        } else if (does === 'release' && mine) {
          const done = release(item, mine.holder, pending, true, now);
          if (done.state === 'released') ({ item } = done);
          holds.delete(writer);
          attempts.delete(writer);
        } else if (does === 'die' && mine) {
          holds.delete(writer);
        }
      }
      const counted = [...item.removed.values()].reduce((sum, one) => sum + one, 0);
      const open = item.lease ? 1 : 0;
      expect(counted).toBe((begun - open) * pending.removed);
    }),
    { numRuns: 500 },
  );
});
