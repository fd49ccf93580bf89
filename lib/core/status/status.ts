// The status of a deployment: one value, from what the memory holds, for programs as it is and for people as a page or as
// lines. Nothing is asked of an inventory or of SLS. Bounded, however many groups there are: those that need a person come
// first, and what there is no room for is counted.

import { type StoredApproval, unended } from '../memory/approvals.ts';
import type { Freeze } from '../memory/deployment.ts';
import type { RunNote, RunsItem } from '../memory/runs.ts';
import { type ApprovalReport, approvalReports } from '../report/approvals.ts';
import { defined } from '../text/defined.ts';
import { commandLine, type Where } from './command.ts';
import type { GroupStanding } from './group.ts';
import { timeOf } from './time.ts';

/** Groups, freezes and approvals that are told one by one. */
export const GROUPS_SHOWN = 100;
export const LISTED_MAX = 50;

export interface Status {
  /** Name of the stack. */
  readonly deployment: string;
  readonly at: string;
  readonly counts: StatusCounts;
  /** Those of attention first, then those that wait, then the others; in each the unacknowledged first, and the longest. */
  readonly groups: readonly GroupStanding[];
  /** Groups that there is no room for. */
  readonly leftOut: Readonly<Record<GroupStanding['is'], number>>;
  /** What nobody writes now: those that end first come first. */
  readonly freezes: Listed<FreezeStanding>;
  /** Those that have not ended. */
  readonly approvals: Listed<ApprovalStanding>;
  readonly runs: readonly RunStanding[];
  /** The last run of the schedule. */
  readonly scheduled?: RunStanding;
}

export interface StatusCounts {
  readonly groups: number;
  /** They are no groups, and stand with them among those of attention, waiting and converged. */
  readonly families: number;
  readonly attention: number;
  /** Those of attention of which a person said that they know. */
  readonly acknowledged: number;
  readonly waiting: number;
  readonly converged: number;
  readonly frozen: number;
  /** Removals that wait in all groups together, and those of them that wait for a person to approve them. */
  readonly waitingRemovals: number;
  readonly unapproved: number;
  /** Of all groups together, as far as the memory knows. */
  readonly members: number;
}

export interface Listed<T> {
  readonly count: number;
  readonly shown: readonly T[];
}

export interface FreezeStanding {
  /** `project/name`; `*` is all groups. */
  readonly group: string;
  readonly who: string;
  readonly reason: string;
  readonly until: string;
}

export interface ApprovalStanding extends ApprovalReport {
  /** What a second person says, where one has to. */
  readonly secondCommand?: string;
}

export type RunStanding = Omit<RunNote, 'at' | 'caller'> & {
  readonly at: string;
  readonly caller?: string;
};

export interface Remembered {
  readonly deployment: string;
  readonly where: Where;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly groups: readonly GroupStanding[];
  readonly freezes: readonly Freeze[];
  /** By group. */
  readonly approvals: readonly (readonly [group: string, approvals: readonly StoredApproval[]])[];
  readonly runs: RunsItem;
}

export function statusOf({ deployment, where, now, groups, freezes, approvals, runs }: Remembered): Status {
  const shown = groups.toSorted(byUrgency).slice(0, GROUPS_SHOWN);
  const standing = freezes.filter(({ until }) => now < until).sort((one, other) => one.until - other.until);
  const all = approvals.flatMap(([group, stored]) =>
    unended(stored, now).length === 0 ? [] : approvalReports(group, stored, now),
  );
  const frozen = new Set(standing.map(({ group }) => group));
  const single = groups.filter(({ family }) => !family);
  const countOf = (some: readonly GroupStanding[], is: GroupStanding['is']) =>
    some.filter((one) => one.is === is).length;
  const leftOf = (is: GroupStanding['is']) => countOf(groups, is) - countOf(shown, is);
  return {
    deployment,
    at: timeOf(now),
    counts: {
      groups: single.length,
      families: groups.length - single.length,
      attention: countOf(groups, 'attention'),
      acknowledged: groups.filter(({ is, ack }) => is === 'attention' && ack !== undefined).length,
      waiting: countOf(groups, 'waiting'),
      converged: countOf(groups, 'converged'),
      frozen: frozen.has('*') ? single.length : single.filter(({ group }) => frozen.has(group)).length,
      waitingRemovals: groups.reduce((sum, { waits }) => sum + (waits?.removals ?? 0), 0),
      unapproved: groups.reduce((sum, { waits }) => sum + (waits?.unapproved ?? 0), 0),
      members: groups.reduce((sum, { members }) => sum + (members?.now ?? 0), 0),
    },
    groups: shown,
    leftOut: {
      attention: leftOf('attention'),
      waiting: leftOf('waiting'),
      converged: leftOf('converged'),
    },
    freezes: listedOf(
      standing.map(({ group, who, reason, until }) => ({ group, who, reason, until: timeOf(until) })),
    ),
    approvals: listedOf(
      all.map((report) => ({ ...report, ...defined({ secondCommand: secondOf(report, where) }) })),
    ),
    runs: runs.runs.map(runOf),
    ...defined({ scheduled: runs.scheduled && runOf(runs.scheduled) }),
  };
}

const ORDER: Readonly<Record<GroupStanding['is'], number>> = { attention: 0, waiting: 2, converged: 4 };

function byUrgency(one: GroupStanding, other: GroupStanding): number {
  const rank = ({ is, ack }: GroupStanding) => ORDER[is] + (ack === undefined ? 0 : 1);
  return (
    rank(one) - rank(other) ||
    compare(
      one.is === 'converged' ? '' : (one.since ?? ''),
      other.is === 'converged' ? '' : (other.since ?? ''),
    ) ||
    compare(one.group, other.group)
  );
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** Members that one command names. */
const NAMED_MAX = 20;

function secondOf(
  { group, removals, waiting, throughFreeze, emptyInventory }: ApprovalReport,
  where: Where,
): string | undefined {
  if (waiting === 0 || removals.count > NAMED_MAX) return undefined;
  const words = removals.members.flatMap((member) => ['--removal', member]);
  // What the first one knew, the second one has to know as well.
  const known = [
    ...(throughFreeze ? ['--through-freeze'] : []),
    ...(emptyInventory ? ['--empty-inventory'] : []),
  ];
  return commandLine(where, 'approve', [group, ...words, ...known, '--reason', 'WHY']);
}

function listedOf<T>(all: readonly T[]): Listed<T> {
  return { count: all.length, shown: all.slice(0, LISTED_MAX) };
}

function runOf({ at, caller, ...rest }: RunNote): RunStanding {
  return { ...rest, at: timeOf(at), ...defined({ caller }) };
}
