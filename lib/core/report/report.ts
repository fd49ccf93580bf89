// The report of a run: what was read, what was decided and why, what was written. Plain JSON; members, reasons and
// calls are listed up to a limit and counted beyond it, and texts from outside are cut.

import type { Policy } from '../config/settings.ts';
import type { StoredApproval } from '../memory/approvals.ts';
import type { Write } from '../plan/apply.ts';
import type { ActionType } from '../plan/plan.ts';
import type { Withheld } from '../plan/policy.ts';
import type { SourceReading } from '../reading/wanted.ts';
import type { Refusal } from '../refusal/codes.ts';
import type { LimitFigures } from '../removal/limit.ts';
import type { Removal } from '../removal/outcome.ts';

export type Mode = 'plan' | 'apply';

/**
 * `in-sync`: nothing to do. `withheld`: all there was to do waits. `refused`: a person has to look; what could be written
 * without one is written all the same, see `change`.
 * `busy`: somebody else writes it now, and was asked to look again.
 * `frozen`: nothing is written, whatever there was to do; that waits, see `freeze` and `withheld`.
 */
export const GROUP_STATUSES = [
  'in-sync',
  'planned',
  'written',
  'recorded',
  'frozen',
  'withheld',
  'left-alone',
  'refused',
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

export interface LeavingReport extends MemberList {
  readonly class: Removal['class'];
  /** How many of them go without proof. */
  readonly weak: number;
  /** What is known of the first of them, or of all. */
  readonly says: string;
}

export interface UnwrittenReport {
  readonly operation: Write['operation'];
  readonly machines: number;
  /** It was sent, and nobody knows what came of it. */
  readonly mayHaveTakenEffect: boolean;
}

/** What keeps a group from being written. */
export interface FreezeReport {
  readonly who: string;
  readonly reason: string;
  /** Both ISO 8601. */
  readonly since?: string;
  readonly until: string;
}

export type ChangeStatus = 'planned' | 'recorded' | 'written' | 'busy' | 'failed';

/** Logtail configs of a group, where a run looked for them. */
export interface BindingsReport {
  /** Those that the configuration names. */
  readonly names: readonly string[];
  /** Those of them that are not applied, also after it was tried. */
  readonly missing: readonly string[];
  readonly applied: readonly string[];
  /** The group was made by this run. */
  readonly isMade?: boolean;
  /** Why nobody knows, or why one was not applied. */
  readonly says?: string;
  /** RAM does not let the AccessKey look. */
  readonly isDenied?: boolean;
}

export interface GroupReport {
  /** `project/name`. */
  readonly group: string;
  readonly status: GroupStatus;
  readonly policy: Policy;
  readonly owner: string;
  /** Whom to tell, as the configuration says. */
  readonly contact?: string;
  /** The family that makes the group, if one does. */
  readonly made?: MadeReport;
  /** The group's `externalName` as it was found, where it is not our mark. */
  readonly foundMark?: string;
  /** Missing if the reading failed. */
  readonly reading?: ReadingReport;
  /** What an approval of everything missing has to name; none where all of it goes, or nobody can approve it. */
  readonly fingerprint?: string;
  /** Set while the group is frozen, whatever else is said of it. */
  readonly freeze?: FreezeReport;
  /** What became of the change, also where the status is about removals that are refused; none without a change. */
  readonly change?: ChangeStatus;
  /** Changes of the group itself. These and the two lists are the change. */
  readonly changes: readonly Exclude<ActionType, 'add' | 'remove'>[];
  readonly additions: MemberList;
  readonly removals: MemberList;
  readonly withheld: readonly WithheldReport[];
  readonly refusals: readonly Refusal[];
  /** The removals, by what is known of them. */
  readonly leaving: readonly LeavingReport[];
  /** Approvals that removals go by. */
  readonly approvals: readonly Pick<StoredApproval, 'id' | 'who' | 'reason'>[];
  /** What counts against the limits for removals without proof. */
  readonly figures?: LimitFigures;
  /** ISO 8601; since when a removal has waited that waits for too long: a person has to look. */
  readonly heldSince?: string;
  /** None where nobody looked: that is seldom. */
  readonly bindings?: BindingsReport;
  readonly warnings: readonly string[];
  /** After a failure: the call that was not made or not confirmed. */
  readonly unwritten: readonly UnwrittenReport[];
  readonly requests: readonly RequestReport[];
  readonly durationMs: number;
  readonly error?: ErrorReport;
}

export interface MadeReport {
  /** Key of the family. */
  readonly family: string;
  /** The values that make it, in words. */
  readonly by: string;
  /** Logtail configs that it gets when it is made. */
  readonly configs: readonly string[];
  /** Those that this run applied. */
  readonly applied?: readonly string[];
}

export interface FamilyReport {
  /** `project/{team}-{role}`. */
  readonly family: string;
  /** `refused`: combinations are left out. `failed`: nobody knows what its inventory shows. */
  readonly status: 'read' | 'refused' | 'failed';
  readonly owner: string;
  readonly policy: Policy;
  readonly contact?: string;
  /** Groups of it that the run was to look at, if not all. */
  readonly only?: readonly string[];
  /** How many groups it makes and keeps now. */
  readonly groups: number;
  /** Combinations that make no group: how many, and the first twenty in words. */
  readonly leftOut: { readonly count: number; readonly says: readonly string[] };
  /** Machines that do not carry all of the tags, and so are of no combination. */
  readonly without: number;
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
  /** Who asked: an IAM ARN, a direct invocation, or the name of a hook. None where nobody did, as with a schedule. */
  readonly caller?: string;
  readonly mode: Mode;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The worst of the groups: failed, then refused, then ok. */
  readonly status: 'ok' | 'refused' | 'failed';
  readonly counts: Counts;
  readonly groups: readonly GroupReport[];
  /** Those whose groups the run was to look at. */
  readonly families?: readonly FamilyReport[];
  /** Groups that an answer has no room for: the least grave. Those are counted in `counts` all the same. */
  readonly groupsLeftOut?: number;
}
