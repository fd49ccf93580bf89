// A status in words, the same for the page and for the lines of a terminal.

import { DAY, HOUR } from '../removal/settings.ts';
import type { CoverageStanding } from './coverage.ts';
import type { GroupStanding, Members } from './group.ts';
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
export function membersText({ now, hours }: Members): string {
  const known = hours.filter((count) => count !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const range = least === most ? 'unchanged' : `${least} to ${most}`;
  return `${countOf(now, 'member')} now, ${range} in the last 24 hours`;
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
