// The report of a run: what was read, what was decided and why, what was written. Plain JSON; members, reasons and
// calls are listed up to a limit and counted beyond it, and texts from outside are cut.

import type { Policy } from '../config/settings.ts';
import type { Write } from '../plan/apply.ts';
import type { Approval } from '../plan/decide.ts';
import type { ActionType } from '../plan/plan.ts';
import type { Withheld } from '../plan/policy.ts';
import type { Figures } from '../plan/safety.ts';
import type { SourceReading } from '../reading/wanted.ts';
import type { Refusal } from '../refusal/codes.ts';

export type Mode = 'plan' | 'apply';

/**
 * `in-sync`: nothing to do. `withheld`: all there was to do is held back. `stopped`: by another group's refusal.
 * `busy`: somebody else writes it now, and was asked to look again.
 */
export const GROUP_STATUSES = [
  'in-sync',
  'planned',
  'written',
  'recorded',
  'withheld',
  'left-alone',
  'refused',
  'stopped',
  'busy',
  'failed',
] as const;
export type GroupStatus = (typeof GROUP_STATUSES)[number];

export interface MemberList {
  readonly count: number;
  /** The first hundred. */
  readonly members: readonly string[];
}

/** One answered call to SLS, or the sum of many, whose `operation` says how many. */
export interface RequestReport {
  readonly operation: string;
  readonly status?: number;
  /** The service's id of the request, which its support asks for. */
  readonly requestId?: string;
  readonly attempts: number;
  readonly throttled: number;
}

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

export interface WithheldReport extends Omit<Withheld, 'members'>, MemberList {}

export interface ReadingReport {
  readonly members: number;
  readonly wanted: number;
  readonly complete: boolean;
  /** Why it is not complete: the first twenty, and how many more. */
  readonly reasons: readonly string[];
  /** ISO 8601; when the oldest source was read. */
  readonly takenAt: string;
  readonly sources: readonly SourceReading[];
  /** Machines left out on the way, by reason. */
  readonly dropped: readonly {
    readonly reason: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
}

export interface GroupReport {
  /** `project/name`. */
  readonly group: string;
  readonly status: GroupStatus;
  readonly policy: Policy;
  readonly owner: string;
  /** Whom to tell, as the configuration says. */
  readonly contact?: string;
  /** The group's `externalName` as it was found, where it is not our mark. */
  readonly foundMark?: string;
  /** ISO 8601: since when a removal has waited that its time would let go. */
  readonly heldSince?: string;
  /** Missing if the reading failed. */
  readonly reading?: ReadingReport;
  /** What an approval has to name. */
  readonly fingerprint?: string;
  /** Changes of the group itself. These and the two lists are what is written, would be, or was refused. */
  readonly changes: readonly Exclude<ActionType, 'add' | 'remove'>[];
  readonly additions: MemberList;
  readonly removals: MemberList;
  readonly withheld: readonly WithheldReport[];
  readonly refusals: readonly Refusal[];
  readonly figures?: Figures;
  readonly lifted: readonly Refusal[];
  readonly approval?: Approval;
  readonly warnings: readonly string[];
  /** After a failure: machines of the calls that were not made or not confirmed, by operation. */
  readonly unwritten: readonly { readonly operation: Write['operation']; readonly machines: number }[];
  readonly requests: readonly RequestReport[];
  readonly durationMs: number;
  readonly error?: ErrorReport;
}

export interface Counts {
  readonly groups: number;
  readonly byStatus: Readonly<Record<GroupStatus, number>>;
  /** Members written. */
  readonly added: number;
  readonly removed: number;
  /** Members that would be, of groups planned or observed. */
  readonly toAdd: number;
  readonly toRemove: number;
  readonly withheld: number;
  readonly refused: number;
  readonly incompleteSources: number;
  readonly requests: number;
  readonly throttled: number;
}

export interface RunReport {
  readonly runId: string;
  readonly trigger: string;
  readonly mode: Mode;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The worst of the groups: failed, then refused (or stopped by a refusal, or approved and busy), then ok. */
  readonly status: 'ok' | 'refused' | 'failed';
  /** The approval named no plan of this run, so nothing was written. */
  readonly staleApproval: boolean;
  readonly reason?: string;
  readonly counts: Counts;
  readonly groups: readonly GroupReport[];
  /** Groups that an answer has no room for: the least grave. Those are counted in `counts` all the same. */
  readonly groupsLeftOut?: number;
}
