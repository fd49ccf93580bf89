// Judges removals over a row of runs, by what the world knows: who reports, who has been missing for how long, and how many
// went without proof. None of the product's rules are used; where a rule leaves room, so does this.

import type { Heartbeat } from '../../support/standin/state.ts';
import type { Cloud } from './cloud.ts';
import type { NotedReading } from './ledger.ts';
import type { Listed, Sent } from './record.ts';
import { membersOf } from './rules.ts';
import { othersLike, type SimGroup } from './scenario.ts';
import type { Setting } from './setting.ts';
import { CLOCKS_APART, DAY, HOUR } from './spans.ts';
import { hold } from './violation.ts';

export interface RemovalDeps extends Setting {
  readonly cloud: () => Cloud;
}

const READINGS = 3;

interface Case {
  readonly sent: Sent;
  readonly group: SimGroup;
  readonly where: string;
  readonly deps: RemovalDeps;
}

/** @param removed members that the write takes away @throws Violation */
export function judgeRemovals(
  sent: Sent,
  removed: ReadonlySet<string>,
  group: SimGroup,
  where: string,
  deps: RemovalDeps,
): void {
  const { ledger, tally } = deps;
  const { run, key } = sent;
  const it: Case = { sent, group, where, deps };
  const unapproved = [...removed].filter(
    (member) => !ledger.isApproved(key, member, run, listedAgainAt(member, it)),
  );
  tally.count('removals approved', removed.size - unapproved.length);
  const { policy } = group.config;
  hold('policy and mode are kept', policy !== 'approve-removals' || unapproved.length === 0, () => {
    return `${where}: removes ${unapproved} that nobody approved`;
  });
  for (const member of removed) judgeOrder(member, it);
  let weak = 0;
  for (const member of unapproved) {
    judgePatience(member, it);
    const found = classOf(member, it);
    tally.count(`went as ${found}`);
    const counted = run.group(key).weak;
    if (found === 'weak' && !counted.has(member)) weak += 1;
    if (found === 'weak') counted.add(member);
  }
  judgeLimits(weak, it);
}

/** When the last reading began that lists it and that the memory knew by then; 0 for none: approvals of before are over. */
function listedAgainAt(member: string, { sent, deps: { ledger } }: Case): number {
  const lookedAt = sent.round.looks.at(-1)?.leftAt ?? 0;
  const known = Math.max(ledger.bornAt, ledger.restoredAt);
  const listing = ledger.readings(sent.key).find(({ run, round }, at, all) => {
    const isKnown = run.startedAtMs > known && isRemembered(all[at] as NotedReading, sent.key, lookedAt);
    return isKnown && round.reading?.members?.has(member) === true;
  });
  return listing?.round.reading?.beganAt ?? 0;
}

type Found = 'moved' | 'reused' | 'proven' | 'weak';

/** @throws Violation for a machine of which the run was shown that it reports, or that it did not ask about */
function classOf(member: string, { sent, group, where, deps }: Case): Found {
  const { agents, time, ledger } = deps;
  const { safety } = group.config;
  const { listings, listingsAsked } = sent.round;
  if (isElsewhere(member, sent, group, deps)) return 'moved';
  const reused = agents.reusedAt(member) > 0;
  if (safety.heartbeats === 'use' && !reused) {
    const reports = listings.length > 0 && listings.every((listed) => reportingIn(listed, group).has(member));
    hold('no machine that reports is removed', !reports, () => `${where}: ${member} reports`);
    const isAsked = listingsAsked > 0 || !agents.runs(member, time.now());
    hold(
      'no machine that reports is removed',
      isAsked,
      () => `${where}: nobody asked whether ${member} reports`,
    );
  }
  const last = listings.at(-1);
  const isNew = sent.sentAtMs - ledger.bornAt < DAY - CLOCKS_APART;
  if (isNew || last === undefined || safety.heartbeats === 'ignore' || isDeaf(last, sent, group, deps))
    return 'weak';
  if (!last.rows.some((row) => nameIn(row, group) === member)) return 'weak';
  return reused ? 'reused' : 'proven';
}

function nameIn(row: Heartbeat, { config }: SimGroup): string | undefined {
  return config.identify === 'ip' ? row.ip : row['userdefined-id'];
}

/** Members of which the service shows a heartbeat that is fresh by its own clock. */
function reportingIn({ rows, answeredAt }: Listed, group: SimGroup): ReadonlySet<string | undefined> {
  const oldest = answeredAt - group.config.safety.silentAfter * 1_000;
  const fresh = rows.filter(({ lastHeartbeatTime }) => lastHeartbeatTime * 1_000 > oldest);
  return new Set(fresh.map((row) => nameIn(row, group)));
}

/**
 * Another group of the configuration has it, or had when the run looked: what others do between two looks shows in the next
 * run. If the run has read that group's inventory as well, it was told that it belongs there; of a group outside the run
 * only what SLS has is known.
 */
function isElsewhere(
  member: string,
  { run }: Sent,
  { config }: SimGroup,
  { scenario, cloud }: RemovalDeps,
): boolean {
  return othersLike(config, scenario).some((other) => {
    const looked = run.groups.get(other.config.key);
    const reading = looked?.round.reading;
    const isWanted = reading === undefined || reading.members?.has(member) === true;
    const seen = looked?.rounds.flatMap(({ looks }) => looks.map((look) => look.seen)) ?? [];
    return (
      isWanted &&
      [cloud().groups.get(other.config.name), ...seen].some((is) => membersOf(is, other).has(member))
    );
  });
}

/** Hears fewer than half of those who stay, while none of them is new. */
function isDeaf(listed: Listed, { round, key, sentAtMs }: Sent, group: SimGroup, deps: RemovalDeps): boolean {
  if (deps.ledger.added(key, sentAtMs - 3 * HOUR) > 0) return false;
  const reporting = reportingIn(listed, group);
  const staying = [...membersOf(round.basis?.seen, group)].filter((member) =>
    round.reading?.members?.has(member),
  );
  return staying.filter((member) => reporting.has(member)).length * 2 < staying.length;
}

/** Missing from three complete readings and for `removeAfter`, by the readings that every run has made. */
function judgePatience(member: string, { sent, group, where, deps }: Case): void {
  const { ledger, time } = deps;
  if (time.now() - ledger.restoredAt < DAY) return;
  const lookedAt = sent.round.looks.at(-1)?.leftAt ?? 0;
  const began = sent.round.reading?.beganAt ?? 0;
  let readings = 0;
  let first = began;
  const { removeAfter } = group.config.safety;
  // What was missing before the end of a freeze counts as missing from that end on, and as read by nobody yet.
  const thawedAt = ledger.thawedAt(sent.key, time.now()) - CLOCKS_APART;
  const isLongAgo = () => readings >= READINGS && began - first >= removeAfter * 1_000 - CLOCKS_APART;
  const all = ledger.readings(sent.key);
  for (const [index, noted] of all.entries()) {
    const { reading } = noted.round;
    if (reading?.members === undefined) continue;
    if (reading.beganAt < thawedAt) {
      if (!reading.members.has(member)) first = Math.min(first, thawedAt);
      break;
    }
    if (!reading.members.has(member)) {
      if (!reading.complete) continue;
      readings += 1;
      first = Math.min(first, reading.beganAt);
      if (isLongAgo()) return;
    } else if (
      isRemembered(noted, sent.key, lookedAt) &&
      wasMissing(member, noted, all.slice(index + 1), sent.key)
    ) {
      break;
    }
  }
  hold('no removal is made before its time', isLongAgo(), () => {
    return `${where}: ${member} missing from ${readings} readings, for ${(began - first) / 1_000} s`;
  });
}

/** Where nothing was missing, and nothing is, a run has nothing to say to the memory. */
function wasMissing(
  member: string,
  { run }: NotedReading,
  earlier: readonly NotedReading[],
  key: string,
): boolean {
  const last = earlier.find((noted) => {
    const isOver = (noted.run.overAtMs ?? Number.POSITIVE_INFINITY) <= run.startedAtMs;
    return isOver && isRemembered(noted, key, Number.POSITIVE_INFINITY);
  });
  return last?.round.reading?.members?.has(member) === false;
}

/** A reading that began before one that was acted on removes nothing. */
function judgeOrder(member: string, { sent, where, deps }: Case): void {
  const { ledger } = deps;
  const lookedAt = sent.round.looks.at(-1)?.leftAt ?? 0;
  const began = sent.round.reading?.beganAt ?? 0;
  const newer = ledger
    .readings(sent.key)
    .find((noted) => (noted.round.reading?.beganAt ?? 0) > began && isRemembered(noted, sent.key, lookedAt));
  hold('an older reading removes nothing', newer === undefined, () => {
    return `${where}: removes ${member} by a reading older than that of run ${newer?.run.id}`;
  });
}

/** Whether the memory knows of it: its run was over by then and had no trouble to say what it had learnt. */
function isRemembered({ run }: NotedReading, key: string, by: number): boolean {
  if (run.overAt === undefined || run.overAt > by || run.hadTrouble || run.conflicts.has(`group ${key}`))
    return false;
  const told = run.report?.groups.find(({ group }) => group === key);
  if (told?.reading === undefined) return false;
  return (
    (told.status === 'in-sync' || told.status === 'withheld' || told.status === 'written') &&
    run.group(key).rounds.length === 1
  );
}

/** In any 24 hours and in any 7 days, all runs together. */
function judgeLimits(weak: number, { sent, group, where, deps }: Case): void {
  const { ledger, memory } = deps;
  const { key, round, sentAtMs: now } = sent;
  if (weak === 0) return;
  const wanted = round.reading?.members?.size ?? 0;
  const { config, percent } = group;
  const few = config.safety.maxSmallRemovals;
  hold('no removal beyond the limits without approval', wanted > 0 || config.allowEmpty, () => {
    return `${where}: removes ${weak} where nothing is wanted`;
  });
  if (wanted > 0) {
    // What was added while the memory was away is not known to be new.
    const isKnown = memory.troubledAt < now - DAY;
    const members = membersOf(round.basis?.seen, group).size - (isKnown ? ledger.added(key, now - DAY) : 0);
    for (const [span, share] of [
      [DAY, percent],
      [7 * DAY, Math.max(50, percent)],
    ] as const) {
      const gone = ledger.weak(key, now - span);
      const all = gone + weak;
      const isWithin = all <= few || all * 100 <= share * (Math.max(0, members) + gone);
      hold('no removal beyond the limits without approval', isWithin, () => {
        return `${where}: ${all} without proof in ${span / HOUR} hours, of ${members} members and ${gone} gone`;
      });
    }
  }
  ledger.noteWeak(key, now, weak);
}

/**
 * Since when the memory has known that a member is missing, at the latest: by the readings since it last was wanted.
 * Milliseconds since the epoch; undefined if it may not know.
 */
export function missingSince(
  member: string,
  key: string,
  group: SimGroup,
  { ledger, memory, time }: Setting,
): number | undefined {
  const restarted = Math.max(
    ...[ledger.bornAt, ledger.restoredAt, memory.countedAt(key, member), ledger.mayThawUntil(time.now())],
  );
  let since: number | undefined;
  for (const noted of ledger.readings(key)) {
    const { reading, looks } = noted.round;
    if (reading?.members === undefined) continue;
    if (reading.members.has(member)) return since;
    // A run looks again before it writes, and learns there that somebody took it out for a while.
    if (looks.some(({ seen }) => !membersOf(seen, group).has(member))) return since;
    if (noted.run.startedAtMs < restarted) return since;
    const isKnown = reading.complete && isRemembered(noted, key, Number.POSITIVE_INFINITY);
    if (isKnown) since = noted.run.overAtMs;
  }
  return since;
}
