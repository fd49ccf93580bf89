// Judges every write of a run at the moment it takes effect, by what the run had been shown until then.
//
// The API has no conditional write. Between a run's last look at a group and its write, somebody else may write;
// a full update then undoes that, and no client can prevent it. A write is therefore judged by that last look,
// and what became of the group is judged as well unless somebody did get in between ("raced"). The last look
// counts only if it came after all reading and deciding: a run that does not look again has no excuse.

import { PROJECT } from '../../support/names.ts';
import { howRaced, type Intent, intentOf, isSame, lastLook, lookBefore, lostTo } from './intent.ts';
import { judgeRemovals, type RemovalDeps } from './judge-removals.ts';
import type { Seen, Sent } from './record.ts';
import { equal, membersOf, standing, without } from './rules.ts';
import { OUR_MARK, type SimGroup } from './scenario.ts';
import { CLOCKS_APART } from './spans.ts';
import { hold } from './violation.ts';

type Body = Exclude<Seen, undefined>;

/** @throws Violation */
export function judgeWrite(sent: Sent, deps: RemovalDeps): void {
  const { scenario, tally } = deps;
  const { run, key, operation, round } = sent;
  judgeFrozen(sent, deps);
  const group = scenario.groups.get(key);
  if (run.isRequest) {
    judgeOneWriter(sent, lastLook(round)?.leftAt, deps);
    if (group) noteRequest(sent, group, deps);
    return;
  }
  const where = `run ${run.id}, ${key}, ${operation}`;
  hold('no foreign group is changed', group !== undefined, () => `${where}: no configuration names it`);
  if (group === undefined) return;
  judgePolicy(sent, group, where);

  const last = lastLook(round);
  round.basis ??= last ?? { seen: sent.before };
  round.expected ??= round.basis;
  const { basis } = round;
  if (!isSame(sent.before, round.expected.seen)) {
    judgeRepeat(sent, where);
    round.raced = true;
    tally.count('writes raced by others');
    tally.count(`raced ${howRaced(sent)}`);
    tally.count('members of others undone', lostTo(sent, round.expected.seen, group).size);
  }
  judgeOneWriter(sent, last?.leftAt, deps);
  round.expected = { seen: sent.after };

  if (operation === 'CreateMachineGroup') {
    hold('no foreign group is changed', basis.seen === undefined, () => `${where}: it was there`);
  } else {
    const is = basis.seen && standing(basis.seen, group);
    hold(
      'no foreign group is changed',
      is === 'ours',
      () => `${where}: when last seen it was ${is ?? 'gone'}`,
    );
  }
  judgeFields(sent, basis.seen, group, where);
  const intent = intentOf(sent, basis.seen, group);
  judgeMembers(sent, intent, group, where);
  judgeRemovals(sent, intent.removed, group, where, deps);
  deps.ledger.noteAdded(key, sent.sentAtMs, intent.added.size);
  if (!round.raced) judgeOutcome(sent, intent, group, where);
  tally.count(`took effect ${operation}`);
  tally.count('members added', without(intent.added, membersOf(sent.before, group)).size);
  tally.count('members removed', intent.removed.size);
}

/** What a request adds under the lease is new to the group, as what a run adds. */
function noteRequest({ key, sentAtMs, before, after }: Sent, group: SimGroup, { ledger }: RemovalDeps): void {
  ledger.noteAdded(key, sentAtMs, without(membersOf(after, group), membersOf(before, group)).size);
}

/**
 * What is sent again after a wait would meet what others did in that wait, and undo it. The run has to look again
 * before; whoever writes after that look is not to be seen.
 */
function judgeRepeat(sent: Sent, where: string): void {
  const { operation, isRepeat, othersBefore } = sent;
  if (!isRepeat || operation === 'CreateMachineGroup') return;
  const look = lookBefore(sent);
  const hasLooked = look !== undefined && othersBefore < look.cameAt;
  hold('nobody else’s work is undone', hasLooked, () => `${where}: sent again without another look`);
}

/** How late a freeze may be seen: the memory has answered, and the group is read once more before it is written. */
const UNSEEN = 60_000;

/** Nothing of ours, runs and requests alike. Who had no help of the memory may not have known. */
function judgeFrozen({ run, key, sentAtMs, operation }: Sent, { ledger, memory, tally }: RemovalDeps): void {
  if (!ledger.isFrozen(key, sentAtMs - UNSEEN, sentAtMs + CLOCKS_APART)) return;
  const isExcused = memory.troubledAt >= run.startedAtMs;
  tally.count(isExcused ? 'written while frozen, unknowing' : 'written while frozen');
  hold('nothing is written in a frozen group', isExcused, () => `run ${run.id}, ${key}, ${operation}`);
}

function judgePolicy({ run, operation }: Sent, { config }: SimGroup, where: string): void {
  const { policy } = config;
  hold('policy and mode are kept', run.mode === 'apply', () => `${where}: a plan wrote`);
  const writes: Readonly<Record<string, boolean>> = {
    CreateMachineGroup: policy !== 'observe',
    UpdateMachineGroup: policy !== 'observe' && policy !== 'create-only',
  };
  hold('policy and mode are kept', writes[operation] === true, () => `${where}: the policy is ${policy}`);
}

/** A full update carries every field that was read; what it may change of them the configuration says. */
function judgeFields({ body }: Sent, seen: Seen, { config, machines }: SimGroup, where: string): void {
  const { machineList, groupAttribute, ...fields } = body as Body;
  const { externalName, groupTopic, ...attributes } = groupAttribute;
  hold('no foreign group is changed', externalName === OUR_MARK, () => `${where}: marked "${externalName}"`);
  if (seen === undefined) return;
  const { createTime: _c, lastModifyTime: _m, machineList: list, groupAttribute: was, ...expected } = seen;
  const { externalName: _e, groupTopic: topic, ...wasAttributes } = was;
  const asked = { ...expected, ...wasAttributes, topic: config.topic ?? topic };
  const given = { ...fields, ...attributes, topic: groupTopic };
  hold('no field of a group is lost', isSame(sorted(given), sorted(asked)), () => {
    return `${where}: ${JSON.stringify(sorted(given))} instead of ${JSON.stringify(sorted(asked))}`;
  });
  const canonical = machineList.map(machines.meant);
  const isUntouched = isSame(machineList, list);
  hold('no field of a group is lost', isUntouched || new Set(canonical).size === canonical.length, () => {
    return `${where}: a member twice`;
  });
}

function judgeMembers({ round }: Sent, { added, removed }: Intent, group: SimGroup, where: string): void {
  const first = round.reading;
  const strangers = without(added, first?.members ?? new Set());
  hold('nothing is added that nobody wants', strangers.size === 0, () => `${where}: ${[...strangers]}`);
  if (removed.size === 0) return;
  const { policy } = group.config;
  const mayRemove = policy === 'sync' || policy === 'approve-removals';
  hold('policy and mode are kept', mayRemove, () => `${where}: removes under policy ${policy}`);
  const isWhole = first?.members !== undefined && first.complete;
  hold('no member goes that the inventory wants', isWhole, () => {
    return `${where}: removes ${[...removed]} without having read everything`;
  });
  const wanted = [...removed].filter((member) => first?.members?.has(member));
  hold('no member goes that the inventory wants', wanted.length === 0, () => `${where}: removes ${wanted}`);
}

/**
 * Between a look before a write and the write nobody else of us writes. SLS cannot be fenced: what was given up may still
 * arrive, and without the memory there is no lease.
 */
function judgeOneWriter(sent: Sent, since: number | undefined, { cloud, memory, tally }: RemovalDeps): void {
  const { run, key } = sent;
  if (since === undefined) return;
  const others = cloud().othersSince(key.slice(PROJECT.length + 1), run, since);
  for (const { sent: other } of others) {
    if (other === undefined) continue;
    const began = Math.min(run.startedAtMs, other.run.startedAtMs);
    const isExcused = sent.isLate || other.isLate || memory.troubledAt >= began;
    tally.count('writers met', isExcused ? 0 : 1);
    hold('no two of our writers write one group at once', isExcused, () => {
      return `runs ${run.id} and ${other.run.id} write ${key}`;
    });
  }
}

/** Where nobody else wrote in between, the group is what it was but for what was meant. */
function judgeOutcome(
  { before, after }: Sent,
  { added, removed }: Intent,
  group: SimGroup,
  where: string,
): void {
  const had = membersOf(before, group);
  const has = membersOf(after, group);
  const meant = new Set([...without(had, removed), ...added]);
  hold('nobody else’s work is undone', equal(has, meant), () => {
    const gone = [...without(meant, has)];
    const came = [...without(has, meant)];
    return `${where}: gone though not meant to: ${gone}; there though not meant to: ${came}`;
  });
  const stays = before === undefined || before.createTime === after?.createTime;
  hold('nobody else’s work is undone', stays, () => `${where}: created anew`);
}

function sorted(fields: object): object {
  return Object.fromEntries(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)));
}
