// Approvals as answers tell them.

import { approvedIn, type StoredApproval, unended } from '../memory/approvals.ts';
import { defined } from '../text/defined.ts';
import { listed } from './group.ts';
import type { MemberList } from './report.ts';

export interface ApprovalReport {
  readonly id: string;
  /** `project/name`. */
  readonly group: string;
  readonly removals: MemberList;
  /** Of these removals, how many wait for a second person. */
  readonly waiting: number;
  readonly who: string;
  readonly reason: string;
  /** Whether it passes the freeze that stood when it was given. */
  readonly throughFreeze?: true;
  /** Given though the inventory had no machine for the group. */
  readonly emptyInventory?: true;
  /** Both ISO 8601. */
  readonly at: string;
  readonly until: string;
}

/** Those that have not ended. */
export function approvalReports(
  group: string,
  approvals: readonly StoredApproval[],
  now: number,
): ApprovalReport[] {
  const approved = approvedIn(approvals, now);
  return unended(approvals, now).map(
    ({ id, removals, who, reason, throughFreeze, emptyInventory, at, until }) => ({
      id,
      group,
      removals: listed(removals),
      waiting: removals.filter((member) => !approved.has(member)).length,
      who,
      reason,
      ...defined({ throughFreeze, emptyInventory }),
      at: new Date(at).toISOString(),
      until: new Date(until).toISOString(),
    }),
  );
}
