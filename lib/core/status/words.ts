// A status in words, the same for the page and for the lines of a terminal.

import { DAY, HOUR } from '../removal/settings.ts';
import { GOOD_RUNS } from '../verdict/judge.ts';
import type { CoverageStanding } from './coverage.ts';
import type { GroupStanding, Waits } from './group.ts';
import type { Members } from './members.ts';
import type { FreezeStanding, RunStanding, Status } from './status.ts';

export const HEADINGS: Readonly<Record<GroupStanding['is'], string>> = {
  attention: 'Needs attention',
  waiting: 'Waits',
  converged: 'As it should be',
};

export const NOTHING: Readonly<Record<GroupStanding['is'], string>> = {
  attention: 'No group needs attention.',
  waiting: 'No group waits for anything.',
  converged: 'No group is as it should be.',
};

const MINUTE = 60_000;

/** "2026-02-03 04:05 UTC". */
export function clock(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

/** How long from one time to a later one: "5 minutes", "3 hours", "2 days". */
export function lasting(from: string, to: string): string {
  const ms = Math.max(0, Date.parse(to) - Date.parse(from));
  if (ms < 2 * MINUTE) return 'a minute';
  if (ms < 2 * HOUR) return `${Math.floor(ms / MINUTE)} minutes`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} hours`;
  return `${Math.floor(ms / DAY)} days`;
}

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** "4 groups", and families where there are any. */
export function groupsText({ groups, families }: Pick<Status['counts'], 'groups' | 'families'>): string {
  const told = countOf(groups, 'group');
  return families === 0 ? told : `${told} and ${countOf(families, 'family', 'families')}`;
}

/** Said of each family. */
export const FAMILY_TEXT = 'A family: it makes groups, which are not shown here.';

/** Members now, and between what they were. */
export function membersText({ now, hours, since, changed }: Members): string {
  const known = hours.filter((count) => count !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const span = since === undefined ? 'in the last 24 hours' : `since ${clock(since)}`;
  const range =
    least !== most
      ? `${least} to ${most} ${span}`
      : changed
        ? `${since === undefined ? 'changed' : 'known'} ${span}`
        : `unchanged ${span}`;
  return `${countOf(now, 'member')} now, ${range}`;
}

/** Removals that wait, and for whom. */
export function waitsText({ removals, since, unapproved }: Waits, at: string): string {
  const wait = countOf(removals, 'removal waits', 'removals wait');
  const first = `${removals === 1 ? 'missing' : 'the first missing'} for ${lasting(since, at)}`;
  if (unapproved === 0) return `${wait}, ${first}`;
  if (unapproved === removals) return `${wait} for approval, ${first}`;
  return `${wait}, ${unapproved} of them for approval, ${first}`;
}

/** Said of what was wrong when it was found last, and was not in the last run. */
export function goodText(goodRuns: number): string {
  return `${goodRuns === 1 ? 'the last run was good' : `the last ${goodRuns} runs were good`}: it is over after ${GOOD_RUNS} in a row`;
}

/** What waits in all groups, undefined where nothing does. */
export function allWaitsText({ waitingRemovals, unapproved }: Status['counts']): string | undefined {
  if (waitingRemovals === 0) return undefined;
  const wait = countOf(waitingRemovals, 'removal waits', 'removals wait');
  return unapproved === 0 ? wait : `${wait}, ${unapproved} of them for approval`;
}

export function coverageText(coverage: CoverageStanding): string {
  const { wanted, reporting, silent, never, starting, elsewhere, strangers = 0, at } = coverage;
  const others = [
    [silent, 'silent'],
    [never, 'never reported'],
    [starting, 'starting'],
    [elsewhere, 'under another address or in another group'],
    [strangers, 'reporting that no inventory has'],
  ] as const;
  const told = others.flatMap(([count, what]) => (count > 0 ? `${count} ${what}` : []));
  return `${[`${reporting} of ${countOf(wanted, 'machine')} report`, ...told].join(', ')}, as of ${clock(at)}`;
}

export function ackText({ who, reason, until }: NonNullable<GroupStanding['ack']>): string {
  return `${who} knows until ${clock(until)}: ${reason}`;
}

export function freezeText({ who, reason, until }: FreezeStanding, at: string): string {
  return `until ${clock(until)}, for ${lasting(at, until)} more, by ${who}: ${reason}`;
}

export function runText(run: RunStanding): string {
  const { trigger, caller } = run;
  const by = caller === undefined || caller === trigger ? trigger : `${trigger} of ${caller}`;
  return `${outcomeText(run)}; by ${by}`;
}

/** The same where everybody knows what set it off. */
export function outcomeText({ status, groups, added, removed, refused, failed }: RunStanding): string {
  const figures = [
    [added, 'added'],
    [removed, 'removed'],
    [refused, 'refused'],
    [failed, 'failed'],
  ] as const;
  const told = figures.flatMap(([count, what]) => (count > 0 ? `${count} ${what}` : []));
  const outcome = status === 'handed-out' ? 'handed out to workers' : status;
  return `${outcome}, ${[countOf(groups, 'group'), ...told].join(', ')}`;
}

/** Groups that there was no room for, by how they stand; undefined where there was room for all. */
export function leftOutText({ leftOut }: Pick<Status, 'leftOut'>): string | undefined {
  const told = (['attention', 'waiting', 'converged'] as const).flatMap((is) =>
    leftOut[is] > 0 ? `${leftOut[is]} under “${HEADINGS[is]}”` : [],
  );
  return told.length === 0 ? undefined : `No room for ${told.join(', ')}.`;
}
