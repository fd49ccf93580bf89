// What a run leaves of the approvals of a group: those that it found to be over end with it.

import { membersOf } from '../group/current.ts';
import { outstanding, type StoredApproval } from '../memory/approvals.ts';
import type { Decision } from './decide.ts';

/** @returns the very same list where none is over */
export function outstandingAfter(
  { current, wanted }: Pick<Decision, 'current' | 'wanted'>,
  approvals: readonly StoredApproval[],
): readonly StoredApproval[] {
  if (approvals.length === 0) return approvals;
  const members = membersOf(current);
  const isMissing = (member: string) => members.has(member) && !wanted.members.has(member);
  return outstanding(approvals, { beganAt: wanted.takenAt, isMissing });
}
