// What a run leaves in CloudWatch, as EMF lines on stdout. Run-wide figures always; per group only what calls
// for a look, because every metric and dimension that gets a value is paid for by the month.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RunReport } from '../../core/report/report.ts';
import type { Standing } from '../../core/verdict/members.ts';

export const METRIC_NAMESPACE = 'SlsMachineGroups';

/** What asks for a person, as the alarms count it. */
export interface Attention {
  /** Groups that ask for one now and did not before: one that stands must not hide another. */
  readonly new: number;
  /** Groups that failed, but for those of which somebody said that they know. */
  readonly failing: number;
  /** How all groups stand: after a look of the schedule alone, which knows all of them. */
  readonly standing?: Standing;
}

export interface RunMetrics {
  /** @param isScheduled whether the schedule looked at all groups, whatever it found */
  record(report: RunReport, attention: Attention, isScheduled: boolean): void;
  /** The schedule has handed all groups to workers. */
  recordScheduled(attention: Attention): void;
}

/**
 * @param now milliseconds since the epoch
 * @param service value of the one dimension that run-wide figures have
 */
export function createRunMetrics(now: () => number, service: string): RunMetrics {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  // Counted from the start of this process until the first success.
  let lastSuccess = now();
  return {
    recordScheduled({ new: fresh, standing }) {
      const values = { Scheduled: 1, NewAttention: fresh, ...standing };
      for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value);
      metrics.publishStoredMetrics();
    },
    record(report, attention, isScheduled) {
      const { counts } = report;
      if (report.status === 'ok') lastSuccess = now();
      const values = {
        Runs: 1,
        Succeeded: report.status === 'ok' ? 1 : 0,
        Failed: counts.byStatus.failed,
        Added: counts.added,
        Removed: counts.removed,
        Withheld: counts.withheld,
        Refused: counts.refused,
        IncompleteSources: counts.incompleteSources,
        ApiCalls: counts.requests,
        Throttled: counts.throttled,
        Frozen: report.groups.filter(({ freeze }) => freeze !== undefined).length,
        NewAttention: attention.new,
        Failing: attention.failing,
        ...(isScheduled && { Scheduled: 1, ...attention.standing }),
      };
      for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value);
      metrics.addMetric('LastSuccessAge', MetricUnit.Seconds, Math.round((now() - lastSuccess) / 1000));
      metrics.addMetric('Duration', MetricUnit.Milliseconds, report.durationMs);
      metrics.publishStoredMetrics();
      for (const group of report.groups) recordGroup(metrics, group);
    },
  };
}

function recordGroup(metrics: Metrics, group: RunReport['groups'][number]): void {
  const values = {
    GroupRefused: group.status === 'refused' ? 1 : 0,
    GroupFailed: group.status === 'failed' ? 1 : 0,
    // What a freeze holds back calls for nobody.
    GroupWithheld: group.withheld.reduce((sum, { by, count }) => sum + (by === 'frozen' ? 0 : count), 0),
  };
  const raised = Object.entries(values).filter(([, value]) => value > 0);
  if (raised.length === 0) return;
  metrics.addDimension('group', group.group);
  for (const [name, value] of raised) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
