// Records: made of runs and of writes, cut to a bound, read back, and told.
import { describe, expect, test } from 'vitest';
import { ABSENT, presentGroup } from '../../../../lib/core/group/current.ts';
import { recordWithin } from '../../../../lib/core/history/bounded.ts';
import { changeOf, joined, type SeenWrite } from '../../../../lib/core/history/changes.ts';
import { entryOf } from '../../../../lib/core/history/entry.ts';
import { recordOfRun } from '../../../../lib/core/history/of-run.ts';
import { readRecord } from '../../../../lib/core/history/read.ts';
import type { ChangeRecord, HistoryRecord } from '../../../../lib/core/history/record.ts';
import type { GroupReport, RunReport } from '../../../../lib/core/report/report.ts';
import { reportRun } from '../../../../lib/core/report/run.ts';
import { canonical } from '../../../../lib/inventory/members.ts';
import { groupReport as reportOf } from '../../../support/group-report.ts';

const groupReport = (more: Partial<GroupReport>) => reportOf('web', more.status ?? 'in-sync', more);
const NOW = Date.UTC(2026, 1, 3, 4, 5, 6);
const groupOf = (members: readonly string[], changes: object = {}) =>
  presentGroup(
    {
      groupName: 'web',
      groupType: '',
      machineIdentifyType: 'ip',
      groupAttribute: { groupTopic: 't', externalName: 'm' },
      machineList: members,
      createTime: 1,
      lastModifyTime: 1,
      ...changes,
    },
    canonical,
  );
const write = (was: readonly string[], is: readonly string[], more: Partial<SeenWrite> = {}): SeenWrite => ({
  group: 'p/web',
  outcome: 'written',
  was: groupOf(was),
  is: groupOf(is),
  additions: [],
  removals: [],
  ...more,
});
const fields = { identify: 'ip', type: '', topic: 't', mark: 'm' };

describe('a change', () => {
  test('is what two readings show, whatever was asked for', () => {
    expect(
      changeOf(write(['10.0.0.1', '010.0.0.2'], ['10.0.0.9', '10.0.0.1'], { additions: ['x'] })),
    ).toEqual({
      group: 'p/web',
      outcome: 'written',
      before: fields,
      members: ['10.0.0.1', '010.0.0.2'],
      after: fields,
      came: ['10.0.0.9'],
      went: ['010.0.0.2'],
    });
  });
  test('is what was asked for, where nobody read the group after it', () => {
    const change = changeOf(
      write(['a'], [], { is: undefined, outcome: 'unconfirmed', additions: ['b'], removals: ['a'] }),
    );
    expect(change).toMatchObject({ members: ['a'], came: ['b'], went: ['a'] });
    expect(change).not.toHaveProperty('after');
  });
  test.each([
    ['made', { was: ABSENT }, { before: null, members: [], went: [] }],
    ['deleted', { is: ABSENT }, { after: null, came: [] }],
  ])('of a group that was %s', (_, more, expected) => {
    expect(changeOf(write(['10.0.0.1'], ['10.0.0.2'], more))).toMatchObject(expected);
  });
  test('of two writes in one run goes from before the first to after the second', () => {
    const first = write(['a'], ['a', 'b']);
    expect(changeOf(joined(first, write(['a', 'b'], ['b', 'c'])))).toMatchObject({
      members: ['a'],
      came: ['b', 'c'],
      went: ['a'],
    });
    // The second was refused by SLS: what the first did stands.
    expect(
      changeOf(joined(first, write(['a', 'b'], [], { is: undefined, outcome: 'failed' }))),
    ).toMatchObject({
      outcome: 'written',
      came: ['b'],
      went: [],
    });
    const unread = { is: undefined, outcome: 'unconfirmed' } as const;
    const third = joined(
      write(['a'], [], { ...unread, additions: ['b', 'c'] }),
      write([], [], { ...unread, removals: ['b'] }),
    );
    expect(changeOf(third)).toMatchObject({ outcome: 'unconfirmed', came: ['c'], went: ['b'] });
  });
});

describe('a run', () => {
  const run = (groups: readonly GroupReport[]) =>
    reportRun({
      runId: 'r',
      trigger: 'a test',
      caller: 'ann',
      mode: 'apply',
      startedAt: NOW,
      durationMs: 5,
      groups,
    });
  const named = (name: string, changes: Partial<GroupReport>) =>
    groupReport({ group: `p/${name}`, ...changes });
  test('leaves what it wrote, refused or failed to write, and nothing of other groups', () => {
    const report = run([
      named('web', { status: 'written', change: 'written' }),
      named('same', { status: 'in-sync' }),
      named('refused', { status: 'refused' }),
      named('unread', { status: 'failed' }),
      named('unsent', {
        status: 'failed',
        change: 'failed',
        additions: { count: 1, members: ['x'] },
        unwritten: [{ operation: 'update', machines: 1, mayHaveTakenEffect: false }],
      }),
    ]);
    const record = recordOfRun(report, [write(['a'], ['b'])], 'd1gest', NOW);
    expect(record).toMatchObject({
      run: 'r',
      at: '2026-02-03T04:05:06.000Z',
      what: 'a test',
      who: 'ann',
      config: 'd1gest',
    });
    expect(record?.changes.map(({ group, outcome, came }) => [group, outcome, came])).toEqual([
      ['p/web', 'written', ['b']],
      ['p/refused', 'refused', []],
      ['p/unsent', 'failed', ['x']],
    ]);
    expect(record?.report?.groups.map(({ group }) => group)).toEqual(['p/unsent', 'p/refused', 'p/web']);
  });
  test('whose second look was refused still says what the first one wrote', () => {
    const record = recordOfRun(
      run([named('web', { status: 'refused' })]),
      [write(['a'], ['b'])],
      undefined,
      NOW,
    );
    expect(record?.changes).toMatchObject([{ outcome: 'written', came: ['b'], went: ['a'] }]);
  });
  test.each([
    ['in-sync', {}],
    ['withheld', {}],
    ['busy', { change: 'busy' as const }],
    ['recorded', { change: 'recorded' as const }],
    ['failed', {}],
  ] as const)('in which nothing was written or refused leaves none: %s', (status, more) => {
    expect(recordOfRun(run([named('web', { status, ...more })]), [], undefined, NOW)).toBeUndefined();
  });
});

describe('a bound', () => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
  const change: ChangeRecord = {
    group: 'p/web',
    outcome: 'written',
    before: fields,
    members: names(2_000),
    after: fields,
    came: names(300),
    went: [],
  };
  const record: HistoryRecord = {
    version: 1,
    run: 'r',
    at: new Date(NOW).toISOString(),
    what: 'a test',
    changes: Array.from({ length: 150 }, (_, n) => ({ ...change, group: `p/${n}` })),
    report: reportRun({
      runId: 'r',
      trigger: '',
      mode: 'apply',
      startedAt: 0,
      durationMs: 0,
      groups: [groupReport({})],
    }),
  };
  const cutTo = (bytes: number) => recordWithin(record, JSON.stringify, (text) => text.length <= bytes);
  test('that it is within leaves it whole', () => expect(cutTo(1e9)?.record).toBe(record));
  test.each([
    [
      JSON.stringify(record).length - 1,
      'the details of the report',
      { report: { groups: [], groupsLeftOut: 1 }, changes: [{ members: change.members }] },
    ],
    [
      800_000,
      'members before',
      { changes: [{ came: change.came, notKept: 'the 2000 members before: there was no room for them' }] },
    ],
    [
      200_000,
      'all but the first of those that came, and of the changes',
      { changesLeftOut: 50, changes: [{ came: names(100) }] },
    ],
  ])('of %i bytes leaves out %s, and says so', (bytes, _, expected) => {
    const cut = cutTo(bytes);
    expect(cut?.encoded.length).toBeLessThanOrEqual(bytes);
    const { changes, ...rest } = expected as { changes: object[] };
    expect(cut?.record).toMatchObject(rest);
    expect(cut?.record.changes[0]).toMatchObject(changes[0] ?? {});
    expect(readRecord(cut?.encoded ?? '')).toEqual({ report: undefined, ...cut?.record });
  });
  test('that nothing fits leaves nothing', () => expect(cutTo(100)).toBeUndefined());
});

describe('read back', () => {
  const good = { version: 1, run: 'r', at: new Date(NOW).toISOString(), what: 'x', changes: [] };
  test('what was written is what is read', () => {
    expect(readRecord(JSON.stringify(good))).toEqual({ ...good, report: undefined });
  });
  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['another version', { ...good, version: 2 }],
    ['no time', { ...good, at: 'then' }],
    ['changes of another shape', { ...good, changes: [{ group: 'p/web' }] }],
    [
      'an outcome of another release',
      { ...good, changes: [{ group: 'p/web', outcome: 'guessed', came: [], went: [] }] },
    ],
    ['nothing', null],
  ])('%s is no record', (_, value) => {
    expect(readRecord(typeof value === 'string' ? value : JSON.stringify(value))).toBeUndefined();
  });
});

describe('an entry', () => {
  const record: HistoryRecord = {
    version: 1,
    run: 'r',
    at: new Date(NOW).toISOString(),
    what: 'the schedule',
    changes: [
      {
        group: 'p/web',
        outcome: 'written',
        before: null,
        members: [],
        after: fields,
        came: ['10.0.0.1'],
        went: [],
      },
      { group: 'p/db', outcome: 'refused', came: [], went: [] },
      {
        group: 'p/old',
        outcome: 'written',
        before: fields,
        members: ['a'],
        after: null,
        came: [],
        went: ['a'],
        notKept: 'x',
      },
    ],
    report: reportRun({
      runId: 'r',
      trigger: '',
      mode: 'apply',
      startedAt: 0,
      durationMs: 0,
      groups: [
        groupReport({
          group: 'p/db',
          withheld: [{ action: 'remove', by: 'limit', says: 'too many', count: 1, members: ['10.0.0.7'] }],
        }),
      ],
    }),
  };
  test('shows every change, with what became of the group', () => {
    expect(entryOf(record, {})).toMatchObject({
      run: 'r',
      more: 0,
      changes: [
        { group: 'p/web', was: 'made', before: 0, topic: 't', mark: 'm' },
        { group: 'p/db', says: ['remove of 1 withheld: too many'] },
        { group: 'p/old', was: 'deleted', before: 1, says: ['not kept: x'] },
      ],
    });
  });
  test('tells what a write did to mark, topic and kind, and nothing of what it left', () => {
    const change = { ...(record.changes[0] as ChangeRecord), before: fields };
    const of = (after: object) =>
      entryOf({ ...record, changes: [{ ...change, after: { ...fields, ...after } }] }, {})?.changes[0];
    expect(of({ mark: '', identify: 'userdefined' })).toMatchObject({
      ...{ mark: '', kind: 'userdefined', kindBefore: 'ip' },
    });
    for (const name of ['mark', 'topic', 'kind', 'kindBefore', 'approvals'])
      expect(of({})).not.toHaveProperty(name);
  });
  test('tells who approved removals, and why, where any went', () => {
    const approvals = [{ id: 'i', who: 'ann', reason: 'rack B is gone' }];
    const groups = [groupReport({ group: 'p/web', approvals })];
    const of = (went: readonly string[]) =>
      entryOf(
        {
          ...record,
          changes: [{ ...(record.changes[0] as ChangeRecord), went }],
          report: { ...(record.report as RunReport), groups },
        },
        {},
      )?.changes[0]?.approvals;
    expect(of(['10.0.0.1'])).toEqual([{ who: 'ann', reason: 'rack B is gone' }]);
    expect(of([])).toBeUndefined();
  });
  test.each([
    [{ group: 'p/web' }, ['p/web'], 2],
    [{ machine: '10.0.0.1' }, ['p/web', 'p/old'], 1],
    [{ machine: '10.0.0.7', group: 'p/db' }, ['p/db'], 2],
    [{ machine: '10.0.0.7', group: 'p/web' }, undefined, 0],
    [{ group: 'p/nobody' }, undefined, 0],
  ])('of %j is about %j', (asked, groups, more) => {
    const entry = entryOf(record, asked);
    expect(entry?.changes.map(({ group }) => group)).toEqual(groups);
    if (entry) expect(entry.more).toBe(more);
  });
  test('shows twenty changes and counts the others', () => {
    const changes = Array.from({ length: 50 }, (_, n) => ({
      ...(record.changes[0] as ChangeRecord),
      group: `p/${n}`,
    }));
    const entry = entryOf({ ...record, changes }, {});
    expect([entry?.changes.length, entry?.more]).toEqual([20, 30]);
  });
});
