// Whatever a run meets, what is told of it has a size that its readers take.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Completeness } from '../../../../lib/core/reading/snapshot.ts';
import { reportWithin } from '../../../../lib/core/report/answer.ts';
import { explain } from '../../../../lib/core/report/explain.ts';
import { BY_GRAVITY } from '../../../../lib/core/report/gravity.ts';
import { type Done, reportGroup, reportUndecided } from '../../../../lib/core/report/group.ts';
import { reportMarkdown } from '../../../../lib/core/report/markdown.ts';
import { noticeOf } from '../../../../lib/core/report/notice.ts';
import { GROUP_STATUSES, type GroupReport } from '../../../../lib/core/report/report.ts';
import { reportRun } from '../../../../lib/core/report/run.ts';
import { cut, few } from '../../../../lib/core/text/few.ts';
import { open as openNetbox } from '../../../../lib/inventory/formats/netbox/read.ts';
import { collector, snapshotOf } from '../../../../lib/inventory/found.ts';
import { toWanted } from '../../../../lib/inventory/members.ts';
import { createLog } from '../../../../lib/runtime/log.ts';
import { canonical, decideOn, groupConfig, machines, present, wanted } from '../values.ts';

const SNS_MAX = 256 * 1024;
const LAMBDA_MAX = 6_000_000;
const MiB = 1024 * 1024;
const done: Done = { requests: [], durationMs: 5 };
const error = { code: 'ServerBusy', message: 'busy' };

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const run = (groups: readonly GroupReport[]) =>
  reportRun({ runId: 'r-1', trigger: 't', mode: 'apply', startedAt: 0, durationMs: 1, groups });
const failing = (name: string, message = 'busy') =>
  reportUndecided(groupConfig({ name }), { ...done, error: { ...error, message } });
const lineOf = (fields: Record<string, unknown>) => {
  const lines: string[] = [];
  createLog(
    (line) => lines.push(line),
    () => 0,
  )('warn', 'sync.group', fields);
  return lines.join('\n');
};

/** 3 000 addresses, each on two devices. */
function overlapping() {
  const results = Array.from({ length: 6_000 }, (_, id) => ({
    id,
    name: `device-${id}`,
    primary_ip4: { address: `10.0.${(id % 3_000) >> 8}.${(id % 3_000) & 255}/24` },
  }));
  const page = { body: { count: results.length, next: null, results }, plain: false, framed: true };
  const into = collector('sources[0] http');
  const proof = openNetbox('address').read([{ ...page, header: () => undefined }], { source: 's', into });
  return snapshotOf(into.found(), { source: 'sources[0] http', takenAt: 0, proof });
}

describe('a NetBox of 3 000 addresses, each on two devices', () => {
  const group = groupConfig();
  const inventory = toWanted([overlapping()], group);
  const decision = decideOn({ current: present([...machines(9), '10.9.9.9']), wanted: inventory });
  const report = reportGroup(decision, { ...done, status: 'written' });

  test('is told in a few reasons and how many more there are', () => {
    expect(report.reading?.reasons).toHaveLength(6);
    expect(report.reading?.reasons[5]).toBe(
      'sources[0] http: and 2995 more addresses that several machines have',
    );
    expect(bytes(report)).toBeLessThan(32 * 1024);
    expect(lineOf({ ...report }).length).toBeLessThan(32 * 1024);
  });

  test('does not keep an unrelated failure from being told', () => {
    const { subject, message } = noticeOf(run([report, failing('db')]), '--stage prod');
    expect(subject).toBe('sls-machine-groups: 0 refused, 1 failed');
    expect(bytes(message)).toBeLessThan(32 * 1024);
    expect(message).toContain('### `ali-test-project/db`: failed');
    expect(message).toContain('2995 more addresses');
  });
});

test('reasons, names, versions and errors of any length and number make a report of a few KB', () => {
  const long = 'x'.repeat(MiB);
  const reasons = Array.from({ length: 10_000 }, () => long) as unknown as readonly [string];
  const completeness: Completeness = { complete: false, reasons };
  const dropped = Array.from({ length: 40 }, (_, index) => ({
    origin: { source: 's', id: long },
    reason: `${index} ${long}`,
    value: long,
  }));
  const decision = decideOn({
    group: groupConfig({ identify: 'userdefined' }),
    current: present([...machines(300).map((id) => `${id}${long.slice(0, 5_000)}`)], {
      machineIdentifyType: 'userdefined',
    }),
    wanted: wanted(['a'], { completeness, dropped, revision: long }),
  });
  const report = reportGroup(decision, {
    ...done,
    error: { code: long, message: long, requestId: long },
  });
  expect(report.reading?.reasons).toHaveLength(21);
  expect(report.reading?.reasons[20]).toBe('and 9980 more reasons');
  expect(bytes(report)).toBeLessThan(160 * 1024);
  expect(bytes(noticeOf(run([report]), '--stage prod').message)).toBeLessThan(20 * 1024);
  const explanation = explain(decision, '10.0.0.1', canonical);
  expect(bytes(explanation)).toBeLessThan(32 * 1024);
});

test('an explanation of a machine that everything asks for counts what asks beyond the first', () => {
  const members = new Map([
    ['10.0.0.1', Array.from({ length: 50_000 }, (_, id) => ({ source: 's', id: `device ${id}` }))],
  ]);
  const explanation = explain(decideOn({ wanted: wanted([], { members }) }), '10.0.0.1', canonical);
  expect(explanation.origins).toHaveLength(20);
  expect(explanation.says).toContain('There are 49980 more that ask for it.');
  expect(bytes(explanation)).toBeLessThan(8 * 1024);
});

test('thousands of calls are summed, and the first and the last are told', () => {
  const call = (index: number) => ({ operation: `Call${index}`, attempts: 2, throttled: 1 });
  const requests = Array.from({ length: 4_000 }, (_, index) => call(index));
  const report = reportUndecided(groupConfig(), { requests, durationMs: 1, error });
  expect(report.requests).toHaveLength(51);
  expect(report.requests[25]).toEqual({ operation: '3950 more calls', attempts: 7900, throttled: 3950 });
  expect(report.requests.at(-1)).toEqual(call(3_999));
  expect(run([report]).counts).toMatchObject({ requests: 8_000, throttled: 4_000 });
});

describe('ten thousand groups that fail', () => {
  const groups = Array.from({ length: 10_000 }, (_, index) => failing(`g-${index}`, 'x'.repeat(900)));
  const report = run(groups);

  test('make a notice that names some and counts the others', () => {
    const { message } = noticeOf(report, '--stage prod');
    expect(bytes(message)).toBeLessThan(SNS_MAX);
    const told = message.match(/^### /gm)?.length ?? 0;
    expect(told).toBeGreaterThan(100);
    expect(message).toContain(`No room for ${10_000 - told} failed: \`ali-test-project/g-${told}\`, `);
  });

  test('make an answer that Lambda sends', () => {
    const shown = reportWithin(report);
    expect(bytes({ body: JSON.stringify(shown) })).toBeLessThan(LAMBDA_MAX);
    expect(shown.groups.length + (shown.groupsLeftOut ?? 0)).toBe(10_000);
    expect(shown.groups.length).toBeGreaterThan(1_000);
    expect(shown.counts).toEqual(report.counts);
    expect(bytes({ body: reportMarkdown(report) })).toBeLessThan(LAMBDA_MAX);
    expect(reportWithin(run(groups.slice(0, 10)))).toEqual(run(groups.slice(0, 10)));
  });
});

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc
    .constantFrom('\u0000', '"\\', '`', '\u{1f600}', '\u202e', 'x\ny')
    .chain((unit) => fc.constantFrom(1, 300, 3_000).map((times) => unit.repeat(times))),
);
const list = (count: number) =>
  fc
    .array(texts, { maxLength: 8 })
    .map((some) =>
      Array.from({ length: some.length * count }, (_, index) => some[index % some.length] as string),
    );
const lists = fc.constantFrom(1, 1, 30).chain(list);

/** More than what the code makes: of any length and number. */
const anyGroup: fc.Arbitrary<GroupReport> = fc
  .record({ group: texts, status: fc.constantFrom(...GROUP_STATUSES), names: lists, says: texts })
  .map(({ group, status, names, says }) => ({
    ...reportUndecided(groupConfig(), { ...done, error }),
    group,
    status,
    additions: { count: names.length, members: names },
    removals: { count: names.length, members: names },
    warnings: names,
    refusals: names.map(() => ({ code: 'day-limit' as const, says })),
    error: { code: says, message: says, requestId: says },
    fingerprint: says,
  }));

const anyRun = fc
  .record({
    groups: fc.array(anyGroup, { maxLength: 4 }),
    times: fc.constantFrom(1, 1, 1, 20),
    trigger: texts,
    runId: texts,
  })
  .map(({ groups, times, ...rest }) =>
    reportRun({
      mode: 'apply',
      startedAt: 0,
      durationMs: 1,
      groups: Array.from({ length: times }, () => groups.map((group) => ({ ...group }))).flat(),
      ...rest,
    }),
  );

describe('whatever the report', () => {
  test('the notice fits and names the gravest', () => {
    fc.assert(
      fc.property(anyRun, (report) => {
        const { subject, message } = noticeOf(report, '--stage prod');
        expect(subject).toMatch(/^[ -~]{1,100}$/);
        expect(bytes(message)).toBeLessThan(SNS_MAX);
        const loud = report.groups.filter(({ status }) => status !== 'in-sync');
        const gravest = BY_GRAVITY.find((status) => loud.some((group) => group.status === status));
        if (gravest !== undefined) expect(message).toMatch(new RegExp(`^### .*: ${gravest}$`, 'm'));
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  test('the answer fits and leaves out none that is graver than one it has', () => {
    fc.assert(
      fc.property(anyRun, fc.constantFrom(2_000, 300_000, 5_000_000), (report, most) => {
        const shown = reportWithin({ ...report, runId: 'r', trigger: 't' }, most);
        expect(bytes(JSON.stringify(shown))).toBeLessThanOrEqual(most + report.groups.length * 2);
        const rank = ({ status }: GroupReport) => BY_GRAVITY.indexOf(status);
        const out = report.groups.filter((group) => !shown.groups.includes(group));
        const gravestOut = Math.min(9, ...out.map(rank));
        expect(shown.groups.every((group) => rank(group) <= gravestOut)).toBe(true);
        expect(shown.groups.length + (shown.groupsLeftOut ?? 0)).toBe(report.groups.length);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  test('no log line comes near what CloudWatch and its readers take', () => {
    fc.assert(
      fc.property(anyGroup, (group) => {
        const line = lineOf({ ...group });
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(128 * 1024);
        expect(JSON.parse(line)).toMatchObject({ level: 'warn', event: 'sync.group', status: group.status });
      }),
      { numRuns: 25, endOnFailure: true },
    );
    const groups = Array.from(
      { length: 10_000 },
      (_, index) => `ali-test-project/${'g'.repeat(100)}-${index}`,
    );
    const line = JSON.parse(lineOf({ groups }));
    expect(line.groups).toHaveLength(101);
    expect(line.groups.at(-1)).toBe('and 9900 more');
  });
});

test('ranks every status by its gravity', () => {
  expect([...BY_GRAVITY].sort()).toEqual([...GROUP_STATUSES].sort());
});

test('texts are cut between characters, and lists say how much is missing', () => {
  expect(cut('a\u{1f600}b', 3)).toBe('a…');
  expect(cut('ab\u{1f600}', 4)).toBe('ab\u{1f600}');
  expect(few(['a', 'b', 'c'], 2, 'reasons')).toEqual(['a', 'b', 'and 1 more reasons']);
  expect(few(['a', 'b'], 2)).toEqual(['a', 'b']);
});
