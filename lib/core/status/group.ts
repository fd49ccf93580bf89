// How one group stands, from what the memory has of it.

import type { GroupConfig } from '../config/config.ts';
import { approvedIn } from '../memory/approvals.ts';
import type { GroupItem, VERDICTS } from '../memory/group.ts';
import { membersByHour } from '../memory/members.ts';
import type { Read } from '../memory/read.ts';
import { removalsFingerprint } from '../plan/fingerprint.ts';
import { defined } from '../text/defined.ts';
import { isAcknowledged } from '../verdict/acknowledge.ts';
import { commandLine, type Where } from './command.ts';
import { type CoverageStanding, coverageIn } from './coverage.ts';

export interface GroupStanding {
  /** `project/name`. */
  readonly group: string;
  /** It is a rule that makes groups, which are not shown one by one: the memory is not asked which they are. */
  readonly family?: true;
  readonly is: (typeof VERDICTS)[number];
  /** ISO 8601, as are all times of a status. */
  readonly since?: string;
  /** What it is about; none where it is converged. */
  readonly code?: string;
  readonly says?: string;
  readonly contact?: string;
  readonly ack?: { readonly who: string; readonly reason: string; readonly until: string };
  /** What says that one knows, where nobody does. */
  readonly ackCommand?: string;
  readonly members?: Members;
  readonly coverage?: CoverageStanding;
  /** What a person may approve: these removals wait for it. */
  readonly approve?: { readonly missing: number; readonly fingerprint: string; readonly command: string };
}

export interface Members {
  readonly now: number;
  /** An hour each, the oldest first; null before the first that is known. */
  readonly hours: readonly (number | null)[];
}

/** What the configuration says of it; an orphan has nothing but its name. */
export type Named = Pick<GroupConfig, 'key'> &
  Partial<Pick<GroupConfig, 'policy' | 'contact'>> &
  Pick<GroupStanding, 'family'>;

/** Reasons that an approval ends. Of an inventory in doubt a person shall look at the source before anything else. */
const APPROVABLE: readonly string[] = ['refused day-limit', 'refused week-limit', 'held'];

/** @param now milliseconds since the epoch. @param where the deployment, for commands */
export function standingOf(named: Named, read: Read<GroupItem>, now: number, where: Where): GroupStanding {
  const { key: group, contact, family } = named;
  const what = family ? 'family' : 'group';
  if (!read.readable) {
    const says = `what the memory holds of the ${what} is unreadable: ${read.says}`;
    return { group, is: 'attention', code: 'memory', says, ...defined({ contact, family }) };
  }
  const { item } = read;
  const { verdict } = item;
  if (verdict === undefined)
    return {
      ...{ group, is: 'waiting', code: 'not-looked-at', says: `no run has judged the ${what} yet` },
      ...defined({ contact, family, members: membersOf(item, now), coverage: coverageIn(item) }),
    };
  const { is, since, code, says } = verdict;
  const isKnown = isAcknowledged(item, now);
  return {
    ...{ group, is, since: timeOf(since) },
    ...defined({
      code,
      says,
      contact,
      family,
      ack: isKnown && item.ack ? acknowledged(item.ack) : undefined,
      ackCommand: is === 'attention' && !isKnown ? ackCommand(group, where) : undefined,
      members: membersOf(item, now),
      coverage: coverageIn(item),
      approve: approvable(named, item, now, where),
    }),
  };
}

export const timeOf = (ms: number): string => new Date(ms).toISOString();

/** @param ack of a verdict that stands */
export function acknowledged({ who, reason, until }: NonNullable<GroupItem['ack']>): GroupStanding['ack'] {
  return { who, reason, until: timeOf(until) };
}

export function ackCommand(group: string, where: Where): string {
  return commandLine(where, 'ack', [group, '--hours', '8', '--reason', 'WHY']);
}

function membersOf({ members }: GroupItem, now: number): Members | undefined {
  if (members === undefined) return undefined;
  const hours = membersByHour(members, now).map((count) => count ?? null);
  const last = hours.at(-1);
  return last === undefined || last === null ? undefined : { now: last, hours };
}

function approvable(
  { key, policy }: Named,
  { removal, verdict, approvals = [] }: GroupItem,
  now: number,
  where: Where,
): GroupStanding['approve'] {
  const missing = [...(removal?.missing.keys() ?? [])];
  const approved = approvedIn(approvals, now);
  const isAsked =
    policy === 'approve-removals' ||
    (policy === 'sync' && verdict?.is === 'attention' && APPROVABLE.includes(verdict.code ?? ''));
  if (!isAsked || missing.every((member) => approved.has(member))) return undefined;
  const fingerprint = removalsFingerprint(key, missing);
  const words = [key, '--fingerprint', fingerprint, '--reason', 'WHY'];
  return { missing: missing.length, fingerprint, command: commandLine(where, 'approve', words) };
}
