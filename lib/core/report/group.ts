// Builds the report of one group from its decision and from what became of it.

import type { GroupConfig } from '../config/config.ts';
import { valuesText } from '../family/expand.ts';
import { ownerMark } from '../group/owner.ts';
import type { Freeze } from '../memory/deployment.ts';
import type { Lease } from '../memory/pending.ts';
import type { Write } from '../plan/apply.ts';
import type { Decision } from '../plan/decide.ts';
import { removalsFingerprint } from '../plan/fingerprint.ts';
import { additionsOf, removalsOf } from '../plan/plan.ts';
import { saysOfAll } from '../plan/waits.ts';
import { advise, UNWRITTEN, WAITS, WITHHELD } from '../refusal/codes.ts';
import { counted } from '../text/counted.ts';
import { defined } from '../text/defined.ts';
import { cut } from '../text/few.ts';
import { advised } from './advised.ts';
import { readingOf, warningsOf } from './reading.ts';
import type {
  ChangeStatus,
  ErrorReport,
  FreezeReport,
  GroupReport,
  GroupStatus,
  LeavingReport,
  MemberList,
  RequestReport,
  UnwrittenReport,
} from './report.ts';

/** Names in one list of a report: as many as {@link MemberList} says. */
export const MEMBERS_SHOWN = 100;
/** Characters of one of them: ids of machines may be as long as somebody likes. */
const LONGEST_MEMBER = 256;
/** Calls told one by one; the figures of those between the first and the last are summed. */
const REQUESTS_SHOWN = 50;
const LONGEST_CODE = 128;
const LONGEST_MARK = 256;

/** What became of a decision. */
export interface Done {
  /** What was done about a change; it failed, if there is an error. */
  readonly status?: Exclude<ChangeStatus, 'failed'>;
  readonly requests: readonly RequestReport[];
  readonly durationMs: number;
  /** Of somebody else who was writing the group. */
  readonly busy?: Lease | undefined;
  /** Makes the group a failed one. */
  readonly error?: ErrorReport;
  /** The call of the change that was not made or not confirmed. */
  readonly unwritten?: Write | undefined;
  /** Whether that may have taken effect all the same. */
  readonly mayHaveTakenEffect?: boolean | undefined;
}

/** @throws TypeError for a change without a status: it must not pass for a group in sync */
export function reportGroup(decision: Decision, done: Done): GroupReport {
  const { group, fingerprint, figures, heldSince, change, approvals } = decision;
  return {
    ...reportFrame(group, statusOf(decision, done), done),
    reading: readingOf(decision),
    ...defined({
      fingerprint: changeStatusOf(decision, done) === 'written' ? fingerprintLeft(decision) : fingerprint,
      foundMark: foundMarkOf(decision),
      freeze: decision.freeze && freezeReport(decision.freeze),
      change: changeStatusOf(decision, done),
    }),
    changes: change.actions.flatMap(({ type }) => (type === 'add' || type === 'remove' ? [] : [type])),
    additions: listed(additionsOf(change)),
    removals: listed(removalsOf(change)),
    withheld: decision.withheld.map(({ members, says, ...held }) => ({
      ...held,
      says: advise(cut(says), held.by, { ...WITHHELD, ...WAITS }),
      ...listed(members),
    })),
    refusals: advised(decision),
    leaving: leavingOf(decision),
    approvals: approvals.map(({ id, who, reason }) => ({ id, who: cut(who), reason: cut(reason) })),
    ...defined({
      figures,
      heldSince: heldSince === undefined ? undefined : new Date(heldSince).toISOString(),
    }),
    warnings: [...(done.busy ? [busyText(done.busy)] : []), ...warningsOf(decision)],
  };
}

/** Of what is missing after the write. */
function fingerprintLeft({ group, goes, waits, fingerprint }: Decision): string | undefined {
  if (goes.length === 0 || fingerprint === undefined) return fingerprint;
  return removalsFingerprint(
    group.key,
    waits.map(({ member }) => member),
  );
}

/** A group that failed before it could be decided. */
export function reportUndecided(
  group: GroupConfig,
  done: Done & { readonly error: ErrorReport },
): GroupReport {
  return reportFrame(group, 'failed', done);
}

function reportFrame(group: GroupConfig, status: GroupStatus, done: Done): GroupReport {
  return {
    group: group.key,
    status,
    policy: group.policy,
    owner: group.owner,
    ...defined({ contact: group.contact, made: madeOf(group) }),
    changes: [],
    additions: listed([]),
    removals: listed([]),
    withheld: [],
    refusals: [],
    leaving: [],
    approvals: [],
    warnings: [],
    unwritten: done.unwritten ? [unwrittenOf(done.unwritten, done)] : [],
    requests: fewRequests(done.requests),
    durationMs: done.durationMs,
    ...defined({ error: done.error && shownError(done.error) }),
  };
}

function madeOf({ made }: GroupConfig): GroupReport['made'] {
  return made && { family: made.family, by: valuesText(made.values), configs: made.configs };
}

/** A group that is not there has no mark; one without a mark has an empty one. */
function foundMarkOf({ current, group }: Decision): string | undefined {
  if (current.state === 'absent') return undefined;
  const { externalName } = current.definition.groupAttribute;
  return externalName === ownerMark(group.owner) ? undefined : cut(externalName, LONGEST_MARK);
}

function statusOf(decision: Decision, done: Done): GroupStatus {
  if (done.error) return 'failed';
  if (decision.outcome === 'left-alone') return 'left-alone';
  if (decision.refusals.length > 0) return 'refused';
  if (decision.outcome === 'change') return changeStatusOf(decision, done) as ChangeStatus;
  if (decision.freeze) return 'frozen';
  return decision.withheld.length > 0 ? 'withheld' : 'in-sync';
}

function changeStatusOf({ outcome, group }: Decision, { status, error }: Done): ChangeStatus | undefined {
  if (outcome !== 'change') return undefined;
  if (error) return 'failed';
  if (status === undefined) throw new TypeError(`nobody said what became of the change of ${group.key}`);
  return status;
}

export function freezeReport({ who, reason, since, until }: Freeze): FreezeReport {
  const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
  return {
    who: cut(who),
    reason: cut(reason),
    ...defined({ since: iso(since) }),
    until: new Date(until).toISOString(),
  };
}

function leavingOf({ goes }: Decision): LeavingReport[] {
  return [...Map.groupBy(goes, (removal) => removal.class)].map(([found, all]) => ({
    class: found,
    weak: all.filter(({ weak }) => weak).length,
    says: cut(saysOfAll(all)),
    ...listed(all.map(({ member }) => member)),
  }));
}

export function listed(members: readonly string[]): MemberList {
  const shown = members.slice(0, MEMBERS_SHOWN).map((member) => cut(member, LONGEST_MEMBER));
  return { count: members.length, members: shown };
}

function unwrittenOf(
  { operation, definition }: Write,
  { mayHaveTakenEffect = false }: Done,
): UnwrittenReport {
  return { operation, machines: definition.machineList.length, mayHaveTakenEffect };
}

function busyText({ holder, since }: Lease): string {
  const at = new Date(since).toISOString();
  return advise(`${cut(holder)} has been writing the group since ${at}`, 'busy', UNWRITTEN);
}

export function fewRequests(requests: readonly RequestReport[]): readonly RequestReport[] {
  if (requests.length <= REQUESTS_SHOWN) return requests;
  const half = REQUESTS_SHOWN / 2;
  const between = requests.slice(half, -half);
  const sum = (of: (request: RequestReport) => number) =>
    between.reduce((total, request) => total + of(request), 0);
  const folded = {
    operation: counted(between.length, 'more call'),
    attempts: sum(({ attempts }) => attempts),
    throttled: sum(({ throttled }) => throttled),
  };
  return [...requests.slice(0, half), folded, ...requests.slice(-half)];
}

export function shownError({ code, message, requestId }: ErrorReport): ErrorReport {
  return {
    code: cut(code, LONGEST_CODE),
    message: cut(message),
    ...defined({ requestId: requestId && cut(requestId, LONGEST_CODE) }),
  };
}
