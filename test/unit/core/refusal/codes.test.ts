// Each code of the list is produced here by the rule that it stands for, and README says the same of each.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { pendingOf } from '../../../../lib/core/memory/pending.ts';
import type { Decision } from '../../../../lib/core/plan/decide.ts';
import {
  LEFT_ALONE,
  REFUSED,
  type Reason,
  UNPROVEN,
  UNWRITTEN,
  WAITS,
  WITHHELD,
} from '../../../../lib/core/refusal/codes.ts';
import { approvedOnly } from '../../../../lib/core/removal/approved-only.ts';
import { judgeBreaker } from '../../../../lib/core/removal/breaker.ts';
import { type Judgement, waitForMemory } from '../../../../lib/core/removal/judge.ts';
import { MISSING_MAX, newMemory } from '../../../../lib/core/removal/memory.ts';
import { reportGroup } from '../../../../lib/core/report/group.ts';
import { DAY, Drive, HOUR, names, read, row, T0 } from '../removal/drive.ts';
import {
  approvalOf,
  decideOn,
  groupConfig,
  knownGroup,
  machines,
  marked,
  NOW,
  patientMemory,
  present,
  wanted,
} from '../values.ts';

const LISTS = { LEFT_ALONE, REFUSED, WITHHELD, UNWRITTEN, UNPROVEN, WAITS } as const;

test.each(
  Object.entries(LISTS).flatMap(([list, reasons]) =>
    Object.entries<Reason>(reasons).map(([code, reason]) => [list, code, reason] as const),
  ),
)('%s %s has a sentence and advice', (_list, _code, { says, todo }) => {
  expect(says).toMatch(/^[A-Z].*\.$/);
  expect(todo).toMatch(/^[a-z].*[^.]$/);
});

const ten = machines(10);
const group = groupConfig();
const tooMany = decideOn({ group, current: present(ten), wanted: wanted(ten.slice(4)) });
const three = decideOn({ group, current: present(ten), wanted: wanted(ten.slice(3)) });
const reporting = ten.map((member) => row(member, NOW));

const FREEZE = { group: '*', who: 'alice', reason: 'an incident', until: NOW + HOUR };

const nine = wanted(ten.slice(1));
const frozen = decideOn({
  group,
  current: present(ten),
  wanted: nine,
  known: { ...knownGroup(patientMemory(present(ten), nine)), freeze: FREEZE },
});

/** No run has seen yet that the member is missing. */
const JUST_APPROVED = knownGroup(newMemory(NOW - 30 * DAY), [approvalOf(ten.slice(0, 1))]);

const DECISIONS: readonly Decision[] = [
  decideOn({
    group,
    current: present(ten),
    wanted: wanted(machines(11)),
    known: { ...knownGroup(newMemory(0)), freeze: FREEZE },
  }),
  decideOn({ group, current: marked(ten, ''), wanted: wanted(ten) }),
  decideOn({ group, current: marked(ten, 'armory'), wanted: wanted(ten) }),
  decideOn({ group, current: marked(ten, 'sls-machine-groups/staging'), wanted: wanted(ten) }),
  decideOn({
    group: groupConfig({ adopt: true }),
    current: marked(ten, 'sls-machine-groups/staging'),
    wanted: wanted(ten),
  }),
  decideOn({ group, current: present(ten, { machineIdentifyType: 'userdefined' }), wanted: wanted(ten) }),
  decideOn({ group: groupConfig({ name: 'Web_1' }), current: ABSENT, wanted: wanted(ten) }),
  decideOn({
    group: groupConfig({ policy: 'upsert-only' }),
    current: present(ten),
    wanted: wanted(ten.slice(1)),
  }),
  decideOn({
    group,
    current: present(ten),
    wanted: wanted(machines(10, 200)),
    listing: { state: 'read', machines: reporting, answeredAt: NOW, cut: false },
  }),
];

const codesOf = (outcome: 'left-alone' | 'refused') =>
  DECISIONS.filter(({ plan }) => plan.obstacle?.kind === outcome).flatMap(({ refusals }) =>
    refusals.map(({ code }) => code),
  );
const listed = (list: object) => Object.keys(list).sort();
const found = (codes: readonly string[]) => [...new Set(codes)].sort();

describe('every code is produced', () => {
  test('of groups left alone', () => {
    expect(found(codesOf('left-alone'))).toEqual(listed(LEFT_ALONE));
  });

  test('of refused groups', () => {
    expect(found(codesOf('refused'))).toEqual(listed(REFUSED));
  });

  test('of what is withheld', () => {
    const codes = DECISIONS.flatMap(({ withheld }) => withheld.map(({ by }) => by));
    const ofRemovals = (code: string) => Object.hasOwn(WAITS, code) && !Object.hasOwn(WITHHELD, code);
    expect(found(codes.filter((code) => !ofRemovals(code)))).toEqual(listed(WITHHELD));
  });

  test('of removals', () => {
    const judgements = removals();
    const asked = judgements.map((judgement) => approvedOnly(judgement, 3_600));
    const waits = [
      ...[...judgements, ...asked].flatMap((judgement) => judgement.waits),
      ...waitForMemory(['m1'], 'the table is away'),
      ...frozen.waits,
      ...decideOn({
        group,
        current: present(ten),
        wanted: wanted(ten.slice(1), { takenAt: NOW - 1_000 }),
        known: JUST_APPROVED,
      }).waits,
    ];
    expect(found(waits.map((waiting) => waiting.for))).toEqual(listed(WAITS));
    expect(found(judgements.flatMap(({ refusals }) => refusals.map(({ code }) => code)))).toEqual(
      listed(UNPROVEN),
    );
  });

  test('of changes that are not written', async () => {
    const writer = await readFile('lib/runtime/sync/group-access.ts', 'utf8');
    const thrown = [...writer.matchAll(/new WriteError\('(\w+)'/g)].map(([, code]) => code as string);
    const lease = await readFile('lib/runtime/lease.ts', 'utf8');
    const seen = await readFile('lib/runtime/freezes/seen.ts', 'utf8');
    const lost = ['LeaseUnknown', 'LeaseLost', 'FreezeUnknown'].filter((code) =>
      `${lease}${seen}`.includes(`readonly code = '${code}'`),
    );
    const busy = { holder: 'sync 1', since: T0, until: T0, pending: pendingOf([], [], 0) };
    const { warnings } = reportGroup(three, { status: 'busy', busy, requests: [], durationMs: 0 });
    expect(warnings).toEqual([
      `sync 1 has been writing the group since ${new Date(T0).toISOString()}; ${UNWRITTEN.busy.todo}`,
    ]);
    expect(found([...thrown, ...lost, 'busy'])).toEqual(listed(UNWRITTEN));
  });
});

test('a report says what to do', () => {
  const { refusals, withheld } = reportGroup(tooMany, { requests: [], durationMs: 0 });
  const says =
    '4 of 10 members are missing, and nothing proves that their machines are gone; without proof at most 3 may go in 24 hours (maxRemovalShare 30 % of the 10 that are older than a day, maxSmallRemovals 2)';
  expect(refusals).toEqual([{ code: 'day-limit', says: `${says}; ${UNPROVEN['day-limit'].todo}` }]);
  expect(withheld).toMatchObject([{ by: 'limit', says: `${says}; ${WAITS.limit.todo}` }]);
  const alone = reportGroup(DECISIONS[3] as Decision, { requests: [], durationMs: 0 });
  expect(alone.refusals[0]?.says).toBe(
    `the group belongs to owner "staging"; ${LEFT_ALONE['other-owner'].todo}`,
  );
});

test('docs/sync.md lists the codes of runs as they stand here', async () => {
  const page = await readFile('docs/sync.md', 'utf8');
  const rows = (of: string, list: Readonly<Record<string, Reason>>) =>
    Object.entries(list).map(([code, { says, todo }]) => `| ${of} | \`${code}\` | ${says} | ${todo} |`);
  const table = [
    '| What | Code | When | What to do |',
    '|---|---|---|---|',
    ...rows('left alone', LEFT_ALONE),
    ...rows('refused', REFUSED),
    ...rows('removals refused', UNPROVEN),
    ...rows('withheld', WITHHELD),
    ...rows('removal waits', WAITS),
    ...rows('not written', UNWRITTEN),
  ].join('\n');
  expect(page).toContain(`\n\n${table}\n\n`);
});

/** A judgement for every reason for which a removal waits or needs a person. */
function removals(): Judgement[] {
  const after = T0 + 2 * HOUR;
  const heard = (reporting: readonly string[], at: number) =>
    read(
      reporting.map((name) => row(name, at)),
      at,
    );
  const gone = (count: number, from: number, rest: (at: number) => object = () => ({})) => {
    const drive = new Drive(names(count));
    return drive.runs(T0, after, (at) => ({ wanted: names(count).slice(from), ...rest(at) }));
  };
  const breaker = judgeBreaker('the list', [
    { members: 40, unproven: 11 },
    { members: 10, unproven: 0 },
  ]);
  const early = new Drive(names(20));
  const older = new Drive(names(20));
  older.run({ at: T0, wanted: names(20) });
  const weekly = new Drive(names(100));
  // Each within the limit of a day, together beyond that of a week.
  const weeks = [22, 42, 52].map((missing, index) => {
    const from = T0 + index * 1.5 * DAY;
    return weekly.runs(from, from + 2 * HOUR, () => ({ wanted: names(100).slice(missing) }));
  });
  return [
    early.run({ at: T0, wanted: names(20).slice(1) }),
    early.run({ at: T0 + HOUR, wanted: names(20).slice(1), complete: false }),
    older.run({ at: T0 + HOUR, beganAt: T0 - HOUR, wanted: names(20).slice(1) }),
    new Drive(names(MISSING_MAX * 2)).run({ at: T0, wanted: ['m1'] }),
    gone(20, 1, (at) => ({ listing: heard(names(20), at) })),
    gone(20, 1, (at) => ({ listing: read([row('m1', at), ...names(20).map((name) => row(name, at))], at) })),
    (() => {
      const drive = new Drive(names(20));
      let last: Judgement | undefined;
      // One look, late: it cannot confirm itself.
      for (let at = T0; at <= T0 + HOUR; at += 5 * 60_000) {
        const listing = read([row('m1', T0 - DAY), ...names(19, 2).map((name) => row(name, at))], at);
        const isLast = at + 5 * 60_000 > T0 + HOUR;
        last = drive.run({ at, wanted: names(20).slice(1), ...(isLast ? { listing } : {}) });
      }
      return last as Judgement;
    })(),
    gone(20, 19, (at) => ({
      listing: read([...names(19).map((name) => row(name, T0 - DAY)), row('m20', at)], at),
    })),
    gone(20, 20),
    gone(20, 10),
    gone(40, 5, () => ({ breaker })),
    ...weeks,
    (() => {
      const drive = new Drive(names(20));
      return drive.runs(T0, after, (at) => ({ wanted: names(20, 101), listing: heard(names(20), at) }));
    })(),
  ];
}
