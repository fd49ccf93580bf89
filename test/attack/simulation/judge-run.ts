// Judges what a run said in the end: its status, its figures and, one by one, its groups.

import type { GroupReport, RunReport } from '../../../lib/core/report/report.ts';
import { judgeGroup } from './judge-groups.ts';
import type { RunRecord } from './record.ts';
import type { Scenario } from './scenario.ts';
import { hold } from './violation.ts';

/** @throws Violation */
export function judgeReport(run: RunRecord, report: RunReport, nowMs: number, scenario: Scenario): void {
  const where = `run ${run.id}`;
  const says = (holds: boolean, what: () => string) =>
    hold('the report equals what happened', holds, () => `${where}: ${what()}`);
  says(report.mode === run.mode, () => `mode ${report.mode}`);
  for (const group of report.groups) judgeGroup(run, group, scenario);
  const named = new Set(report.groups.map(({ group }) => group));
  for (const [key, record] of run.groups)
    says(named.has(key) || record.sent.length === 0, () => `silent on ${key}`);

  const statuses = report.groups.map(({ status }) => status);
  const isRefused = statuses.includes('refused');
  const expected = statuses.includes('failed') ? 'failed' : isRefused ? 'refused' : 'ok';
  says(report.status === expected, () => `status ${report.status}, groups ${statuses}`);
  judgeRequests(run, report, says);
  judgeCounts(report, says);
  says(
    Date.parse(report.startedAt) + report.durationMs <= nowMs + run.offsetMs,
    () => 'took longer than it took',
  );
  says(Date.parse(report.startedAt) >= run.startedAtMs + run.offsetMs, () => 'started before it started');
}

/**
 * Every call, every attempt, and only ids that the service gave. A group tells of the calls in which groups outside the run
 * were looked at for it, too; calls that look for orphans are nobody's.
 */
function judgeRequests(
  { groups }: RunRecord,
  report: RunReport,
  says: (holds: boolean, what: () => string) => void,
): void {
  const told = report.groups.flatMap(({ requests }) => requests);
  const seen = [...groups.values()];
  for (const what of ['attempts', 'throttled'] as const) {
    const sum = (all: readonly { readonly [Name in typeof what]: number }[]) =>
      all.reduce((total, one) => total + one[what], 0);
    for (const { group, requests } of report.groups) {
      const own = groups.get(group)?.[what] ?? 0;
      says(sum(requests) >= own, () => `${group}: ${sum(requests)} ${what}, seen were ${own}`);
    }
    says(sum(told) <= sum(seen), () => `${sum(told)} ${what}, seen were ${sum(seen)}`);
  }
  const unknown = told.filter(
    ({ requestId }) => requestId !== undefined && !seen.some(({ requestIds }) => requestIds.has(requestId)),
  );
  says(unknown.length === 0, () => `request ids of nothing: ${unknown.map(({ requestId }) => requestId)}`);
}

function judgeCounts(
  { counts, groups }: RunReport,
  says: (holds: boolean, what: () => string) => void,
): void {
  const sum = (of: (group: GroupReport) => number) => groups.reduce((total, group) => total + of(group), 0);
  const written = (group: GroupReport) => group.change === 'written';
  const pending = (group: GroupReport) => group.change === 'planned' || group.change === 'recorded';
  const expected = {
    added: sum((group) => (written(group) ? group.additions.count : 0)),
    removed: sum((group) => (written(group) ? group.removals.count : 0)),
    toAdd: sum((group) => (pending(group) ? group.additions.count : 0)),
    toRemove: sum((group) => (pending(group) ? group.removals.count : 0)),
    withheld: sum(({ withheld }) => withheld.reduce((total, { count }) => total + count, 0)),
    refused: sum(({ status }) => (status === 'refused' ? 1 : 0)),
    requests: sum(({ requests }) => requests.reduce((total, { attempts }) => total + attempts, 0)),
    groups: groups.length,
  };
  const { byStatus, incompleteSources: _i, throttled: _t, ...given } = counts;
  for (const [name, value] of Object.entries(expected)) {
    says(
      given[name as keyof typeof given] === value,
      () => `counts ${name} ${given[name as keyof typeof given]}`,
    );
  }
  const statuses = Object.values(byStatus).reduce((total, count) => total + count, 0);
  says(statuses === groups.length, () => `counts ${statuses} statuses`);
}
