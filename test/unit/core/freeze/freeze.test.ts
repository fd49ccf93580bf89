// Freezes: which groups they cover, when they end, and what they leave behind.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ALL,
  freezeOf,
  hasRoom,
  isFrozen,
  KEPT_FOR,
  standing,
  thawedAt,
  withFreezes,
  withoutFreezes,
} from '../../../../lib/core/freeze/freeze.ts';
import { knownWith, patientAnew } from '../../../../lib/core/freeze/known.ts';
import {
  type DeploymentItem,
  deploymentFields,
  type Freeze,
  newDeployment,
  readDeployment,
} from '../../../../lib/core/memory/deployment.ts';
import { type Known, knownOf } from '../../../../lib/core/memory/known.ts';
import { newMemory } from '../../../../lib/core/removal/memory.ts';
import { DAY, HOUR } from '../../../../lib/core/removal/settings.ts';

const NOW = Date.UTC(2026, 10, 26, 3);
const WEB = 'p/web';

const frozen = (group: string, until: number, more: Partial<Freeze> = {}): Freeze => ({
  group,
  who: 'alice',
  reason: 'an incident',
  until,
  since: NOW - HOUR,
  ...more,
});

describe('a group is frozen', () => {
  test.each<[string, Freeze[], boolean]>([
    ['not without a freeze', [], false],
    ['by a freeze of its own', [frozen(WEB, NOW + 1)], true],
    ['by a freeze of all groups', [frozen(ALL, NOW + 1)], true],
    ['not by that of another group', [frozen('p/db', NOW + 1)], false],
    [
      'not by that of a group whose name begins alike',
      [frozen('p/we', NOW + 1), frozen('p/web2', NOW + 1)],
      false,
    ],
    ['no more at its end', [frozen(WEB, NOW)], false],
    ['no more after its end', [frozen(ALL, NOW - 1)], false],
    ['by one that stands beside one that is over', [frozen(ALL, NOW - 1), frozen(WEB, NOW + 1)], true],
  ])('%s', (_, freezes, is) => {
    expect(isFrozen(freezes, WEB, NOW)).toBe(is);
  });
  test('by the one that ends last', () => {
    const freezes = [frozen(ALL, NOW + HOUR), frozen(WEB, NOW + DAY), frozen('p/db', NOW + 2 * DAY)];
    expect(freezeOf(freezes, WEB, NOW)).toBe(freezes[1]);
    expect(freezeOf(freezes, 'p/x', NOW)).toBe(freezes[0]);
  });
});

describe('freezing again', () => {
  test('lets the later end stand, with its words', () => {
    const first = [frozen(WEB, NOW + HOUR)];
    const later = frozen(WEB, NOW + DAY, { who: 'bob', since: NOW });
    expect(withFreezes(first, [later], NOW)).toEqual([later]);
    expect(withFreezes([later], [frozen(WEB, NOW + HOUR, { since: NOW })], NOW)).toEqual([later]);
  });
  test('leaves a freeze of all groups beside one of a single group', () => {
    const all = frozen(ALL, NOW + DAY);
    const one = frozen(WEB, NOW + HOUR);
    expect(withFreezes([all], [one], NOW)).toEqual([all, one]);
  });
});

describe('the end of a freeze', () => {
  test('is remembered for a week, without its words', () => {
    const over = frozen(WEB, NOW - HOUR);
    const after = withFreezes([over, frozen('p/old', NOW - KEPT_FOR)], [frozen('p/db', NOW + HOUR)], NOW);
    expect(after).toEqual([
      { group: WEB, who: '', reason: '', until: NOW - HOUR },
      frozen('p/db', NOW + HOUR),
    ]);
    expect(thawedAt(after, WEB, NOW)).toBe(NOW - HOUR);
  });
  test('comes early where it is lifted, for the groups that are named alone', () => {
    const freezes = [frozen(ALL, NOW + DAY), frozen(WEB, NOW + HOUR), frozen('p/db', NOW + HOUR)];
    const { freezes: after, lifted } = withoutFreezes(freezes, [WEB], NOW);
    expect(lifted).toEqual([freezes[1]]);
    expect(isFrozen(after, WEB, NOW)).toBe(true);
    expect(thawedAt(after, WEB, NOW)).toBe(NOW);
    const all = withoutFreezes(after, [ALL], NOW + 1);
    expect(isFrozen(all.freezes, WEB, NOW + 1)).toBe(false);
    expect(isFrozen(all.freezes, 'p/db', NOW + 1)).toBe(true);
    expect(thawedAt(all.freezes, 'p/x', NOW + 1)).toBe(NOW + 1);
  });
  test('lifts nothing of a group that has no freeze of its own', () => {
    expect(withoutFreezes([frozen(ALL, NOW + DAY)], [WEB], NOW).lifted).toEqual([]);
  });
});

describe('what was missing meanwhile', () => {
  const entry = (since: number, readings = 5) => ({ since, readings });
  const known: Known = {
    ...(knownOf(undefined, NOW - 9 * DAY, NOW) as Extract<Known, { state: 'known' }>),
    removal: {
      ...newMemory(NOW - 9 * DAY),
      missing: new Map([
        ['10.0.0.1', entry(NOW - 3 * HOUR)],
        ['10.0.0.2', entry(NOW - 1, 1)],
      ]),
    },
  };
  const missingIn = (one: Known) => (one.state === 'known' ? Object.fromEntries(one.removal.missing) : {});

  test('has its patience anew from the end on, and what went missing later keeps it', () => {
    const thawed = knownWith(known, [frozen(WEB, NOW - HOUR)], WEB, NOW);
    expect(missingIn(thawed)).toEqual({ '10.0.0.1': entry(NOW - HOUR, 0), '10.0.0.2': entry(NOW - 1, 1) });
    expect(thawed).toMatchObject({ thawedAt: NOW - HOUR });
    expect(thawed).not.toHaveProperty('freeze');
  });
  test('keeps its count while the freeze stands, so that reports say what would go', () => {
    const freeze = frozen(ALL, NOW + HOUR);
    const now = knownWith(known, [freeze], WEB, NOW);
    expect(now).toMatchObject({ freeze });
    expect(missingIn(now)).toEqual(missingIn(known));
  });
  test('is decided anew with the freezes of another moment', () => {
    const now = knownWith(known, [frozen(ALL, NOW + HOUR)], WEB, NOW);
    expect(knownWith(now, [], WEB, NOW)).toEqual(known);
  });
  test('a memory that is down has a freeze all the same', () => {
    const freeze = frozen(WEB, NOW + HOUR);
    const down: Known = { state: 'down', says: 'no answer' };
    expect(knownWith(down, [freeze], WEB, NOW)).toEqual({ ...down, freeze });
    expect(knownWith({ ...down, freeze }, [], WEB, NOW)).toEqual(down);
  });
  test('starts anew once, and no entry is older than the end of a freeze', () => {
    const times = fc.integer({ min: 0, max: NOW });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.record({ since: times, readings: fc.nat(9) })),
        times,
        (entries, thaw) => {
          const memory = { ...newMemory(0), missing: new Map(Object.entries(entries)) };
          const once = patientAnew(memory, thaw);
          expect(patientAnew(once, thaw)).toBe(once);
          for (const [member, { since, readings }] of once.missing) {
            const before = entries[member];
            expect(since).toBe(Math.max(before?.since ?? 0, thaw));
            expect(readings).toBe((before?.since ?? 0) < thaw ? 0 : before?.readings);
          }
        },
      ),
    );
  });
});

describe('whatever people say, in any order', () => {
  const group = fc.constantFrom(ALL, WEB, 'p/db');
  const step = fc.record({
    after: fc.integer({ min: 0, max: 5 * HOUR }),
    groups: fc.uniqueArray(group, { minLength: 1 }),
    hours: fc.option(fc.integer({ min: 1, max: 48 }), { nil: undefined }),
  });
  test('a group is frozen until the latest end that was said and not lifted, and the end is known after it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let freezes: readonly Freeze[] = [];
        const ends = new Map<string, number>();
        let now = NOW;
        let last = 0;
        for (const { after, groups, hours } of steps) {
          now += after;
          for (const one of groups) {
            const end = ends.get(one) ?? 0;
            if (hours !== undefined) ends.set(one, Math.max(end > now ? end : 0, now + hours * HOUR));
            else if (end > now) ends.set(one, now);
          }
          freezes =
            hours === undefined
              ? withoutFreezes(freezes, groups, now).freezes
              : withFreezes(
                  freezes,
                  groups.map((one) => frozen(one, now + hours * HOUR)),
                  now,
                );
          const until = Math.max(ends.get(WEB) ?? 0, ends.get(ALL) ?? 0);
          expect(freezeOf(freezes, WEB, now)?.until).toBe(until > now ? until : undefined);
          if (until > 0 && until <= now && now - until < KEPT_FOR) last = until;
          if (until <= now && now - until < KEPT_FOR && until > 0)
            expect(thawedAt(freezes, WEB, now)).toBe(last);
        }
        expect(new Set(standing(freezes, now).map((one) => one.group)).size).toBe(
          standing(freezes, now).length,
        );
      }),
    );
  });
});

describe('the item', () => {
  test('gives freezes back as they were, also those without the time of their words', () => {
    const item: DeploymentItem = {
      ...newDeployment(NOW),
      freezes: [frozen(ALL, NOW + DAY, { told: NOW }), { group: WEB, who: 'bob', reason: 'x', until: NOW }],
    };
    expect(readDeployment(deploymentFields(item))).toEqual({ readable: true, item });
  });
  test('has room for a freeze of all groups, however many single ones it took', () => {
    let item = newDeployment(NOW);
    const reason = '中'.repeat(500);
    const who = `arn:aws:iam::123456789012:user/${'x'.repeat(600)}`;
    for (let count = 0; ; count += 1) {
      const given = [frozen(`project-${count}/web`, NOW + DAY, { reason, who })];
      const after = { ...item, freezes: withFreezes(item.freezes, given, NOW) };
      if (!hasRoom(after, given)) break;
      item = after;
    }
    expect(item.freezes.length).toBeGreaterThan(20);
    const all = [frozen(ALL, NOW + DAY, { reason: '\ud800'.repeat(500), who })];
    expect(hasRoom({ ...item, freezes: withFreezes(item.freezes, all, NOW) }, all)).toBe(true);
  });
});
