// The status as a value: what comes first, what is left out, and which commands it gives.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { removalsFingerprint } from '../../../../lib/core/plan/fingerprint.ts';
import { DAY, HOUR } from '../../../../lib/core/removal/settings.ts';
import { commandLine, whereIs, whereIsLocal } from '../../../../lib/core/status/command.ts';
import { type GroupStanding, standingOf } from '../../../../lib/core/status/group.ts';
import { statusLines } from '../../../../lib/core/status/lines.ts';
import { orphanStanding } from '../../../../lib/core/status/orphan.ts';
import { statusPage } from '../../../../lib/core/status/page.ts';
import { type Remembered, statusOf } from '../../../../lib/core/status/status.ts';
import { FAMILY_TEXT, membersText } from '../../../../lib/core/status/words.ts';
import { attention, NOW, sampleStatus, standing, WHERE } from '../../../support/status-sample.ts';

const remembered = (groups: readonly GroupStanding[], more: Partial<Remembered> = {}): Remembered => ({
  ...{ deployment: 'd', where: WHERE, now: NOW, groups, freezes: [], approvals: [], runs: { runs: [] } },
  ...more,
});
const named = (groups: readonly GroupStanding[]) => groups.map(({ group }) => group.replace(/^.*?\//, ''));
const knows = (code: string) => ({
  ack: { who: 'ann', reason: 'known', at: NOW - DAY, until: NOW + 1, code },
});

describe('groups', () => {
  test('that nobody knows of come first, the longest first; then those that wait, then the others by name', () => {
    const groups = [
      standing('fine-b', { verdict: { is: 'converged', since: NOW - 9 * DAY } }),
      standing('fine-a', { verdict: { is: 'converged', since: NOW } }),
      standing('waits', { verdict: { is: 'waiting', since: NOW, code: 'held', says: 's' } }),
      standing('new', attention('failing', 's', NOW)),
      standing('known', { ...attention('failing', 's', NOW - 9 * DAY), ...knows('failing') }),
      standing('old', attention('failing', 's', NOW - DAY)),
      standing('known-otherwise', { ...attention('failing', 's', NOW - HOUR), ...knows('held') }),
    ];
    const status = statusOf(remembered(groups));
    expect(named(status.groups)).toEqual([
      'old',
      'known-otherwise',
      'new',
      'known',
      'waits',
      'fine-a',
      'fine-b',
    ]);
    expect(status.counts).toMatchObject({
      groups: 7,
      attention: 4,
      acknowledged: 1,
      waiting: 1,
      converged: 2,
    });
  });

  test('of ten thousand a hundred are told, and all are counted', () => {
    const groups = Array.from({ length: 10_000 }, (_, index) =>
      standing(
        `g${index}`,
        index % 100 === 0 ? attention('failing', 'x') : { verdict: { is: 'converged', since: 1 } },
      ),
    );
    groups.push(standing('not-seen'));
    const status = statusOf(remembered(groups));
    expect(status.groups.every(({ is }) => is === 'attention')).toBe(true);
    expect(status.groups).toHaveLength(100);
    expect(status.leftOut).toEqual({ attention: 0, waiting: 1, converged: 9_900 });
    expect(JSON.stringify(status).length).toBeLessThan(100_000);
  });

  test('the sums add up', () => {
    const item = fc.constantFrom({}, attention('failing', 'x'), { verdict: { is: 'converged', since: 1 } });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 300 }), (items) => {
        const { counts, groups, leftOut } = statusOf(
          remembered(items.map((one, at) => standing(`g${at}`, one))),
        );
        expect(counts.groups).toBe(items.length);
        expect(counts.attention + counts.waiting + counts.converged).toBe(items.length);
        for (const is of ['attention', 'waiting', 'converged'] as const)
          expect(groups.filter((group) => group.is === is).length + leftOut[is]).toBe(counts[is]);
      }),
    );
  });

  test('an item nobody can read needs a person, and one nobody has written waits', () => {
    const read = { readable: false, says: 'its field ack is no JSON' } as const;
    expect(standingOf({ key: 'p/g', policy: 'sync' }, read, NOW, WHERE)).toMatchObject({
      is: 'attention',
      code: 'memory',
      says: 'what the memory holds of the group is unreadable: its field ack is no JSON',
    });
    expect(standing('new')).toMatchObject({ is: 'waiting', code: 'not-looked-at' });
  });

  test('an orphan needs a person until one knows', () => {
    const orphan = { group: 'p/lost', mark: 'sls-machine-groups/me', since: NOW - DAY };
    const nothing = { readable: true, item: { removed: new Map() } } as const;
    expect(orphanStanding(orphan, nothing, NOW, WHERE)).toMatchObject({
      is: 'attention',
      code: 'orphan',
      ackCommand: `sls-machine-groups ack --stage prod p/lost --hours 8 --reason WHY`,
    });
    const known = { readable: true, item: { ...nothing.item, ...knows('orphan') } } as const;
    const standingNow = orphanStanding(orphan, known, NOW, WHERE);
    expect(standingNow.ack?.who).toBe('ann');
    expect(standingNow.ackCommand).toBeUndefined();
  });
});

test('a family stands among the groups, is counted by itself, and says that its groups are not shown', () => {
  const family = { family: true };
  const status = statusOf(
    remembered(
      [
        standing('web', { verdict: { is: 'converged', since: NOW } }),
        standing('{team}', { verdict: { is: 'converged', since: NOW } }, family),
        standing('log-{team}', attention('refused left-out', 's'), family),
        standing('{role}-db', {}, family),
      ],
      { freezes: [{ group: '*', who: 'ann', reason: 'r', until: NOW + 1 }] },
    ),
  );
  expect(status.counts).toMatchObject({
    ...{ groups: 1, families: 3, frozen: 1 },
    ...{ attention: 1, waiting: 1, converged: 2 },
  });
  expect(status.groups.map((one) => one.family)).toEqual([true, true, undefined, true]);
  expect(status.groups[1]?.says).toBe('no run has judged the family yet');
  expect(status.groups[0]?.ackCommand).toBe(
    `sls-machine-groups ack --stage prod 'ali-test-project/log-{team}' --hours 8 --reason WHY`,
  );
  const lines = statusLines(status);
  expect(lines[0]).toContain(': 1 group and 3 families, 0 members');
  expect(lines.join('\n')).toContain(`\n    ${FAMILY_TEXT}\n    s\n`);
  expect(lines).toContain(`  ali-test-project/{team}: ${FAMILY_TEXT}`);
  const page = statusPage(status);
  expect(page).toContain('members of 1 group and 3 families');
  expect(page.split(FAMILY_TEXT)).toHaveLength(4);
});

describe('an approval is offered', () => {
  const removal = {
    since: 0,
    readingAt: 0,
    missing: new Map([['10.0.0.1', { since: 0, readings: 3 }]]),
    added: new Map(),
    weak: new Map(),
  };
  const approval = (removals: string[], more = {}) => ({
    ...{ id: 'i', removals, who: 'ann', reason: 'r', at: NOW, until: NOW + HOUR },
    ...more,
  });
  const converged = { verdict: { is: 'converged', since: 1 } };
  test.each<[string, boolean, object, string]>([
    ['where a limit holds removals', true, attention('refused day-limit', 's'), 'sync'],
    ['where removals are held for long', true, attention('held', 's'), 'sync'],
    ['where every removal wants one', true, converged, 'approve-removals'],
    ['not where they go by themselves', false, converged, 'sync'],
    ['not where the inventory is in doubt: empty', false, attention('refused empty', 's'), 'sync'],
    ['not where the inventory is in doubt: swap', false, attention('refused swap', 's'), 'sync'],
    ['not where the inventory is in doubt: breaker', false, attention('refused breaker', 's'), 'sync'],
    ['not where the policy removes nothing', false, attention('held', 's'), 'upsert-only'],
    ['not where the group is left alone', false, attention('left-alone unmarked', 's'), 'approve-removals'],
    [
      'not where all of the group is missing: its inventory is empty',
      false,
      { ...converged, members: new Map([[Math.floor(NOW / HOUR), 1]]) },
      'approve-removals',
    ],
    [
      'not where all is approved',
      false,
      { ...attention('held', 's'), approvals: [approval(['10.0.0.1'])] },
      'sync',
    ],
    [
      'where a second person has to',
      true,
      { ...attention('held', 's'), approvals: [approval(['10.0.0.1'], { approvers: 2 })] },
      'sync',
    ],
  ])('%s', (_, isOffered, item, policy) => {
    const { approve } = standing('web', { removal, ...item }, { policy });
    expect(approve !== undefined).toBe(isOffered);
    if (!approve) return;
    const fingerprint = removalsFingerprint('ali-test-project/web', ['10.0.0.1']);
    expect(approve).toEqual({
      missing: 1,
      fingerprint,
      command: `sls-machine-groups approve --stage prod ali-test-project/web --fingerprint ${fingerprint} --reason WHY`,
    });
  });
  test('not where nothing is missing', () => {
    const item = { ...attention('held', 's'), removal: { ...removal, missing: new Map() } };
    expect(standing('web', item).approve).toBeUndefined();
  });
});

describe('removals that wait', () => {
  const missing = (...names: string[]) => ({
    since: NOW - 9 * DAY,
    readingAt: NOW,
    missing: new Map(names.map((name, index) => [name, { since: NOW - (index + 1) * HOUR, readings: 3 }])),
    added: new Map(),
    weak: new Map(),
  });
  const converged = { verdict: { is: 'converged', since: NOW - 9 * DAY } };
  const approval = (removal: string) => ({
    ...{ id: 'i', removals: [removal], who: 'ann', reason: 'r', at: NOW, until: NOW + HOUR },
  });
  const of = (policy: string, item: object) =>
    standing('web', { ...converged, removal: missing('10.0.0.1', '10.0.0.2'), ...item }, { policy });

  test.each<[string, string, object, string, string | undefined, number?]>([
    ['for their time', 'sync', {}, 'waiting', 'removals', 0],
    ['for approval', 'approve-removals', {}, 'waiting', 'removals', 2],
    [
      'one of them for approval',
      'approve-removals',
      { approvals: [approval('10.0.0.1')] },
      'waiting',
      'removals',
      1,
    ],
    ['where something needs attention', 'sync', attention('held', 's'), 'attention', 'held', 0],
    ['none where the policy removes nothing', 'upsert-only', {}, 'converged', undefined],
    ['none where nothing is written', 'observe', {}, 'converged', undefined],
    [
      'none where the group is left alone',
      'sync',
      attention('left-alone unmarked', 's'),
      'attention',
      'left-alone unmarked',
    ],
    [
      'none where the group is of another kind',
      'approve-removals',
      attention('refused identify-mismatch', 's'),
      'attention',
      'refused identify-mismatch',
    ],
  ])('%s', (_, policy, item, is, code, unapproved) => {
    const group = of(policy, item);
    expect([group.is, group.code]).toEqual([is, code]);
    const since = new Date(NOW - 2 * HOUR).toISOString();
    expect(group.waits).toEqual(unapproved === undefined ? undefined : { removals: 2, since, unapproved });
  });

  test('are told in lines and on the page, with the command, and all is not well', () => {
    const fine = standing('fine', converged);
    const status = statusOf(remembered([fine, of('approve-removals', {})]));
    expect(status.counts).toMatchObject({ waiting: 1, converged: 1, waitingRemovals: 2, unapproved: 2 });
    const lines = statusLines(status);
    expect(lines[0]).toMatch(/, 2 removals wait, 2 of them for approval$/);
    const from = lines.indexOf('Waits: 1');
    expect(lines.slice(from + 1, from + 4)).toEqual([
      '  ali-test-project/web (removals, since 2026-02-03 02:05 UTC, for 2 hours)',
      '    2 removals wait for approval, the first missing for 2 hours',
      expect.stringContaining('approve --stage prod ali-test-project/web --fingerprint '),
    ]);
    const page = statusPage(status);
    expect(page).toContain('<title>2 removals wait for approval · d</title>');
    expect(page).toContain('2 removals wait for approval, the first missing for 2 hours');
    const patient = statusPage(statusOf(remembered([fine, of('sync', {})])));
    expect(patient).toContain('<title>1 group waits · d</title>');
    expect(statusPage(statusOf(remembered([fine])))).toContain('<title>all well · d</title>');
  });
});

test('after a good run it says that one more is needed', () => {
  const item = { ...attention('failing', 'runs fail, the last with timeout: no answer'), goodRuns: 1 };
  const status = statusOf(remembered([standing('web', item)]));
  const says = 'the last run was good: it is over after 2 in a row';
  expect(statusLines(status)).toContain(`    ${says}`);
  expect(statusPage(status)).toContain(says);
});

describe('members', () => {
  const hour = Math.floor(NOW / HOUR);
  const memory = (more: object) => ({
    ...{ since: NOW - 9 * DAY, readingAt: 0, missing: new Map(), added: new Map(), weak: new Map() },
    ...more,
  });
  test.each<[string, object, string]>([
    [
      'a day without a change',
      { members: new Map([[hour - 30, 3]]), removal: memory({}) },
      'unchanged in the last 24 hours',
    ],
    [
      'a day in which as many came as went',
      { members: new Map([[hour - 30, 3]]), removal: memory({ added: new Map([[hour - 2, 1]]) }) },
      'changed in the last 24 hours',
    ],
    [
      'something was removed today',
      { members: new Map([[hour - 30, 3]]), removed: new Map([[Math.floor(NOW / DAY), 1]]) },
      'changed in the last 24 hours',
    ],
    [
      'a group that is minutes old',
      {
        members: new Map([[hour, 3]]),
        removal: memory({ since: NOW - 120_000, added: new Map([[hour, 3]]) }),
      },
      'known since 2026-02-03 04:03 UTC',
    ],
    [
      'one that is known for three hours, and did not change',
      { members: new Map([[hour - 3, 3]]), removal: memory({}) },
      'unchanged since 2026-02-03 01:00 UTC',
    ],
    [
      'one that is known for three hours, and did',
      {
        members: new Map([
          [hour - 3, 1],
          [hour, 3],
        ]),
      },
      '1 to 3 since 2026-02-03 01:00 UTC',
    ],
  ])('%s', (_, item, text) => {
    const { members } = standing('web', { verdict: { is: 'converged', since: 1 }, ...item });
    expect(members && membersText(members)).toBe(`3 members now, ${text}`);
  });
});

test('freezes that are over are none, and one of all groups freezes all', () => {
  const freeze = (group: string, until: number) => ({ group, who: 'ann', reason: 'r', until });
  const groups = [standing('a'), standing('b'), standing('c')];
  const of = (...freezes: ReturnType<typeof freeze>[]) => statusOf(remembered(groups, { freezes }));
  const one = of(
    freeze('ali-test-project/a', NOW + 2),
    freeze('ali-test-project/b', NOW),
    freeze('other/x', NOW + 1),
  );
  expect(one.counts.frozen).toBe(1);
  expect(one.freezes.shown.map(({ group }) => group)).toEqual(['other/x', 'ali-test-project/a']);
  expect(of(freeze('*', NOW + 1), freeze('ali-test-project/a', NOW + 1)).counts.frozen).toBe(3);
});

test('an approval that waits for a second person comes with what that person says', () => {
  const { approvals } = sampleStatus();
  expect(approvals.shown.map(({ waiting, secondCommand }) => ({ waiting, secondCommand }))).toEqual([
    {
      waiting: 1,
      secondCommand:
        'sls-machine-groups approve --stage prod ali-test-project/web --removal 10.0.1.11 --reason WHY',
    },
  ]);
});

test('what the first person knew, the second one says as well', () => {
  const given = {
    ...{ id: 'i', removals: ['10.0.0.1'], who: 'ann', reason: 'r', at: NOW, until: NOW + HOUR },
    ...({ approvers: 2, throughFreeze: true, emptyInventory: true } as const),
  };
  const approvals = [['ali-test-project/a', [given]]] as const;
  const status = statusOf(remembered([standing('a')], { approvals }));
  expect(status.approvals.shown[0]?.secondCommand).toContain('--through-freeze --empty-inventory --reason');
});

test('the lines of a terminal say of each group that needs a person what the page says, and the commands', () => {
  const lines = statusLines(sampleStatus());
  expect(lines[0]).toBe(
    'sls-machine-groups-prod at 2026-02-03 04:05 UTC: 9 groups, 92 members, 2 removals wait',
  );
  const from = lines.indexOf(
    '  ali-test-project/web (refused day-limit, since 2026-02-03 01:05 UTC, for 3 hours)',
  );
  expect(lines.slice(from + 1, from + 8)).toEqual([
    '    9 of 12 members are missing without proof; approve the removals if the machines are gone',
    '    2 removals wait, the first missing for 2 hours',
    '    contact #web-on-call',
    '    12 members now, unchanged in the last 24 hours',
    '    9 of 12 machines report, 2 silent, 1 never reported, 4 reporting that no inventory has, as of 2026-02-03 03:05 UTC',
    expect.stringMatching(
      /^ {4}if 2 missing machines are gone for good: sls-machine-groups approve --stage prod /,
    ),
    '    if you know: sls-machine-groups ack --stage prod ali-test-project/web --hours 8 --reason WHY',
  ]);
  expect(lines).toContain('Frozen: 2');
  expect(lines).toContain('    1 removal waits for a second person');
  expect(lines).toContain('  ali-test-project/api: 22 members now, 20 to 24 in the last 24 hours');
});

describe('commands', () => {
  test('hold each word as one word of a shell', () => {
    expect(commandLine(WHERE, 'ack', [`a b`, `it's`, '$(x)', 'p/web'])).toBe(
      `sls-machine-groups ack --stage prod 'a b' 'it'\\''s' '$(x)' p/web`,
    );
  });
  test.each([
    [whereIs('another'), 'sls-machine-groups x --stage STAGE'],
    [whereIsLocal('127.0.0.1:3100'), 'npm run cli -- x --url http://127.0.0.1:3100'],
    [whereIsLocal('evil.example/$(x)'), 'npm run cli -- x --url http://127.0.0.1:3000'],
    [whereIsLocal(undefined), 'npm run cli -- x --url http://127.0.0.1:3000'],
  ])('name the deployment: %j', (where, line) => {
    expect(commandLine(where, 'x', [])).toBe(line);
  });
});
