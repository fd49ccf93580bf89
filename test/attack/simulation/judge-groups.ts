// Judges what a run said of one group: status, reasons, lists and requests against what was seen.

import type { GroupReport } from '../../../lib/core/report/report.ts';
import { type Case, difference, JUDGES, SHOWN } from './judge-status.ts';
import type { RunRecord } from './record.ts';
import { membersOf, without } from './rules.ts';
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
  says(
    (report.status === 'failed') === (report.error !== undefined),
    () => 'failed without an error, or the reverse',
  );
  // Two looks in one report: what they come to together was judged write by write.
  if (record.rounds.length > 1) return;
  const it: Case = { run, record: record.round, report, group, says };
  judgeReading(it);
  const isWritten = report.change === 'written' || report.status === 'failed';
  says(
    isWritten || record.sent.length === 0,
    () => `wrote: ${record.sent.map(({ operation }) => operation)}`,
  );
  says(report.status === 'failed' || report.unwritten.length === 0, () => 'names unwritten calls');
  for (const held of report.withheld) judgeWithheld(it, held);
  JUDGES[report.status]?.(it);
  // Removals may be refused and the rest be written all the same.
  if (report.change !== undefined && report.change !== report.status) JUDGES[report.change]?.(it);
}

function judgeReading({ record, report: { reading, status }, group, says }: Case): void {
  if (reading === undefined) {
    says(status === 'failed', () => 'tells no reading');
    return;
  }
  const [look] = record.looks;
  const first = record.reading;
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
  const { wanted, missing, surplus } = difference(it);
  const isNamed = members.length === Math.min(count, SHOWN);
  says(isNamed, () => `names ${members.length} of ${count}`);
  if (by === 'policy') {
    const all = action === 'add' ? missing : action === 'remove' ? surplus : new Set();
    says(group.config.policy !== 'sync' && count === all.size, () => `withheld ${action} by policy`);
    return;
  }
  if (by === 'swap') {
    says(action === 'add' && count === missing.size, () => `withheld ${action} by swap`);
    return;
  }
  if (by === 'frozen' && action !== 'remove') {
    const isAdding = action === 'add' || action === 'create';
    says(!isAdding || count === missing.size, () => `withheld ${action} of ${count}, as frozen`);
    return;
  }
  says(action === 'remove', () => `withheld ${action} by ${by}`);
  // By any of its looks: a write that somebody came before is told by the one that it was made of.
  const wasThere = (member: string) => record.looks.some(({ seen }) => membersOf(seen, group).has(member));
  says(
    members.every((member) => !wanted.has(member) && wasThere(member)),
    () => 'withholds the removal of what is wanted',
  );
  if (by === 'incomplete') {
    const isSurplus = record.looks.some(({ seen }) => without(membersOf(seen, group), wanted).size === count);
    says(isSurplus && record.reading?.complete === false, () => 'withheld as incomplete');
  }
  if (by === 'empty') says(wanted.size === 0, () => 'withheld as nothing is wanted');
  if (by === 'approval')
    says(group.config.policy === 'approve-removals', () => 'withheld for approval by another policy');
}
