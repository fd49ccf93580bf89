// Judges what each status of a group claims.

import type { GroupReport } from '../../../lib/core/report/report.ts';
import { intentOf, isSame, lastLook } from './intent.ts';
import type { Round, RunRecord, Seen, Sent } from './record.ts';
import { equal, membersOf, standing, without } from './rules.ts';
import { OUR_MARK, type SimGroup } from './scenario.ts';

/** Names in one list of a report. */
export const SHOWN = 100;

export interface Case {
  readonly run: RunRecord;
  readonly record: Round;
  readonly report: GroupReport;
  readonly group: SimGroup;
  readonly says: (holds: boolean, what: () => string) => void;
}

/** The whole difference that the run came upon: it looks again, if somebody wrote before it could. */
export function difference({ record, report, group }: Case) {
  const from = record.sent[0]?.leftAt ?? Number.POSITIVE_INFINITY;
  const decidedOn = record.looks.findLast(
    ({ seen: is, cameAt }) => cameAt < from && membersOf(is, group).size === report.reading?.members,
  );
  const seen = (decidedOn ?? record.looks[0])?.seen;
  const has = membersOf(seen, group);
  const wanted = record.reading?.members ?? new Set<string>();
  return { seen, has, wanted, missing: without(wanted, has), surplus: without(has, wanted) };
}

export const JUDGES: Readonly<Partial<Record<GroupReport['status'], (it: Case) => void>>> = {
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
  busy: ({ record, says }) => says(record.sent.length === 0, () => 'wrote while somebody else does'),
  frozen: ({ record, report, says }) => {
    says(report.freeze !== undefined, () => 'frozen by nobody');
    says(record.sent.length === 0, () => 'writes though frozen');
  },
  withheld: ({ report, says }) => says(report.withheld.length > 0, () => 'withholds nothing'),
  refused: judgeRefused,
  written: judgeWritten,
  failed: judgeFailed,
};

/** Lists of changes are within the difference that was seen. */
function judgeLists(it: Case, seen: Seen): void {
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

const OF_REMOVALS: ReadonlySet<string> = new Set(['empty', 'day-limit', 'week-limit', 'breaker', 'swap']);

function judgeRefused(it: Case): void {
  const { says, group, report } = it;
  const { seen, wanted, surplus } = difference(it);
  const codes = report.refusals.map(({ code }) => code);
  if (codes.includes('empty')) says(wanted.size === 0, () => 'refused as nothing is wanted');
  const isLimit = codes.some((code) => OF_REMOVALS.has(code));
  if (isLimit) says(surplus.size > 0, () => `${codes}, with nothing missing`);
  else says(seen !== undefined && standing(seen, group) === 'refused', () => `${codes}`);
}

/** Everything that is said to be written was sent, took effect, and was seen to be there afterwards. */
function judgeWritten(it: Case): void {
  const { record, group, report, says } = it;
  const basis = (record.basis ?? lastLook(record))?.seen;
  const had = membersOf(basis, group);
  const intents = record.sent.map((write) => intentOf(write, basis, group));
  const added = new Set(intents.flatMap((intent) => [...intent.added]));
  const removed = new Set(intents.flatMap((intent) => [...intent.removed]));
  // Whoever finds the group as it was to be, after an attempt that failed, may take it for its own work.
  const mayBeAnothers = record.looks.some(({ leftAt }) => leftAt > (record.sent.at(-1)?.leftAt ?? 0));
  const effects = record.sent.filter(({ effects: times }) => times > 0);
  says(effects.length > 0 || mayBeAnothers, () => 'nothing took effect');
  const isComplete = intents.every((_, index) => {
    const write = record.sent[index];
    return effects.some(({ body }) => isSame(body, write?.body));
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
  const isSent = record.sent.length > 0;
  says(!isSent || last?.seen?.groupAttribute.externalName === OUR_MARK, () => 'not marked afterwards');
}

function removedNames({ removals }: GroupReport): ReadonlySet<string> {
  return new Set(removals.members);
}

/** What is not named as unwritten took effect; of what is, at most the first call was made at all. */
function judgeFailed(it: Case): void {
  const { record, report, says } = it;
  if (report.change === undefined) {
    says(record.sent.length === 0, () => 'wrote without having decided');
    return;
  }
  const distinct = record.sent.filter(({ body }, index) => {
    const earlier = record.sent.slice(0, index);
    return !earlier.some((write) => isSame(write.body, body));
  });
  const first = distinct.length > 0 ? 1 : 0;
  const made = distinct.slice(0, Math.max(0, distinct.length - first));
  const tookEffect = ({ body }: Sent) =>
    record.sent.some((write) => write.effects > 0 && isSame(write.body, body));
  says(report.unwritten.length > 0, () => 'names no call that was not made or not confirmed');
  const [next] = report.unwritten;
  const at = distinct.at(-1);
  if (at === undefined) return;
  says(next?.operation === WORDS[at.operation], () => `stopped at ${at.operation}, says ${next?.operation}`);
  says(made.every(tookEffect), () => 'a call before that did not take effect');
}

/** What a report calls the calls that a run may make. */
const WORDS: Readonly<Record<string, string>> = {
  CreateMachineGroup: 'create',
  UpdateMachineGroup: 'update',
};
