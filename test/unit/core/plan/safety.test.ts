// The guard. Every row says what would go and what may; the rounding rule is in the names.
import { describe, expect, test } from 'vitest';
import { SAFETY_DEFAULTS, type SafetySettings } from '../../../../lib/core/config/settings.ts';
import { presentGroup } from '../../../../lib/core/group/current.ts';
import { planGroup, removalsOf } from '../../../../lib/core/plan/plan.ts';
import { figuresOf, judge } from '../../../../lib/core/plan/safety.ts';
import { COMPLETE, canonical, definitionOf, groupConfig, machines, PARTIAL, wanted } from '../values.ts';

interface Case {
  readonly members: number;
  readonly removals: number;
  readonly additions?: number;
  readonly safety?: Partial<SafetySettings>;
  readonly allowEmpty?: boolean;
  readonly approved?: boolean;
  readonly complete?: boolean;
}

function judged({
  members,
  removals,
  additions = 0,
  safety,
  allowEmpty = false,
  approved = false,
  complete = true,
}: Case) {
  const now = machines(members);
  const stay = now.slice(removals);
  const current = presentGroup(definitionOf(now), canonical);
  const plan = planGroup(current, wanted([...stay, ...machines(additions, 5_000)]), groupConfig());
  return judge({
    plan,
    completeness: complete ? COMPLETE : PARTIAL,
    safety: { ...SAFETY_DEFAULTS, ...safety },
    allowEmpty,
    approved,
  });
}

function outcome(row: Case): string {
  const verdict = judged(row);
  if (verdict.verdict === 'refused') return `refused: ${verdict.refusals.map(({ code }) => code).join(', ')}`;
  const going = removalsOf(verdict.plan).length;
  const held = verdict.withheld.map(({ by, members }) => `${by} holds ${members.length}`).join(', ');
  return `allowed: ${going} go${held && `, ${held}`}`;
}

describe('the defaults', () => {
  test.each<[string, Case, string]>([
    ['0 of 0: nothing to judge', { members: 0, removals: 0 }, 'allowed: 0 go'],
    ['1 of 1 and nothing wanted: the last member stays', { members: 1, removals: 1 }, 'refused: empty'],
    [
      '1 of 1 with a successor: the last one waits a run',
      { members: 1, removals: 1, additions: 1 },
      'allowed: 0 go, keep-last holds 1',
    ],
    ['1 of 2: under ten, up to two go', { members: 2, removals: 1 }, 'allowed: 1 go'],
    [
      '2 of 2 with successors: all at once is held',
      { members: 2, removals: 2, additions: 2 },
      'allowed: 0 go, keep-last holds 2',
    ],
    ['2 of 2 and nothing wanted', { members: 2, removals: 2 }, 'refused: empty'],
    ['2 of 9: under ten, up to two go', { members: 9, removals: 2 }, 'allowed: 2 go'],
    ['3 of 9: under ten, three are too many', { members: 9, removals: 3 }, 'refused: count'],
    ['3 of 10: exactly 30 % is not above it', { members: 10, removals: 3 }, 'allowed: 3 go'],
    ['4 of 10: 40 %', { members: 10, removals: 4 }, 'refused: share'],
    ['3 of 11: 30 % is 3.3, rounded down to 3', { members: 11, removals: 3 }, 'allowed: 3 go'],
    ['4 of 11: 30 % is 3.3, rounded down to 3', { members: 11, removals: 4 }, 'refused: share'],
    ['150 of 500: exactly 30 %', { members: 500, removals: 150 }, 'allowed: 150 go'],
    ['151 of 500: one above 30 %', { members: 500, removals: 151 }, 'refused: share'],
    ['all of 500 and nothing wanted', { members: 500, removals: 500 }, 'refused: empty, share'],
    ['all of 500 replaced by others', { members: 500, removals: 500, additions: 500 }, 'refused: share'],
    ['3 of 3 and nothing wanted', { members: 3, removals: 3 }, 'refused: empty, count'],
    ['additions never count', { members: 10, removals: 0, additions: 1_000 }, 'allowed: 0 go'],
  ])('%s', (_name, row, expected) => {
    expect(outcome(row)).toBe(expected);
  });
});

describe('an incomplete reading', () => {
  test.each<[string, Case]>([
    ['holds removals within the limits', { members: 10, removals: 1, complete: false }],
    [
      'holds removals beyond them instead of refusing, so that additions flow',
      { members: 10, removals: 9, additions: 4, complete: false },
    ],
    ['holds everything where nothing was found', { members: 5, removals: 5, complete: false }],
    ['is not lifted by allowEmpty', { members: 5, removals: 5, complete: false, allowEmpty: true }],
    ['is not lifted by an approval', { members: 10, removals: 9, complete: false, approved: true }],
  ])('%s', (_name, row) => {
    const verdict = judged(row);
    expect(verdict).toMatchObject({
      verdict: 'allowed',
      withheld: [{ action: 'remove', by: 'incomplete' }],
      lifted: [],
    });
    if (verdict.verdict !== 'allowed') return;
    expect(verdict.withheld[0]?.members).toHaveLength(row.removals);
    expect(verdict.withheld[0]?.says).toContain('page 2 is missing');
    expect(verdict.plan.actions.map(({ type }) => type)).toEqual(row.additions ? ['add'] : []);
  });

  test('does not matter where nothing would go', () => {
    expect(judged({ members: 3, removals: 0, additions: 1, complete: false })).toMatchObject({
      withheld: [],
    });
  });
});

describe('settings', () => {
  test.each<[string, Case, string]>([
    [
      'allowEmpty empties a group of any size',
      { members: 500, removals: 500, allowEmpty: true },
      'allowed: 500 go',
    ],
    ['allowEmpty takes the last member', { members: 1, removals: 1, allowEmpty: true }, 'allowed: 1 go'],
    [
      'allowEmpty lifts nothing else: one left is not empty',
      { members: 500, removals: 499, allowEmpty: true },
      'refused: share',
    ],
    [
      'a share of 1 lets all go, as long as something is wanted',
      { members: 20, removals: 20, additions: 1, safety: { maxRemovalShare: 1 } },
      'allowed: 20 go',
    ],
    [
      'a share of 0 lets none go',
      { members: 1_000, removals: 1, safety: { maxRemovalShare: 0 } },
      'refused: share',
    ],
    [
      'a share under one machine lets none go',
      { members: 10, removals: 1, safety: { maxRemovalShare: 0.05 } },
      'refused: share',
    ],
    [
      'maxSmallRemovals 0 lets none go',
      { members: 4, removals: 1, safety: { maxSmallRemovals: 0 } },
      'refused: count',
    ],
    [
      'minMembersForShare moves the border',
      { members: 4, removals: 2, safety: { minMembersForShare: 4, maxRemovalShare: 0.5 } },
      'allowed: 2 go',
    ],
    [
      'minMembersForShare 1: a single member is 100 %',
      { members: 1, removals: 1, additions: 1, safety: { minMembersForShare: 1 } },
      'refused: share',
    ],
    [
      'keepLast off swaps a single machine at once',
      { members: 1, removals: 1, additions: 1, safety: { keepLast: false } },
      'allowed: 1 go',
    ],
  ])('%s', (_name, row, expected) => {
    expect(outcome(row)).toBe(expected);
  });
});

describe('an approval', () => {
  test.each<[string, Case, string[]]>([
    ['lifts the share', { members: 10, removals: 9, approved: true }, ['share']],
    ['lifts the count', { members: 9, removals: 8, approved: true }, ['count']],
    ['lifts emptiness and the rest', { members: 500, removals: 500, approved: true }, ['empty', 'share']],
    ['lifts keep-last', { members: 1, removals: 1, additions: 1, approved: true }, []],
    ['changes nothing where nothing is refused', { members: 10, removals: 1, approved: true }, []],
  ])('%s', (_name, row, lifted) => {
    const verdict = judged(row);
    expect(verdict).toMatchObject({ verdict: 'allowed', withheld: [] });
    if (verdict.verdict !== 'allowed') return;
    expect(removalsOf(verdict.plan)).toHaveLength(row.removals);
    expect(verdict.lifted.map(({ code }) => code)).toEqual(lifted);
  });
});

test('a share that is met exactly is never above itself, whatever binary fractions make of it', () => {
  for (let percent = 0; percent <= 100; percent += 1) {
    for (const members of [100, 200, 700, 1_100, 12_300]) {
      const safety = { ...SAFETY_DEFAULTS, maxRemovalShare: percent / 100 };
      const plan = { group: 'p/g', actions: [], members, wanted: members };
      expect(figuresOf(plan, safety).limit, `${percent} % of ${members}`).toBe((members * percent) / 100);
    }
  }
});

test('the limit is the largest whole number of machines not above the share', () => {
  for (let members = 10; members < 400; members += 1) {
    for (const share of [0.1, 0.29, 0.3, 1 / 3, 0.5, 2 / 3, 0.999]) {
      const plan = { group: 'p/g', actions: [], members, wanted: members };
      const { limit } = figuresOf(plan, { ...SAFETY_DEFAULTS, maxRemovalShare: share });
      expect(limit / members).toBeLessThanOrEqual(share);
      expect((limit + 1) / members).toBeGreaterThan(share);
    }
  }
});

test('figures tell members, wanted, additions, removals, share and limit', () => {
  expect(judged({ members: 10, removals: 4, additions: 2 }).figures).toEqual({
    members: 10,
    wanted: 8,
    additions: 2,
    removals: 4,
    share: 0.4,
    limit: 3,
  });
  expect(judged({ members: 0, removals: 0 }).figures).toMatchObject({ share: 0, limit: 2 });
});

test('refusals say their rule in words a person can check', () => {
  const says = (row: Case) => {
    const verdict = judged(row);
    return verdict.verdict === 'refused' ? verdict.refusals.map((refusal) => refusal.says) : [];
  };
  expect(says({ members: 11, removals: 4 })).toEqual([
    '4 of 11 members would go; at most 3 may in one run (maxRemovalShare: 30 %, rounded down)',
  ]);
  expect(says({ members: 9, removals: 3 })).toEqual([
    '3 of 9 members would go; a group of fewer than 10 may lose 2 in one run (maxSmallRemovals)',
  ]);
  expect(says({ members: 2, removals: 2 })).toEqual([
    'the inventory is empty, the group has 2: set allowEmpty to true if that is intended',
  ]);
});
