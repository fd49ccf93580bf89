// What the memory keeps of a run for who looks later: how many members a group has, and how all groups stand.

import type { Policy } from '../config/settings.ts';
import type { GroupItem } from '../memory/group.ts';
import { countMembers } from '../memory/members.ts';
import type { GroupReport } from '../report/report.ts';
import { standsAs, waitingRemovals } from './waits.ts';

/** Members that a group has after a run; undefined where the run does not know. */
function membersAfter({ reading, change, additions, removals, status }: GroupReport): number | undefined {
  if (reading === undefined || status === 'busy') return undefined;
  return change === 'written' ? reading.members + additions.count - removals.count : reading.members;
}

/** @param now milliseconds since the epoch */
export function noteMembers(item: GroupItem, report: GroupReport, now: number): GroupItem {
  const members = membersAfter(report);
  if (members === undefined) return item;
  const kept = item.members ?? new Map();
  const after = countMembers(kept, members, now);
  return after === kept ? item : { ...item, members: after };
}

/** Figures over all groups, by the names of their metrics. */
export interface Standing {
  readonly Attention: number;
  readonly Waiting: number;
  readonly Converged: number;
  readonly Members: number;
}

export function standingOf(
  groups: readonly { readonly item: GroupItem; readonly policy?: Policy | undefined }[],
  now: number,
): Standing {
  const all = groups.flatMap(({ item, policy }) =>
    item.verdict ? standsAs(item.verdict, waitingRemovals(policy, item, now)) : [],
  );
  const count = (is: string) => all.filter((one) => one === is).length;
  const members = groups.reduce(
    (sum, { item }) => sum + ([...(item.members?.values() ?? [])].at(-1) ?? 0),
    0,
  );
  return {
    Attention: count('attention'),
    Waiting: count('waiting'),
    Converged: count('converged'),
    Members: members,
  };
}
