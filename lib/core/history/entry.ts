// A record as an answer tells it: one look at what happened, with lists cut as in a report.

import { listed } from '../report/group.ts';
import type { GroupReport, MemberList } from '../report/report.ts';
import { defined } from '../text/defined.ts';
import { cut } from '../text/few.ts';
import { machinesOf } from './key.ts';
import type { ChangeOutcome, ChangeRecord, HistoryRecord } from './record.ts';

export interface ChangeEntry {
  /** `project/name`. */
  readonly group: string;
  readonly outcome: ChangeOutcome;
  readonly came: MemberList;
  readonly went: MemberList;
  /** Members before; none where nobody knows. */
  readonly before?: number;
  /** Whether the group was made or deleted by it. */
  readonly was?: 'made' | 'deleted';
  /** What the group carries now, where it is another than before: its topic or its mark. */
  readonly topic?: string;
  readonly mark?: string;
  /** Its kind, where it is another than before, which was `kindBefore`. */
  readonly kind?: string;
  readonly kindBefore?: string;
  /** Words by which removals went. */
  readonly approvals?: readonly Approval[];
  /** Sentences of the refusals, withheld changes and errors. */
  readonly says: readonly string[];
}

export interface Approval {
  readonly who: string;
  readonly reason: string;
}

export interface HistoryEntry {
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
  readonly what: string;
  readonly who?: string;
  readonly reason?: string;
  readonly restores?: string;
  readonly config?: string;
  readonly changes: readonly ChangeEntry[];
  /** Changes of other groups, or beyond those that an entry shows. */
  readonly more: number;
}

export interface Asked {
  /** `project/name`. */
  readonly group?: string | undefined;
  /** Canonical. */
  readonly machine?: string | undefined;
}

/** Changes that one entry shows. */
const CHANGES_SHOWN = 20;
/** Sentences of one change. */
const SAYS_SHOWN = 10;

/** Undefined for a record that is not about what was asked for. */
export function entryOf(record: HistoryRecord, asked: Asked): HistoryEntry | undefined {
  const about = record.changes.filter((change) => isAbout(change, record, asked));
  if (about.length === 0) return undefined;
  const { run, at, what, who, reason, restores, config, changesLeftOut = 0 } = record;
  const shown = about.slice(0, CHANGES_SHOWN);
  const reports = new Map(record.report?.groups.map((group) => [group.group, group]));
  return {
    run,
    at,
    what: cut(what),
    ...defined({ who: who && cut(who), reason: reason && cut(reason), restores, config }),
    changes: shown.map((change) => changeEntry(change, reports.get(change.group))),
    more: record.changes.length - shown.length + changesLeftOut,
  };
}

function isAbout(change: ChangeRecord, { report }: HistoryRecord, { group, machine }: Asked): boolean {
  if (group !== undefined && change.group !== group) return false;
  if (machine === undefined || change.notKept !== undefined) return true;
  const groups = report?.groups.filter((one) => one.group === change.group) ?? [];
  const named = machinesOf({ changes: [change], report: { groups } });
  for (const one of named) if (one === machine) return true;
  // What was withheld is no longer known where the report had no room.
  return change.outcome === 'refused' && (report?.groupsLeftOut ?? 0) > 0;
}

function changeEntry(change: ChangeRecord, report: GroupReport | undefined): ChangeEntry {
  const { group, outcome, before, members, after, came, went, notKept } = change;
  const isOther = before && after && before.identify !== after.identify;
  const approvals = went.length === 0 ? [] : approvalsIn(report);
  return {
    group,
    outcome,
    came: listed(came),
    went: listed(went),
    ...defined({
      before: members?.length,
      was:
        before === null && after !== null
          ? ('made' as const)
          : after === null
            ? ('deleted' as const)
            : undefined,
      topic: after && after.topic !== before?.topic ? cut(after.topic) : undefined,
      mark: after && after.mark !== before?.mark ? cut(after.mark) : undefined,
      kind: isOther ? cut(after.identify) : undefined,
      kindBefore: isOther ? cut(before.identify) : undefined,
      approvals: approvals.length > 0 ? approvals : undefined,
    }),
    says: [...(notKept === undefined ? [] : [`not kept: ${notKept}`]), ...saysOf(report)],
  };
}

/** Words that are told of one change. */
const APPROVALS_SHOWN = 10;

function approvalsIn(report: Partial<GroupReport> | undefined): Approval[] {
  const { approvals = [] } = report ?? {};
  return approvals
    .slice(0, APPROVALS_SHOWN)
    .map(({ who, reason }) => ({ who: cut(who), reason: cut(reason) }));
}

/** A report of an earlier release may lack any of them. */
function saysOf(report: Partial<GroupReport> | undefined): string[] {
  const { refusals = [], withheld = [], error } = report ?? {};
  return [
    ...refusals.map(({ says }) => says),
    ...withheld.map(({ count, action, says }) => `${action} of ${count} withheld: ${says}`),
    ...(error ? [`${error.code}: ${error.message}`] : []),
  ]
    .slice(0, SAYS_SHOWN)
    .map((says) => cut(says));
}
