// Removals that wait while nothing is wrong: for their time, or for somebody to approve them. It is seen in what the memory holds
// anyway, so that nothing more is written for it, and a group in which something waits is not said to be as it should be.

import type { Policy } from '../config/settings.ts';
import { approvedIn } from '../memory/approvals.ts';
import type { GroupItem } from '../memory/group.ts';
import { mayRemove, writerFor } from '../plan/policy.ts';
import { REFUSED } from '../refusal/codes.ts';

export interface WaitingRemovals {
  readonly count: number;
  /** Since when the first of them has been missing, in milliseconds since the epoch. */
  readonly since: number;
  /** Those that go when a person approves them, and not before. */
  readonly unapproved: number;
}

type Known = Pick<GroupItem, 'removal' | 'approvals' | 'verdict'>;

/** @param policy none of what is no group; @returns undefined where none waits, or none of the group would ever go */
export function waitingRemovals(
  policy: Policy | undefined,
  { removal, approvals = [], verdict }: Known,
  now: number,
): WaitingRemovals | undefined {
  const missing = removal?.missing;
  if (!missing?.size || policy === undefined || !isRemoving(policy) || isUnplanned(verdict)) return undefined;
  const approved = approvedIn(approvals, now);
  const isAsked = policy === 'approve-removals';
  return {
    count: missing.size,
    since: [...missing.values()].reduce((first, { since }) => Math.min(first, since), now),
    unapproved: isAsked ? [...missing.keys()].filter((member) => !approved.has(member)).length : 0,
  };
}

const isRemoving = (policy: Policy) => mayRemove(policy) && writerFor(policy) === 'apply';

/** What is missing from a group that is not ours, or of another kind, nobody keeps count of. */
function isUnplanned(verdict: Known['verdict']): boolean {
  const [what, code = ''] = verdict?.is === 'attention' ? (verdict.code ?? '').split(' ') : [];
  return what === 'left-alone' || (what === 'refused' && Object.hasOwn(REFUSED, code));
}

/** How a group stands: one that is as it should be, but for what waits, waits. */
export function standsAs(
  verdict: NonNullable<Known['verdict']>,
  waits: WaitingRemovals | undefined,
): NonNullable<Known['verdict']>['is'] {
  return verdict.is === 'converged' && waits !== undefined ? 'waiting' : verdict.is;
}
