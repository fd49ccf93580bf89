// A year of runs over one world, judged run by run and by the rules of lib/core/removal, with a person who answers
// two hours after being asked: approves what is gone for good, and nothing else.

import type { Canonical } from '../../../../../lib/core/group/current.ts';
import type { Machine } from '../../../../../lib/core/group/heartbeat.ts';
import { type Examination, examine, needsListing, note } from '../../../../../lib/core/removal/examine.ts';
import { heldTooLong, judgeRemovals } from '../../../../../lib/core/removal/judge.ts';
import { newMemory, withWrite } from '../../../../../lib/core/removal/memory.ts';
import { READINGS_MIN, REMOVAL_DEFAULTS } from '../../../../../lib/core/removal/settings.ts';
import { belongs, DAY, HOUR, RUN_EVERY, rowsFor, START, type World } from './world.ts';

export interface Run {
  readonly now: number;
  readonly wanted: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
  /** What the person approves now. */
  readonly approves: (member: string) => boolean;
  readonly listing: () => Machine[];
}

export interface Outcome {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly asks: boolean;
  /** Until when runs change nothing if the inventory, the group and the person's answer stay what they are. */
  readonly settledUntil: number;
}

export type Rules = (run: Run) => Outcome;

export interface Year {
  readonly wrong: number;
  readonly asked: number;
  readonly removed: number;
  readonly runs: number;
  readonly evaluated: number;
  /** Members at the end. */
  readonly members: number;
}

const ANSWERS_AFTER = 2 * HOUR;
const NEVER = Number.POSITIVE_INFINITY;

/** @param everyRun whether runs in which nothing can change are evaluated, too */
export function live(world: World, days: number, rules: Rules, everyRun = false): Year {
  let [{ wanted }] = world.inventory as [World['inventory'][number]];
  let members = new Set(wanted);
  let next = 1;
  let settledUntil = 0;
  let askedSince: number | undefined;
  const year = { wrong: 0, asked: 0, removed: 0, runs: 0, evaluated: 0, members: 0 };
  for (let now = START; now < START + days * DAY; now += RUN_EVERY) {
    year.runs += 1;
    for (; (world.inventory[next]?.at ?? Number.POSITIVE_INFINITY) <= now; next += 1) {
      wanted = (world.inventory[next] as World['inventory'][number]).wanted;
      settledUntil = 0;
    }
    const answers = askedSince !== undefined && now - askedSince >= ANSWERS_AFTER;
    if (now < settledUntil && !answers && !everyRun) continue;
    year.evaluated += 1;
    const outcome = rules({
      now,
      wanted,
      members,
      approves: (member) => answers && !belongs(world, member, now),
      listing: () => rowsFor(world, members, now),
    });
    for (const member of outcome.removed) if (belongs(world, member, now)) year.wrong += 1;
    year.removed += outcome.removed.length;
    if (outcome.added.length + outcome.removed.length > 0) {
      const removed = new Set(outcome.removed);
      members = new Set([...members].filter((member) => !removed.has(member)).concat(outcome.added));
    }
    if (outcome.asks && askedSince === undefined) year.asked += 1;
    askedSince = outcome.asks ? (askedSince ?? now) : undefined;
    settledUntil = outcome.settledUntil;
  }
  return { ...year, members: members.size };
}

/**
 * What came before: a run is refused or not, whatever happened in those before it. A group of ten or more may lose
 * 30 % in a run, a smaller one two members; a refused group gets no additions either.
 */
export function rulesRunByRun(): Rules {
  return ({ wanted, members, approves }) => {
    const added = [...wanted].filter((member) => !members.has(member));
    const removed = [...members].filter((member) => !wanted.has(member));
    const limit = members.size < 10 ? 2 : Math.floor(members.size * 0.3);
    const isRefused = removed.length > 0 && (wanted.size === 0 || removed.length > limit);
    if (isRefused && !removed.every(approves)) {
      return { added: [], removed: [], asks: true, settledUntil: NEVER };
    }
    return { added, removed, asks: false, settledUntil: added.length + removed.length === 0 ? NEVER : 0 };
  };
}

/** The rules of lib/core/removal. @param knows how long the memory had been there when the year began */
export function rulesOverTime(knows = 30 * DAY): Rules {
  let memory = newMemory(START - knows);
  return ({ now, wanted, members, approves, listing }) => {
    const added = [...wanted].filter((member) => !members.has(member));
    const missing = [...members].filter((member) => !wanted.has(member));
    const noted = note({
      memory,
      reading: { complete: true, beganAt: now - 20_000, wanted },
      members,
      additions: added.length,
      identify: 'ip',
      canonical: asSpelt,
      settings: REMOVAL_DEFAULTS,
      approved: new Set(missing.filter(approves)),
      now,
    });
    const examination = needsListing(noted)
      ? examine(noted, { state: 'read', machines: listing(), answeredAt: now, cut: false })
      : examine(noted);
    const judgement = judgeRemovals(examination, { allowEmpty: false });
    const removed = judgement.goes.map(({ member }) => member);
    const adds = judgement.additions.verdict === 'go' ? added : [];
    const weak = judgement.goes.filter((removal) => removal.weak).length;
    memory = withWrite(judgement.memory, { added: adds.length, removed, weak }, now);
    return {
      added: adds,
      removed,
      asks: judgement.refusals.length > 0 || heldTooLong(judgement, now).length > 0,
      settledUntil: added.length > 0 || removed.length > 0 ? 0 : patienceUntil(examination),
    };
  };
}

/** The first time at which anything missing can be judged otherwise: patience ends, or a heartbeat may be old. */
function patienceUntil({ memory, patience, evidence }: Examination): number {
  let until = NEVER;
  for (const [member, { since, seen, readings }] of memory.missing) {
    const ripeAt = since + REMOVAL_DEFAULTS.removeAfter * 1_000;
    if (readings <= READINGS_MIN) return 0;
    if (!patience.ripe.has(member)) until = Math.min(until, ripeAt);
    else if (seen === undefined || evidence.get(member)?.class !== 'alive') return 0;
    else until = Math.min(until, seen.heartbeat * 1_000 + REMOVAL_DEFAULTS.silentAfter * 1_000, ripeAt + DAY);
  }
  return until;
}

/** Spellings are not what this model is about. */
const asSpelt: Canonical = (_identify, raw) => raw;
