// Do the alarms watch what the functions measure? The names are compared as they leave the process: alarm and metric
// meet only in CloudWatch, where a wrong name is a metric without data.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { GroupStatus } from '../../lib/core/report/report.ts';
import { reportRun } from '../../lib/core/report/run.ts';
import { readSyncEnvironment } from '../../lib/runtime/environment.ts';
import { createRunMetrics } from '../../lib/runtime/sync/metrics.ts';
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

/** What a deployed function prints after a run over groups that ended so. */
function printed(...statuses: GroupStatus[]): EmfLine[] {
  const services = new Set(
    made.ofType('AWS::Lambda::Function').flatMap(({ Properties: p }) => {
      const service = p.Environment?.Variables.POWERTOOLS_SERVICE_NAME;
      return service === undefined ? [] : [String(service)];
    }),
  );
  expect(services.size).toBe(1);
  const [POWERTOOLS_SERVICE_NAME] = services;
  const { metricsService } = readSyncEnvironment({ SYNC_CONFIG: 'ssm:///test', POWERTOOLS_SERVICE_NAME });
  const groups = statuses.map((status, index) => groupReport(`group-${index}`, status));
  const report = reportRun({
    runId: 'run',
    trigger: 'test',
    mode: 'apply',
    startedAt: 0,
    durationMs: 1,
    groups,
  });
  const lines: EmfLine[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.push(JSON.parse(String(chunk)));
    return true;
  });
  try {
    createRunMetrics(() => 0, metricsService).record(report);
  } finally {
    write.mockRestore();
  }
  return lines;
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

/** Whether a period in which these lines are all there is counts against an alarm. */
function breaches(properties: Properties, lines: readonly EmfLine[]): boolean {
  const { Statistic, Threshold = Number.NaN, ComparisonOperator, TreatMissingData } = properties;
  const values = seen(properties, lines) as number[];
  if (values.length === 0) return TreatMissingData === 'breaching';
  const value = Statistic === 'Maximum' ? Math.max(...values) : values.reduce((sum, one) => sum + one, 0);
  return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value > Threshold;
}

describe('every run measures what the alarms watch', () => {
  test.each<GroupStatus>(['in-sync', 'written', 'refused', 'failed'])('after a group %s', (status) => {
    const lines = printed(status);
    for (const [id, properties] of alarms) expect(seen(properties, lines), id).toHaveLength(1);
  });
});

test.each<[string, () => EmfLine[], string[]]>([
  ['nothing at all', () => [], ['NoSuccessAlarm']],
  ['a run that finds nothing to do', () => printed('in-sync'), []],
  ['a run that writes', () => printed('written', 'in-sync'), []],
  ['a run that withholds', () => printed('withheld'), []],
  ['a refusal among successes', () => printed('refused', 'written'), ['NoSuccessAlarm', 'RefusedAlarm']],
  ['a failure among successes', () => printed('failed', 'written'), ['NoSuccessAlarm', 'FailingAlarm']],
  [
    'a failed run, and one over other groups that succeeds',
    () => [...printed('failed'), ...printed('written')],
    ['FailingAlarm'],
  ],
])('a period with %s counts against the right alarms', (_, lines, expected) => {
  const counted = [...alarms].filter(([, properties]) => breaches(properties, lines())).map(([id]) => id);
  expect(counted.sort()).toEqual([...expected].sort());
});

test('a period of the alarms is one of the schedule, whichever is chosen', () => {
  const choices = Object.entries(made.custom.every as Record<string, { rate: string; seconds: number }>);
  expect(choices.map(([minutes]) => Number(minutes))).toEqual([1, 5, 10, 15, 30, 60]);
  for (const [minutes, { rate, seconds }] of choices) {
    expect(seconds).toBe(Number(minutes) * 60);
    const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(rate) ?? [];
    expect(Number(count) * (unit === 'hour' ? 3600 : 60), rate).toBe(seconds);
  }
  const { Period, EvaluationPeriods } = alarm('NoSuccessAlarm');
  expect({ Period, EvaluationPeriods }).toEqual({ Period: 300, EvaluationPeriods: 3 });
});
