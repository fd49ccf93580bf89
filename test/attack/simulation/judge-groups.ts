// Judges what a run said of one group: status, reasons, lists and requests against what was seen.

import type { GroupReport } from '../../../lib/core/report/report.ts';
import { type Case, difference, JUDGES, SHOWN } from './judge-status.ts';
import type { RunRecord } from './record.ts';
import { mayGo, membersOf } from './rules.ts';
import type { Scenario } from './scenario.ts';
import { hold } from './violation.ts';

/** @throws Violation */
export function judgeGroup(run: RunRecord, report: GroupReport, scenario: Scenario): void {
  const group = scenario.groups.get(report.group);
  const where = `run ${run.id}, ${report.group} ${report.status}`;
  const says = (holds: boolean, what: () => string) =>
    hold('the report equals what happened', holds, () => `${where}: ${what()}`);
  says(group !== undefined, () => 'no configuration names it');
  if (group === undefined) return;
  const record = run.group(report.group);
  const it: Case = { run, record, report, group, says };
  judgeRequests(it);
  judgeReading(it);
  const isWritten = report.change === 'written' || report.status === 'failed';
  says(
    isWritten || record.sent.length === 0,
    () => `wrote: ${record.sent.map(({ operation }) => operation)}`,
  );
  says(
    (report.status === 'failed') === (report.error !== undefined),
    () => 'failed without an error, or the reverse',
  );
  says(report.status === 'failed' || report.unwritten.length === 0, () => 'names unwritten calls');
  for (const held of report.withheld) judgeWithheld(it, held);
  JUDGES[report.status]?.(it);
  // Removals may be refused and the rest be written all the same.
  if (report.change !== undefined && report.change !== report.status) JUDGES[report.change]?.(it);
}

/** Every call, every attempt, and only ids that the service gave. */
function judgeRequests({ record, report: { requests }, says }: Case): void {
  const attempts = requests.reduce((total, request) => total + request.attempts, 0);
  says(attempts === record.attempts, () => `${attempts} attempts, seen were ${record.attempts}`);
  const throttled = requests.reduce((total, request) => total + request.throttled, 0);
  says(throttled === record.throttled, () => `${throttled} throttled, seen were ${record.throttled}`);
  const unknown = requests.filter(
    ({ requestId }) => requestId !== undefined && !record.requestIds.has(requestId),
  );
  says(unknown.length === 0, () => `request ids of nothing: ${unknown.map(({ requestId }) => requestId)}`);
}

function judgeReading({ record, report: { reading, status }, group, says }: Case): void {
  if (reading === undefined) {
    says(status === 'failed', () => 'tells no reading');
    return;
  }
  const [look] = record.looks;
  const [first] = record.readings;
  says(look !== undefined && first?.members !== undefined, () => 'tells of a reading that failed');
  const isSeen = record.looks.some(({ seen }) => membersOf(seen, group).size === reading.members);
  says(isSeen, () => `${reading.members} members`);
  says(
    reading.wanted === first?.members?.size,
    () => `${reading.wanted} wanted, not ${first?.members?.size}`,
  );
  says(reading.complete === first?.complete, () => `complete: ${reading.complete} (${reading.reasons})`);
}

type Held = GroupReport['withheld'][number];

function judgeWithheld(it: Case, { by, action, count, members }: Held): void {
  const { record, group, says } = it;
  const [first] = record.readings;
  const { has, wanted, missing, surplus } = difference(it);
  const isNamed = members.length === Math.min(count, SHOWN);
  says(isNamed, () => `names ${members.length} of ${count}`);
  if (by === 'policy') {
    const all = action === 'add' ? missing : action === 'remove' ? surplus : new Set();
    says(group.config.policy !== 'sync' && count === all.size, () => `withheld ${action} by policy`);
    return;
  }
  says(action === 'remove', () => `withheld ${action} by ${by}`);
  const isAll = count === surplus.size;
  if (by === 'incomplete') says(isAll && first?.complete === false, () => 'withheld as incomplete');
  else if (by === 'empty') says(wanted.size === 0, () => 'withheld as nothing is wanted');
  else if (by === 'limit')
    says(
      !mayGo(count, has.size, wanted.size, group),
      () => `withheld ${count} of ${has.size} within the limit`,
    );
  // Members that came after the memory had been read.
  else says(by === 'patience', () => `withheld by ${by}`);
}
