// Builds the report of a run from those of its groups.

import { defined } from '../text/defined.ts';
import { cut } from '../text/few.ts';
import {
  type Counts,
  type FamilyReport,
  GROUP_STATUSES,
  type GroupReport,
  type GroupStatus,
  type RunReport,
} from './report.ts';

export interface Run extends Pick<RunReport, 'runId' | 'trigger' | 'mode' | 'durationMs' | 'groups'> {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly caller?: string | undefined;
  readonly families?: readonly FamilyReport[] | undefined;
}

export function reportRun(run: Run): RunReport {
  const { runId, trigger, caller, mode, startedAt, durationMs, groups, families = [] } = run;
  const counts = countsOf(groups);
  const has = (status: 'failed' | 'refused') =>
    counts.byStatus[status] > 0 || families.some((family) => family.status === status);
  return {
    runId,
    trigger: cut(trigger),
    ...defined({ caller: caller && cut(caller) }),
    mode,
    startedAt: new Date(startedAt).toISOString(),
    durationMs,
    status: has('failed') ? 'failed' : has('refused') ? 'refused' : 'ok',
    counts,
    groups,
    ...(families.length > 0 && { families }),
  };
}

/** The report of the same run with what its families say. */
export function withFamilies(report: RunReport, families: readonly FamilyReport[]): RunReport {
  return families.length === 0
    ? report
    : reportRun({ ...report, startedAt: Date.parse(report.startedAt), families });
}

export function countsOf(groups: readonly GroupReport[]): Counts {
  const byStatus = Object.fromEntries(GROUP_STATUSES.map((status) => [status, 0])) as Record<
    GroupStatus,
    number
  >;
  for (const { status } of groups) byStatus[status] += 1;
  const written = groups.filter(({ change }) => change === 'written');
  const pending = groups.filter(({ change }) => change === 'planned' || change === 'recorded');
  const sources = groups.flatMap((group) => group.reading?.sources ?? []);
  const requests = groups.flatMap((group) => group.requests);
  return {
    groups: groups.length,
    byStatus,
    added: sum(written, ({ additions }) => additions.count),
    removed: sum(written, ({ removals }) => removals.count),
    toAdd: sum(pending, ({ additions }) => additions.count),
    toRemove: sum(pending, ({ removals }) => removals.count),
    withheld: sum(
      groups.flatMap(({ withheld }) => withheld),
      ({ count }) => count,
    ),
    refused: byStatus.refused,
    incompleteSources: sources.filter(({ completeness }) => !completeness.complete).length,
    requests: sum(requests, ({ attempts }) => attempts),
    throttled: sum(requests, ({ throttled }) => throttled),
  };
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
