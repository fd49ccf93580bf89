// What is kept of one run that wrote or was refused, and of one write of the API: who, when, what, and the members of each changed
// group before and after. It is written once and never changed, so that a person can see what happened and take it back.

import type { RunReport } from '../report/report.ts';

/** Format of the records. It goes up only when an earlier release must not read a newer one's. */
export const RECORD_VERSION = 1;

/** Of a group, but for its members: as a read gave it. */
export interface GroupFields {
  readonly identify: string;
  readonly type: string;
  readonly topic: string;
  /** Its `externalName`. */
  readonly mark: string;
}

/**
 * `written`: SLS took it, and no reading says otherwise. `unconfirmed`: it may have taken effect, or not. `failed`: it was not
 * made. `refused`: nothing was to be written, and a person has to look.
 */
export const OUTCOMES = ['written', 'unconfirmed', 'failed', 'refused'] as const;
export type ChangeOutcome = (typeof OUTCOMES)[number];

export type MachineSeen = readonly [member: string, hostId: string, uniqueId: string];

export interface ChangeRecord {
  /** `project/name`. */
  readonly group: string;
  readonly outcome: ChangeOutcome;
  /** Right before the write; null for a group that was not there, none where nobody knows. */
  readonly before?: GroupFields | null;
  /** Its canonical members then; none where they are not known, or not kept. */
  readonly members?: readonly string[];
  /** As it was read after the write; none where it was not. */
  readonly after?: GroupFields | null;
  /** From `members` to those after the write; what was asked for, where nobody read the group after it. */
  readonly came: readonly string[];
  readonly went: readonly string[];
  /** Which machines those that went were, as far as heartbeats told: a member, the host's id and its unit's. */
  readonly machines?: readonly MachineSeen[];
  /** What is not kept of this, in a sentence. */
  readonly notKept?: string;
}

export interface HistoryRecord {
  readonly version: typeof RECORD_VERSION;
  /** Id of the run, or one of its own for a write of the API. */
  readonly run: string;
  /** ISO 8601; when it was over. */
  readonly at: string;
  /** What set it off, or which operation of the API it was. */
  readonly what: string;
  /** Who asked, as far as AWS told: an ARN, or a direct invocation. None where nobody did, as with a schedule. */
  readonly who?: string;
  /** Why, where somebody said so. */
  readonly reason?: string;
  /** Of a restore: the run whose before it went back to. */
  readonly restores?: string;
  /** SHA-256 of the text of the configuration; none for writes of the API. */
  readonly config?: string;
  readonly changes: readonly ChangeRecord[];
  /** Changes that there was no room for. */
  readonly changesLeftOut?: number;
  /** Of a sync; of its groups those that the changes are about. */
  readonly report?: RunReport;
}
