// Judges what a run said in the end: every group's status, reasons, lists and figures against what was seen.

import type { GroupReport, RunReport } from '../../lib/core/report.ts';
import { intentOf, isSame } from './judge-writes.ts';
import type { GroupRecord, RunRecord } from './record.ts';
import { equal, mayGo, membersOf, standing, without } from './rules.ts';
import { OUR_MARK, type Scenario, type SimGroup } from './scenario.ts';
import { hold } from './violation.ts';

/** Names in one list of a report. */
const SHOWN = 100;

/** @throws Violation */
export function judgeReport(run: RunRecord, report: RunReport, nowMs: number, scenario: Scenario): void {
  const where = `run ${run.id}`;
  const says = (holds: boolean, what: () => string) =>
    hold('the report equals what happened', holds, () => `${where}: ${what()}`);
  says(report.mode === run.mode, () => `mode ${report.mode}`);
  for (const group of report.groups) judgeGroup(run, group, scenario);
  const named = new Set(report.groups.map(({ group }) => group));
  for (const [key, { sent }] of run.groups)
    says(named.has(key) || sent.length === 0, () => `silent on ${key}`);

  const wrote = [...run.groups.values()].some(({ sent }) => sent.length > 0);
  const statuses = report.groups.map(({ status }) => status);
  const isRefused = statuses.includes('refused') || report.staleApproval;
  const expected = statuses.includes('failed')
    ? 'failed'
    : isRefused || statuses.includes('stopped')
      ? 'refused'
      : 'ok';
  says(report.status === expected, () => `status ${report.status}, groups ${statuses}`);
  says(!(report.staleApproval && wrote), () => 'wrote though the approval was for no plan of it');
  const isUndecided = report.groups.some(({ status, reading }) => status === 'failed' && !reading);
  const mustStop = scenario.config.onRefusal === 'stop' && (statuses.includes('refused') || isUndecided);
  hold('policy and mode are kept', !(mustStop && wrote), () => `${where}: wrote, though a refusal stops it`);
  judgeCounts(report, says);
  says(Date.parse(report.startedAt) + report.durationMs <= nowMs, () => 'took longer than it took');
  says(Date.parse(report.startedAt) >= run.startedAtMs, () => 'started before it started');
}

function judgeCounts(
  { counts, groups }: RunReport,
  says: (holds: boolean, what: () => string) => void,
): void {
  const sum = (of: (group: GroupReport) => number) => groups.reduce((total, group) => total + of(group), 0);
  const written = (group: GroupReport) => group.status === 'written';
  const pending = (group: GroupReport) => group.status === 'planned' || group.status === 'recorded';
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

interface Case {
  readonly run: RunRecord;
  readonly record: GroupRecord;
  readonly report: GroupReport;
  readonly group: SimGroup;
  readonly says: (holds: boolean, what: () => string) => void;
}

function judgeGroup(run: RunRecord, report: GroupReport, scenario: Scenario): void {
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
  const isWritten = report.status === 'written' || report.status === 'failed';
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
  says(reading.members === membersOf(look?.seen, group).size, () => `${reading.members} members`);
  says(
    reading.wanted === first?.members?.size,
    () => `${reading.wanted} wanted, not ${first?.members?.size}`,
  );
  says(reading.complete === first?.complete, () => `complete: ${reading.complete} (${reading.reasons})`);
}

/** The whole difference that the run came upon. */
function difference({ record, group }: Case) {
  const seen = record.looks[0]?.seen;
  const has = membersOf(seen, group);
  const wanted = record.readings[0]?.members ?? new Set<string>();
  return { seen, has, wanted, missing: without(wanted, has), surplus: without(has, wanted) };
}

type Held = GroupReport['withheld'][number];

function judgeWithheld(it: Case, { by, action, count, members }: Held): void {
  const { record, group, says } = it;
  const [first, second] = record.readings;
  const { has, wanted, missing, surplus } = difference(it);
  const isNamed = members.length === Math.min(count, SHOWN);
  says(isNamed, () => `names ${members.length} of ${count}`);
  if (by === 'policy') {
    const all = action === 'add' ? missing : action === 'remove' ? surplus : new Set();
    says(group.config.policy !== 'sync' && count === all.size, () => `withheld ${action} by policy`);
    return;
  }
  says(action === 'remove', () => `withheld ${action} by ${by}`);
  if (by === 'second-look') {
    const spared =
      second?.complete && second.members ? members.filter((m) => second.members?.has(m)) : members;
    const isRight = spared.length === members.length && members.every((member) => surplus.has(member));
    says(isRight, () => `withheld by a second look that wants ${spared.length} of ${members.length}`);
    return;
  }
  const isAll = count === surplus.size;
  if (by === 'incomplete') says(isAll && first?.complete === false, () => 'withheld as incomplete');
  else says(isAll && equal(surplus, has) && wanted.size > 0, () => 'withheld as the last members');
}

const JUDGES: Readonly<Partial<Record<GroupReport['status'], (it: Case) => void>>> = {
  'in-sync': (it) => {
    const { seen, missing, surplus } = difference(it);
    const { group, says } = it;
    says(missing.size + surplus.size === 0, () => `missing ${[...missing]}, too many ${[...surplus]}`);
    says(seen?.groupAttribute.externalName === OUR_MARK, () => 'not ours');
    const { topic } = group.config;
    says(topic === undefined || topic === seen?.groupAttribute.groupTopic, () => 'another topic');
  },
  'left-alone': (it) => {
    const { seen } = difference(it);
    it.says(seen !== undefined && standing(seen, it.group) === 'left-alone', () => 'left alone though ours');
  },
  planned: (it) => {
    it.says(it.run.mode === 'plan', () => 'planned in a run that writes');
    judgeLists(it, it.record.looks[0]?.seen);
  },
  recorded: (it) => {
    it.says(it.group.config.policy === 'observe', () => 'recorded though not observing');
    judgeLists(it, it.record.looks[0]?.seen);
  },
  withheld: ({ report, says }) => says(report.withheld.length > 0, () => 'withholds nothing'),
  refused: judgeRefused,
  written: judgeWritten,
  failed: judgeFailed,
};

/** Lists of changes are within the difference that was seen. */
function judgeLists(it: Case, seen: GroupRecord['looks'][number]['seen']): void {
  const { missing, surplus } = difference(it);
  const { additions, removals } = it.report;
  it.says(
    additions.members.every((member) => missing.has(member)),
    () => 'adds what is there',
  );
  it.says(
    removals.members.every((member) => surplus.has(member)),
    () => 'removes what is wanted',
  );
  it.says(additions.count === 0 || additions.count === missing.size, () => `adds ${additions.count}`);
  it.says(seen !== undefined || removals.count === 0, () => 'removes from nothing');
}

function judgeRefused(it: Case): void {
  const { says, group, report } = it;
  const { seen, has, wanted, surplus } = difference(it);
  const codes = report.refusals.map(({ code }) => code);
  const isLimit = codes.some((code) => code === 'empty' || code === 'share' || code === 'count');
  if (isLimit) says(!mayGo(surplus.size, has.size, wanted.size, group), () => `${codes} within the limits`);
  else if (codes.includes('moved-since-approval')) {
    const second = it.record.readings[1]?.members;
    says(
      [...surplus].some((member) => second?.has(member)),
      () => 'nothing moved',
    );
  } else says(seen !== undefined && standing(seen, group) === 'refused', () => `${codes}`);
}

/** Everything that is said to be written was sent, took effect, and was seen to be there afterwards. */
function judgeWritten(it: Case): void {
  const { record, group, report, says } = it;
  const basis = record.basis?.seen;
  const had = membersOf(basis, group);
  const intents = record.sent.map((write) => intentOf(write, basis, group));
  const added = new Set(intents.flatMap((intent) => [...intent.added]));
  const removed = new Set(intents.flatMap((intent) => [...intent.removed]));
  // Whoever finds the group there as it was to be created may take it for its own work.
  const mayBeAnothers = report.changes.includes('create') && record.sent.length > 1;
  const effects = record.sent.filter(({ effects: times }) => times > 0);
  says(effects.length > 0 || mayBeAnothers, () => 'nothing took effect');
  const isComplete = intents.every((_, index) => {
    const write = record.sent[index];
    return effects.some(({ body, action }) => action === write?.action && isSame(body, write?.body));
  });
  says(isComplete || mayBeAnothers, () => 'not all of it took effect');
  for (const [name, list, meant, others] of [
    ['adds', report.additions, added, had],
    ['removes', report.removals, removed, without(removedNames(report), had)],
  ] as const) {
    if (list.count > SHOWN) continue;
    const told = without(list.members, others);
    says(equal(told, meant), () => `${name} ${list.members}, meant were ${[...meant]}`);
  }
  const last = record.looks.at(-1);
  const shown = membersOf(last?.seen, group);
  const isAfter = last !== undefined && last.leftAt > (record.sent.at(-1)?.leftAt ?? 0);
  says(isAfter, () => 'nobody looked whether it was');
  says(
    [...added].every((member) => shown.has(member)),
    () => 'what was added is not there',
  );
  says(
    [...removed].every((member) => !shown.has(member)),
    () => 'what was removed is there',
  );
  // Single machines are added and deleted without touching the mark, whoever changed it meanwhile.
  const marks = record.sent.some(({ action }) => action === undefined);
  says(!marks || last?.seen?.groupAttribute.externalName === OUR_MARK, () => 'not marked afterwards');
}

function removedNames({ removals }: GroupReport): ReadonlySet<string> {
  return new Set(removals.members);
}

/** What is not named as unwritten took effect; of what is, at most the first call was made at all. */
function judgeFailed(it: Case): void {
  const { record, report, says } = it;
  if (report.fingerprint === undefined) {
    says(record.sent.length === 0, () => 'wrote without having decided');
    return;
  }
  const distinct = record.sent.filter(({ action, body }, index) => {
    const earlier = record.sent.slice(0, index);
    return !earlier.some((write) => write.action === action && isSame(write.body, body));
  });
  const first = distinct.length > 0 ? 1 : 0;
  const made = distinct.slice(0, Math.max(0, distinct.length - first));
  const tookEffect = ({ action, body }: (typeof distinct)[number]) =>
    record.sent.some((write) => write.effects > 0 && write.action === action && isSame(write.body, body));
  says(report.unwritten.length > 0, () => 'names no call that was not made or not confirmed');
  const [next] = report.unwritten;
  const at = distinct.at(-1);
  if (at === undefined) return;
  says(
    next?.operation === wordFor(at.operation, at.action),
    () => `stopped at ${at.operation}, says ${next?.operation}`,
  );
  says(made.every(tookEffect), () => 'a call before that did not take effect');
}

function wordFor(operation: string, action: string | undefined): string {
  if (action !== undefined) return action;
  return operation === 'CreateMachineGroup' ? 'create' : 'update';
}
