// How one group stands, from what the memory has of it.

import type { GroupConfig } from '../config/config.ts';
import { approvedIn } from '../memory/approvals.ts';
import type { GroupItem, VERDICTS } from '../memory/group.ts';
import type { Read } from '../memory/read.ts';
import { removalsFingerprint } from '../plan/fingerprint.ts';
import { defined } from '../text/defined.ts';
import { isAcknowledged } from '../verdict/acknowledge.ts';
import { standsAs, waitingRemovals } from '../verdict/waits.ts';
import { commandLine, type Where } from './command.ts';
import { type CoverageStanding, coverageIn } from './coverage.ts';
import { type Members, membersIn } from './members.ts';
import { timeOf } from './time.ts';

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
  /** Good runs since what was wrong was found last; after two in a row it is over. */
  readonly goodRuns?: number;
  /** Members that are missing from the inventory and are to go. */
  readonly waits?: Waits;
  /** What a person may approve: these removals wait for it. */
  readonly approve?: { readonly missing: number; readonly fingerprint: string; readonly command: string };
}

export interface Waits {
  readonly removals: number;
  /** Of the one that has been missing for longest. */
  readonly since: string;
  /** Those that go when a person approves them, and not before. */
  readonly unapproved: number;
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
      ...defined({ contact, family, members: membersIn(item, now), coverage: coverageIn(item) }),
    };
  const waiting = waitingRemovals(named.policy, item, now);
  const is = standsAs(verdict, waiting);
  const isWaitingOnly = waiting !== undefined && is !== verdict.is;
  const isKnown = isAcknowledged(item, now);
  return {
    ...{ group, is, since: timeOf(isWaitingOnly ? waiting.since : verdict.since) },
    ...defined({
      code: isWaitingOnly ? 'removals' : verdict.code,
      says: verdict.says,
      contact,
      family,
      ack: isKnown && item.ack ? acknowledged(item.ack) : undefined,
      goodRuns: is === 'converged' || isWaitingOnly ? undefined : item.goodRuns,
      waits: waiting && {
        removals: waiting.count,
        since: timeOf(waiting.since),
        unapproved: waiting.unapproved,
      },
      ackCommand: is === 'attention' && !isKnown ? ackCommand(group, where) : undefined,
      members: membersIn(item, now),
      coverage: coverageIn(item),
      approve: waiting && approvable(named, item, now, where),
    }),
  };
}

/** @param ack of a verdict that stands */
export function acknowledged({ who, reason, until }: NonNullable<GroupItem['ack']>): GroupStanding['ack'] {
  return { who, reason, until: timeOf(until) };
}

export function ackCommand(group: string, where: Where): string {
  return commandLine(where, 'ack', [group, '--hours', '8', '--reason', 'WHY']);
}

function approvable(
  { key, policy }: Named,
  item: GroupItem,
  now: number,
  where: Where,
): GroupStanding['approve'] {
  const { removal, verdict, approvals = [] } = item;
  const missing = [...(removal?.missing.keys() ?? [])];
  // Where everything is missing the inventory is empty: that wants a look at the source, and another word.
  if (missing.length >= (membersIn(item, now)?.now ?? Number.POSITIVE_INFINITY)) return undefined;
  const approved = approvedIn(approvals, now);
  const isAsked =
    policy === 'approve-removals' ||
    (policy === 'sync' && verdict?.is === 'attention' && APPROVABLE.includes(verdict.code ?? ''));
  if (!isAsked || missing.every((member) => approved.has(member))) return undefined;
  const fingerprint = removalsFingerprint(key, missing);
  const words = [key, '--fingerprint', fingerprint, '--reason', 'WHY'];
  return { missing: missing.length, fingerprint, command: commandLine(where, 'approve', words) };
}
