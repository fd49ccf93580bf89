// The limit, the swap and the breaker at their edges.
import { describe, expect, test } from 'vitest';
import { judgeBreaker } from '../../../../lib/core/removal/breaker.ts';
import { beyondLimit, limitFigures } from '../../../../lib/core/removal/limit.ts';
import { newMemory, withWrite } from '../../../../lib/core/removal/memory.ts';
import { REMOVAL_DEFAULTS, type RemovalSettings } from '../../../../lib/core/removal/settings.ts';
import { judgeSwap } from '../../../../lib/core/removal/swap.ts';
import { count, NO_TALLY, type Tally, within } from '../../../../lib/core/removal/tally.ts';
import { DAY, HOUR, T0 } from './drive.ts';

interface Case {
  readonly members: number;
  readonly unproven: number;
  /** Removed without proof, and added, so many hours ago. */
  readonly weak?: readonly (readonly [hours: number, count: number])[];
  readonly added?: readonly (readonly [hours: number, count: number])[];
  readonly settings?: Partial<RemovalSettings>;
}

function limited({ members, unproven, weak = [], added = [], settings: rest }: Case) {
  const settings = { ...REMOVAL_DEFAULTS, ...rest };
  let memory = newMemory(0);
  for (const [hours, gone] of weak) {
    memory = withWrite(memory, { added: 0, removed: [], weak: gone }, T0 - hours * HOUR);
  }
  for (const [hours, came] of added) {
    memory = withWrite(memory, { added: came, removed: [], weak: 0 }, T0 - hours * HOUR);
  }
  const figures = limitFigures({ memory, members, unproven, settings, now: T0 });
  return beyondLimit(figures, settings);
}

describe('the limit for removals without proof', () => {
  test.each<[string, Case, 'may' | 'day-limit' | 'week-limit']>([
    ['30 of 100: exactly 30 %', { members: 100, unproven: 30 }, 'may'],
    ['31 of 100', { members: 100, unproven: 31 }, 'day-limit'],
    ['3 of 11: 30 % is 3.3', { members: 11, unproven: 3 }, 'may'],
    ['4 of 11', { members: 11, unproven: 4 }, 'day-limit'],
    ['2 of 2: two may always go', { members: 2, unproven: 2 }, 'may'],
    ['3 of 9: two may always go, 30 % is 2', { members: 9, unproven: 3 }, 'day-limit'],
    ['10 more of 90, 20 went in 24 hours', { members: 80, unproven: 10, weak: [[5, 20]] }, 'may'],
    ['11 more, 20 of 100 went in 24 hours', { members: 80, unproven: 11, weak: [[5, 20]] }, 'day-limit'],
    [
      'additions make up for nothing',
      { members: 100, unproven: 11, weak: [[5, 20]], added: [[4, 20]] },
      'day-limit',
    ],
    [
      'additions of the last day do not raise it',
      { members: 1_100, unproven: 31, added: [[2, 1_000]] },
      'day-limit',
    ],
    ['additions of the day before do', { members: 1_100, unproven: 31, added: [[26, 1_000]] }, 'may'],
    [
      '30 went 26 hours ago: 20 more make half in 7 days',
      { members: 70, unproven: 20, weak: [[26, 30]] },
      'may',
    ],
    [
      '30 went 26 hours ago: 21 more are over half',
      { members: 70, unproven: 21, weak: [[26, 30]] },
      'week-limit',
    ],
    [
      '6 of 24 went three days ago and came back: 6 more are half of 24',
      { members: 24, unproven: 6, weak: [[72, 6]], added: [[60, 6]] },
      'may',
    ],
    [
      '6 of 24 went three days ago and came back: 7 more are over half, since they count once',
      { members: 24, unproven: 7, weak: [[72, 6]], added: [[60, 6]] },
      'week-limit',
    ],
    ['50 went 8 days ago', { members: 50, unproven: 15, weak: [[8 * 24, 50]] }, 'may'],
    [
      'a share of 0: two may go all the same',
      { members: 100, unproven: 2, settings: { maxRemovalShare: 0 } },
      'may',
    ],
    [
      'a share and a few of 0: none',
      { members: 100, unproven: 1, settings: { maxRemovalShare: 0, maxSmallRemovals: 0 } },
      'day-limit',
    ],
    [
      'a share of 1 holds for the week, too',
      { members: 100, unproven: 100, settings: { maxRemovalShare: 1 } },
      'may',
    ],
  ])('judges: %s', (_name, row, expected) => {
    expect(limited(row)?.code ?? 'may').toBe(expected);
  });

  test('says the figures and the settings', () => {
    expect(limited({ members: 100, unproven: 31, added: [[2, 10]], weak: [[3, 5]] })?.says).toBe(
      '31 of 100 members are missing, and nothing proves that their machines are gone; without proof at most 28 may go in 24 hours, 5 of which went already (maxRemovalShare 30 % of the 95 that are older than a day, maxSmallRemovals 2)',
    );
  });
  test.each([
    [
      'of a young group, and nothing of what did not happen',
      { members: 12, unproven: 8, added: [[2, 12]] as [number, number][] },
      '8 of 12 members are missing, and nothing proves that their machines are gone; without proof at most 2 may go in 24 hours (no member is older than a day, maxSmallRemovals 2)',
    ],
    [
      'of one member',
      { members: 1, unproven: 1, settings: { maxSmallRemovals: 0 } },
      '1 of 1 members is missing, and nothing proves that its machine is gone; without proof at most 0 may go in 24 hours (maxRemovalShare 30 % of the 1 that are older than a day, maxSmallRemovals 0)',
    ],
  ])('says them %s', (_, row, says) => {
    expect(limited(row)?.says).toBe(says);
  });
});

describe('a tally', () => {
  test('an hour that the span only touches counts whole', () => {
    const tally = count(NO_TALLY, T0 + 1, 5);
    expect(within(tally, T0 + DAY + HOUR - 1, DAY)).toBe(5);
    expect(within(tally, T0 + DAY + HOUR, DAY)).toBe(0);
  });
  test('stays under 170 numbers in a year of counts', () => {
    let tally: Tally = NO_TALLY;
    for (let hour = 0; hour < 365 * 24; hour += 1) tally = count(tally, T0 + hour * HOUR, 1);
    expect(tally.size).toBe(169);
    expect(within(tally, T0 + (365 * 24 - 1) * HOUR, 7 * DAY)).toBe(169);
  });
});

describe('a swap', () => {
  const swap = (members: number, missing: number, alive: number, aliveForLong = 0, additions = 5) => {
    const { additions: verdict, asks } = judgeSwap({ members, missing, alive, aliveForLong, additions });
    return `${verdict}${asks ? ', asks' : ''}`;
  };
  test.each<[string, string, string]>([
    ['10 members, 4 wanted still, 4 of 6 missing alive', swap(10, 6, 4), 'wait'],
    ['9 members', swap(9, 6, 6), 'go'],
    ['10 members, half wanted still', swap(10, 5, 5), 'go'],
    ['half of the missing alive', swap(10, 6, 3), 'go'],
    ['as many new ones as stay', swap(10, 6, 6, 6, 4), 'go'],
    ['nothing to add', swap(10, 10, 10, 10, 0), 'go'],
    ['most of the missing alive for half an hour', swap(10, 6, 6, 4), 'wait, asks'],
    ['half of them alive for half an hour', swap(10, 6, 6, 3), 'wait'],
  ])('judges additions: %s', (_name, found, expected) => expect(found).toBe(expected));
});

describe('a breaker over the groups of one reading', () => {
  const opens = (...groups: (readonly [members: number, unproven: number])[]) =>
    judgeBreaker(
      'ec2 eu-central-1',
      groups.map(([members, unproven]) => ({ members, unproven })),
    ).open;
  test.each<[string, boolean, boolean]>([
    ['11 of 54: more than 20 % and more than 10', opens([27, 6], [27, 5]), true],
    ['11 of 55: exactly 20 %', opens([27, 6], [28, 5]), false],
    ['10 of 20: not more than 10', opens([10, 5], [10, 5]), false],
    ['one group alone', opens([20, 20]), false],
    [
      '20 groups of 4 with one missing each',
      opens(...Array.from({ length: 20 }, () => [4, 1] as const)),
      true,
    ],
  ])('opens or stays shut: %s', (_name, found, expected) => expect(found).toBe(expected));

  test('says the figures', () => {
    expect(
      judgeBreaker('ec2 eu-central-1', [
        { members: 20, unproven: 6 },
        { members: 20, unproven: 6 },
      ]).says,
    ).toBe(
      '12 of 40 machines in the 2 groups that ec2 eu-central-1 serves are missing without proof that they are gone',
    );
  });
});
