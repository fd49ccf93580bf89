import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { mergeWanted } from '../../../../lib/core/reading/wanted.ts';
import { newMemory } from '../../../../lib/core/removal/memory.ts';
import type { Done } from '../../../../lib/core/report/group.ts';
import { reportGroup, reportUndecided } from '../../../../lib/core/report/group.ts';
import { countsOf, reportRun } from '../../../../lib/core/report/run.ts';
import { row } from '../removal/drive.ts';
import {
  approvalOf,
  decideOn,
  groupConfig,
  knownGroup,
  machines,
  marked,
  NOW,
  PARTIAL,
  present,
  sourceWanted,
  wanted,
} from '../values.ts';

const call = { operation: 'GetMachineGroup', status: 200, requestId: 'A1', attempts: 2, throttled: 1 };
const done: Done = { requests: [call], durationMs: 12 };
const error = { code: 'ServerBusy', message: 'busy', requestId: 'A2' };

const ten = machines(10);
const change = decideOn({ current: present(ten), wanted: wanted([...ten.slice(2), '10.9.9.9']) });
const refused = decideOn({ current: present(ten), wanted: wanted([...ten.slice(4), '10.9.9.9']) });
const idle = decideOn();
const alone = decideOn({ current: marked(ten, 'x'), wanted: wanted(ten) });
const held = decideOn({ current: present(ten), wanted: wanted(ten.slice(2), { completeness: PARTIAL }) });

describe('a group', () => {
  test('tells reading, change, fingerprint and calls', () => {
    expect(reportGroup(change, { ...done, status: 'written' })).toEqual({
      group: 'ali-test-project/web',
      status: 'written',
      policy: 'sync',
      owner: 'prod-eu',
      reading: {
        members: 10,
        wanted: 9,
        complete: true,
        reasons: [],
        takenAt: '2026-09-21T14:13:20.000Z',
        sources: change.wanted.sources,
        dropped: [],
      },
      change: 'written',
      changes: [],
      additions: { count: 1, members: ['10.9.9.9'] },
      removals: { count: 2, members: ten.slice(0, 2) },
      withheld: [],
      refusals: [],
      leaving: [
        {
          class: 'unheard',
          weak: 2,
          says: 'ListMachines was denied',
          count: 2,
          members: ten.slice(0, 2),
        },
      ],
      approvals: [],
      figures: {
        members: 10,
        older: 10,
        unproven: 2,
        day: { gone: 0, of: 10, limit: 3 },
        week: { gone: 0, of: 10, limit: 5 },
      },
      warnings: [],
      unwritten: [],
      requests: [call],
      durationMs: 12,
    });
  });

  test.each([
    ['in-sync', idle, done],
    ['planned', change, { ...done, status: 'planned' }],
    ['recorded', change, { ...done, status: 'recorded' }],
    ['withheld', held, done],
    ['left-alone', alone, done],
    ['refused', refused, { ...done, status: 'written' }],
    ['failed', change, { ...done, status: 'written', error }],
  ] as const)('has the status %s', (status, decision, what) => {
    expect(reportGroup(decision, what).status).toBe(status);
  });

  test('with a change that nobody tells the fate of is no report', () => {
    expect(() => reportGroup(change, done)).toThrow(TypeError);
  });

  test('whose removals are refused tells what was written all the same, and what to approve', () => {
    const report = reportGroup(refused, { ...done, status: 'written' });
    expect(report).toMatchObject({
      status: 'refused',
      change: 'written',
      additions: { count: 1 },
      removals: { count: 0 },
      withheld: [{ by: 'limit', count: 4, members: ten.slice(0, 4) }],
      refusals: [{ code: 'day-limit' }],
      figures: { unproven: 4, day: { limit: 3 } },
      fingerprint: refused.fingerprint,
    });
    expect(countsOf([report])).toMatchObject({ added: 1, removed: 0, refused: 1 });
  });

  test('that went through by approval tells whose word it was', () => {
    const { current, wanted: read } = refused;
    const approved = decideOn({ current, wanted: read, approvals: [approvalOf(ten.slice(0, 4))] });
    expect(reportGroup(approved, { ...done, status: 'written' })).toMatchObject({
      status: 'written',
      approvals: [{ id: 'a1', who: 'ann', reason: 'gone' }],
      leaving: [{ class: 'approved', weak: 0, count: 4 }],
    });
  });

  test('warns of a machine that has taken over an address', () => {
    const [member] = ten as [string];
    const seen = { hostId: 'i-1', uniqueId: '', heartbeat: NOW / 1_000 - 9_000, at: NOW - 9_000_000 };
    const missing = new Map([[member, { since: NOW - 7_200_000, readings: 3, seen }]]);
    const reused = decideOn({
      current: present(ten),
      wanted: wanted(ten.slice(1)),
      known: knownGroup({ ...newMemory(NOW - 10 * 86_400_000), missing }),
      listing: {
        state: 'read',
        machines: ten.map((each) => row(each, NOW, { 'host-id': each === member ? 'i-2' : `i-${each}` })),
        answeredAt: NOW,
        cut: false,
      },
    });
    const report = reportGroup(reused, { ...done, status: 'written' });
    expect(report).toMatchObject({ status: 'written', leaving: [{ class: 'reused', members: [member] }] });
    expect(report.warnings.join()).toContain(
      `other machines report under addresses that are removed: "${member}"`,
    );
  });

  test('lists a hundred machines and counts the rest, withheld ones too', () => {
    const many = machines(250);
    const created = decideOn({ current: ABSENT, wanted: wanted(many) });
    const report = reportGroup(created, { ...done, status: 'planned' });
    expect(report.changes).toEqual(['create']);
    expect(report.additions.count).toBe(250);
    expect(report.additions.members).toHaveLength(100);
    const emptied = decideOn({ current: present(many), wanted: wanted([], { completeness: PARTIAL }) });
    const [withheld] = reportGroup(emptied, done).withheld;
    expect(withheld).toMatchObject({ action: 'remove', by: 'incomplete', count: 250 });
    expect(withheld?.members).toHaveLength(100);
  });

  test('tells why a reading is not whole, and what was left out', () => {
    const drop = (id: string, reason: string, value?: string) => ({
      origin: { source: 's', id },
      reason,
      ...(value === undefined ? {} : { value }),
    });
    const dropped = [
      ...Array.from({ length: 7 }, (_, index) => drop(`i-${index}`, 'stopped', `10.0.0.${index}`)),
      drop('i-9', 'no private address'),
      ...Array.from({ length: 30 }, (_, index) => drop(`x-${index}`, `odd in way ${index}`)),
    ];
    const { reading } = reportGroup(
      decideOn({ wanted: wanted([], { dropped, completeness: PARTIAL }) }),
      done,
    );
    expect(reading).toMatchObject({ complete: false, reasons: ['sources[0] static: page 2 is missing'] });
    expect(reading?.dropped[0]).toEqual({
      reason: 'stopped',
      count: 7,
      examples: [0, 1, 2, 3, 4].map((index) => `10.0.0.${index} (i-${index})`),
    });
    expect(reading?.dropped[1]).toEqual({ reason: 'no private address', count: 1, examples: ['i-9'] });
    expect(reading?.dropped).toHaveLength(21);
    expect(reading?.dropped[20]).toMatchObject({ reason: 'other reasons', count: 12 });
  });

  test('warns of members that are no addresses, and of addresses that several machines share', () => {
    const shared = new Map(
      machines(7).map((member) => [
        member,
        [1, 2].map((index) => ({ source: 'sources[0] ec2', id: `i-${member}-${index}` })),
      ]),
    );
    const inventory = mergeWanted([sourceWanted([], { source: 'sources[0] ec2', members: shared })]);
    const current = present([...machines(7), ...[1, 2, 3, 4, 5, 6, 7].map((index) => `host?${index}`)]);
    const { warnings } = reportGroup(decideOn({ current, wanted: inventory }), done);
    expect(warnings).toHaveLength(7);
    expect(warnings[0]).toBe(
      'members of the group that are not addresses; they count like any other: "host?1", "host?2", "host?3", "host?4", "host?5" and 2 more',
    );
    expect(warnings[1]).toContain(
      '"10.0.0.1" is the address of several machines of sources[0] ec2 ("i-10.0.0.1-1", "i-10.0.0.1-2")',
    );
    expect(warnings[6]).toBe('and 2 more addresses that several machines share');
    const ids = decideOn({
      group: groupConfig({ identify: 'userdefined' }),
      current: present([], { machineIdentifyType: 'userdefined' }),
      wanted: inventory,
    });
    expect(reportGroup(ids, { ...done, status: 'planned' }).warnings).toEqual([]);
  });

  test('that failed tells what was not written', () => {
    const report = reportGroup(change, {
      ...done,
      error,
      unwritten: {
        operation: 'update',
        definition: { ...present(ten).definition, machineIdentifyType: 'ip' },
      },
    });
    expect(report).toMatchObject({
      status: 'failed',
      error,
      unwritten: [{ operation: 'update', machines: 10, mayHaveTakenEffect: false }],
    });
  });

  test('that could not be read has no reading', () => {
    const report = reportUndecided(groupConfig(), { ...done, error });
    expect(report).toMatchObject({ status: 'failed', error, requests: [call], additions: { count: 0 } });
    expect(report).not.toHaveProperty('reading');
  });
});

describe('a run', () => {
  const run = {
    runId: 'r-1',
    trigger: 'the schedule',
    mode: 'apply',
    startedAt: 1_790_000_000_000,
    durationMs: 34,
  } as const;
  const written = reportGroup(change, { ...done, status: 'written' });
  const failed = reportGroup(change, { ...done, error });

  test('counts members, groups, calls and what held them back', () => {
    const planned = reportGroup(change, { ...done, status: 'planned' });
    const recorded = reportGroup(change, { ...done, status: 'recorded' });
    const groups = [
      written,
      failed,
      planned,
      recorded,
      reportGroup(refused, { ...done, status: 'planned' }),
      reportGroup(held, done),
    ];
    expect(countsOf(groups)).toEqual({
      groups: 6,
      byStatus: {
        busy: 0,
        frozen: 0,
        'in-sync': 0,
        planned: 1,
        written: 1,
        recorded: 1,
        withheld: 1,
        'left-alone': 0,
        refused: 1,
        failed: 1,
      },
      added: 1,
      removed: 2,
      toAdd: 3,
      toRemove: 4,
      withheld: 6,
      refused: 1,
      incompleteSources: 1,
      requests: 12,
      throttled: 6,
    });
  });

  test.each([
    ['ok', [written, reportGroup(idle, done), reportGroup(alone, done), reportGroup(held, done)]],
    ['refused', [written, reportGroup(refused, { ...done, status: 'written' })]],
    ['failed', [failed, reportGroup(refused, { ...done, status: 'written' })]],
    ['ok', []],
  ] as const)('has the status %s of its worst group', (status, groups) => {
    expect(reportRun({ ...run, groups }).status).toBe(status);
  });

  test('is plain JSON, and says when', () => {
    const report = reportRun({ ...run, groups: [written] });
    expect(report).toMatchObject({
      startedAt: '2026-09-21T14:13:20.000Z',
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
