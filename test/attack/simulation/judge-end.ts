// Judges how an invocation ended: that it ended at all, by its own means, and that what it returned or threw is
// what its report says.

import type { GroupReport, RunReport } from '../../../lib/core/report/report.ts';
import { SyncFailed } from '../../../lib/runtime/sync/event-function.ts';
import { expectedFailures, type Occasion } from './events.ts';
import type { End } from './invocation.ts';
import { judgeReport } from './judge-run.ts';
import { judgeVerdicts } from './judge-verdicts.ts';
import type { RunRecord } from './record.ts';
import type { Setting } from './setting.ts';
import type { Tally } from './tally.ts';
import { hold } from './violation.ts';

export interface Ended {
  readonly record: RunRecord;
  readonly end: End;
  readonly occasion: Occasion;
  readonly event: unknown;
}

/**
 * @param refused kept up to date: groups that the latest report about them calls refused
 * @returns whether the event has to come again
 * @throws Violation
 */
export function judgeEnd(ended: Ended, refused: Set<string>, setting: Setting): boolean {
  const { record, end, occasion } = ended;
  if (end.how === 'killed') return true;
  const isOurs = end.how === 'returned' || end.error instanceof SyncFailed;
  hold('runs end', isOurs, () => {
    return `run ${record.id} threw ${end.how === 'threw' ? (end.error as Error).stack : ''}`;
  });
  if (record.mode === 'plan' && end.how === 'returned') record.report = end.value as RunReport;
  const { report } = record;
  if (report === undefined) {
    // A plan that failed throws, and its report is in the log only; an event that concerns nothing runs nothing.
    const wrote = [...record.groups.values()].some(({ sent }) => sent.length > 0);
    const mayBeSilent = record.mode === 'plan' || (end.how === 'returned' && record.groups.size === 0);
    hold('the report equals what happened', mayBeSilent && !wrote, () => `run ${record.id} has no report`);
    return false;
  }
  const { tally, journal, time, scenario } = setting;
  for (const { group, status } of report.groups) {
    if (status === 'refused') refused.add(group);
    else refused.delete(group);
  }
  count(report, tally);
  journal.note(() => `run ${record.id} reports ${report.groups.map(toldOf).join('; ')}`);
  judgeReport(record, report, time.now(), scenario);
  const having = (...statuses: string[]) =>
    report.groups.filter(({ status }) => statuses.includes(status)).map(({ group }) => group);
  const failed = occasion.kind === 'inventory' ? having('failed', 'busy') : having('failed');
  judgeOutcome(ended, failed, setting);
  judgeVerdicts(record, report, occasion.kind, setting);
  return failed.length > 0;
}

/** A queue is told which records have to come again; everything else fails as a whole. */
function judgeOutcome(
  { record, end, occasion, event }: Ended,
  failed: string[],
  { scenario }: Setting,
): void {
  const says = (holds: boolean, what: string) =>
    hold('the report equals what happened', holds, () => `run ${record.id}: ${what}`);
  if (occasion.kind !== 'inventory') {
    says((end.how === 'threw') === failed.length > 0, `${end.how}, ${failed.length} groups failed`);
    return;
  }
  const value = end.how === 'returned' ? JSON.stringify(end.value) : 'an error';
  const expected = JSON.stringify(expectedFailures(event, failed, scenario));
  says(value === expected, `${value}, not ${expected}`);
}

function count({ groups }: RunReport, tally: Tally): void {
  for (const { status, error, withheld, refusals } of groups) {
    tally.count(`group ${status}${error ? ` ${error.code}` : ''}`);
    for (const { by } of withheld) tally.count(`withheld ${by}`);
    for (const { code } of refusals) tally.count(`refusal ${code}`);
  }
  if (groups.some(({ approvals, change }) => approvals.length > 0 && change === 'written')) {
    tally.count('approvals used');
  }
  for (const { change, leaving } of groups) {
    if (change === 'written')
      for (const { class: found, count: gone } of leaving) tally.count(`left as ${found}`, gone);
  }
}

/** A group's report in a few words. */
function toldOf({ group, status, additions, removals, error, refusals, withheld }: GroupReport): string {
  const held = withheld.map(({ by, count: members }) => ` ${members} withheld: ${by}`);
  const why = [error?.code, ...refusals.map(({ code }) => code)].filter((code) => code !== undefined);
  return `${group} ${status} +${additions.count} -${removals.count} ${why.join(' ')}${held.join('')}`;
}
