// Do the alarms watch what the functions measure? The names are compared as they leave the process: alarm and metric
// meet only in CloudWatch, where a wrong name is a metric without data.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { GroupStatus } from '../../lib/core/report/report.ts';
import { reportRun } from '../../lib/core/report/run.ts';
import { createCoverageMetrics } from '../../lib/runtime/coverage/metrics.ts';
import { readSyncEnvironment } from '../../lib/runtime/environment.ts';
import { type Attention, createRunMetrics } from '../../lib/runtime/sync/metrics.ts';
import { groupReport } from '../support/group-report.ts';
import { oslsPackage, type Package, type Properties } from './osls.ts';

/** One line of CloudWatch's embedded metric format. */
interface EmfLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

let made: Package;
let alarms: Map<string, Properties>;
beforeAll(async () => {
  made = await oslsPackage();
  const all = made.ofType('AWS::CloudWatch::Alarm').map(({ id, Properties: p }) => [id, p] as const);
  alarms = new Map(all.filter(([, { Namespace }]) => Namespace === 'SlsMachineGroups'));
}, 300_000);
afterAll(() => made?.remove());

const alarm = (id: string): Properties => alarms.get(id) ?? expect.fail(`no alarm ${id}`);

/** What a deployed function prints after a run of this kind over groups that ended so. */
function printed(
  statuses: readonly GroupStatus[],
  attention: Attention = { new: 0, failing: 0 },
  via: 'schedule' | 'event' | 'fan-out' = 'schedule',
): EmfLine[] {
  const metricsService = deployedService();
  const groups = statuses.map((status, index) => groupReport(`group-${index}`, status));
  const report = reportRun({
    runId: 'run',
    trigger: 'test',
    mode: 'apply',
    startedAt: 0,
    durationMs: 1,
    groups,
  });
  return linesOf(() => {
    const metrics = createRunMetrics(() => 0, metricsService);
    if (via === 'fan-out') metrics.recordScheduled(attention);
    else metrics.record(report, attention, via === 'schedule');
  });
}

/** The one that all functions have. */
function deployedService(): string {
  const services = new Set(
    made.ofType('AWS::Lambda::Function').flatMap(({ Properties: p }) => {
      const service = p.Environment?.Variables.POWERTOOLS_SERVICE_NAME;
      return service === undefined ? [] : [String(service)];
    }),
  );
  expect(services.size).toBe(1);
  const [POWERTOOLS_SERVICE_NAME] = services;
  return readSyncEnvironment({ SYNC_CONFIG: 'ssm:///test', POWERTOOLS_SERVICE_NAME }).metricsService;
}

function linesOf(print: () => void): EmfLine[] {
  const lines: EmfLine[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.push(JSON.parse(String(chunk)));
    return true;
  });
  try {
    print();
  } finally {
    write.mockRestore();
  }
  return lines;
}

/** What it prints after a look at who reports. */
function looked(drops: number): EmfLine[] {
  const one = { reporting: 9, silent: 1, never: 0, starting: 0, elsewhere: 0, strangers: 0 };
  const total = { groups: 1, unmeasured: 0, dropped: drops, wanted: 10, ...one, share: 0.9 };
  return linesOf(() => createCoverageMetrics(deployedService()).record(total, drops));
}

/** Values that an alarm sees of some lines: those with its namespace, its metric and exactly its dimensions. */
function seen(
  { Namespace, MetricName = '', Dimensions = [] }: Properties,
  lines: readonly EmfLine[],
): unknown[] {
  const names = Dimensions.map(({ Name }) => Name).sort();
  return lines
    .filter((line) =>
      line._aws.CloudWatchMetrics.some(
        (directive) =>
          directive.Namespace === Namespace &&
          directive.Metrics.some(({ Name }) => Name === MetricName) &&
          directive.Dimensions.some((set) => [...set].sort().join() === names.join()),
      ),
    )
    .filter((line) => Dimensions.every(({ Name, Value }) => line[Name] === Value))
    .map((line) => line[MetricName]);
}

/** Whether a period in which these values are all there is breaches. */
function breaches(properties: Properties, values: readonly number[]): boolean {
  const { Statistic, Threshold = Number.NaN, ComparisonOperator, TreatMissingData } = properties;
  if (values.length === 0) return TreatMissingData === 'breaching';
  const value = Statistic === 'Maximum' ? Math.max(...values) : values.reduce((sum, one) => sum + one, 0);
  return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value > Threshold;
}

/** Periods in which an alarm begins to ring, each period given with what is printed in it. */
function ringsIn(properties: Properties, periods: readonly (readonly EmfLine[])[]): number[] {
  const { EvaluationPeriods = Number.NaN } = properties;
  const breached = periods.map((lines) => breaches(properties, seen(properties, lines) as number[]));
  const rings = breached.map(
    (_, at) =>
      at + 1 >= EvaluationPeriods && breached.slice(at + 1 - EvaluationPeriods, at + 1).every((one) => one),
  );
  return rings.flatMap((is, at) => (is && !rings[at - 1] ? at : []));
}

describe('every run measures what the alarms watch', () => {
  test.each<GroupStatus>(['in-sync', 'written', 'refused', 'failed'])('after a group %s', (status) => {
    const lines = printed([status]);
    for (const [id, properties] of alarms)
      expect(seen(properties, lines), id).toHaveLength(id === 'CoverageAlarm' ? 0 : 1);
    expect(seen(alarm('CoverageAlarm'), looked(0))).toEqual([0]);
  });
});

const GOOD = () => printed(['in-sync']);
const EVENT = () => printed(['written'], { new: 0, failing: 0 }, 'event');
const FANS_OUT = () => printed([], { new: 0, failing: 0 }, 'fan-out');
const BEGINS = () => printed(['refused', 'in-sync'], { new: 1, failing: 0 });
const STANDS = () => printed(['refused', 'in-sync']);
const FAILS = () => printed(['failed', 'in-sync'], { new: 0, failing: 1 });
const LOOKS = (drops: number) => [...GOOD(), ...looked(drops)];
const NOTHING = (): EmfLine[] => [];
const times = (count: number, lines: () => EmfLine[]) => Array.from({ length: count }, lines);

// Each alarm by its own definition: statistic, threshold, missing data and number of periods.
test.each<[string, () => EmfLine[][], Record<string, number[]>]>([
  ['all is well', () => times(9, GOOD), {}],
  ['the schedule hands all groups to workers', () => times(9, FANS_OUT), {}],
  ['nothing runs', () => times(9, NOTHING), { DeadScheduleAlarm: [2] }],
  [
    'runs over one group succeed, and the schedule is dead',
    () => times(9, EVENT),
    { DeadScheduleAlarm: [2] },
  ],
  ['one tick of the schedule is lost, then two', () => [GOOD(), [], GOOD(), [], [], GOOD()], {}],
  [
    'a group is refused, and stays so',
    () => [GOOD(), BEGINS(), ...times(9, STANDS)],
    { AttentionAlarm: [1] },
  ],
  [
    'another group is refused while one stands',
    () => [GOOD(), BEGINS(), ...times(4, STANDS), BEGINS(), STANDS()],
    { AttentionAlarm: [1, 6] },
  ],
  ['a group fails twice', () => [FAILS(), FAILS(), GOOD(), GOOD()], {}],
  ['a group fails every time', () => times(9, FAILS), { FailingAlarm: [2] }],
  [
    'a group fails every time, and an event over another succeeds',
    () => times(9, () => [...FAILS(), ...EVENT()]),
    { FailingAlarm: [2] },
  ],
  ['who reports stands', () => times(9, () => LOOKS(0)), {}],
  [
    'fewer report in some group, which stands, and then in two others',
    () => [LOOKS(0), LOOKS(1), ...times(3, () => LOOKS(0)), LOOKS(2), LOOKS(0)],
    { CoverageAlarm: [1, 5] },
  ],
  ['nobody looks who reports', () => times(9, GOOD), {}],
  ['a group fails every time, and somebody knows', () => times(9, () => printed(['failed'])), {}],
])('[16] the right alarms ring: %s', (_, periods, expected) => {
  const all = periods();
  const rang = [...alarms].map(([id, properties]) => [id, ringsIn(properties, all)] as const);
  expect(Object.fromEntries(rang.filter(([, at]) => at.length > 0))).toEqual(expected);
});

test('an alarm on dead letters rings while there are any, whatever the runs do', () => {
  const ofLetters = made
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ Properties: { MetricName } }) => MetricName === 'ApproximateNumberOfMessagesVisible');
  expect(ofLetters.map(({ id }) => id).sort()).toEqual(['DeadLettersAlarm', 'WorkDeadLettersAlarm']);
  for (const { Properties: properties } of ofLetters) {
    expect([[], [0], [0, 2], [2], [0]].map((values) => breaches(properties, values))).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(properties.EvaluationPeriods).toBe(1);
  }
});

test('a period of the alarms is one of the schedule, whichever is chosen', () => {
  const choices = Object.entries(made.custom.every as Record<string, { rate: string; seconds: number }>);
  expect(choices.map(([minutes]) => Number(minutes))).toEqual([1, 5, 10, 15, 30, 60]);
  for (const [minutes, { rate, seconds }] of choices) {
    expect(seconds).toBe(Number(minutes) * 60);
    const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(rate) ?? [];
    expect(Number(count) * (unit === 'hour' ? 3600 : 60), rate).toBe(seconds);
  }
  for (const [minutes, { rate, seconds }] of Object.entries(
    made.custom.covers as Record<string, { rate: string; seconds: number }>,
  )) {
    const { rate: same } = (made.custom.every as Record<string, { rate: string }>)[seconds / 60] ?? {};
    expect(rate, minutes).toBe(same);
    if (minutes !== 'off') expect(seconds).toBe(Number(minutes) * 60);
  }
  expect(alarm('CoverageAlarm').Period).toBe(1800);
  const { Period, EvaluationPeriods } = alarm('DeadScheduleAlarm');
  expect({ Period, EvaluationPeriods }).toEqual({ Period: 300, EvaluationPeriods: 3 });
});
