// Builds the report of one group from its decision and from what became of it.

import type { GroupConfig } from '../config/config.ts';
import { ownerMark } from '../group/owner.ts';
import type { Lease } from '../memory/pending.ts';
import type { Write } from '../plan/apply.ts';
import type { Decision } from '../plan/decide.ts';
import { additionsOf, filterPlan, type Plan, removalsOf } from '../plan/plan.ts';
import { advise, UNWRITTEN, WITHHELD } from '../refusal/codes.ts';
import { defined } from '../text/defined.ts';
import { cut } from '../text/few.ts';
import { advised } from './advised.ts';
import { readingOf, warningsOf } from './reading.ts';
import type { ErrorReport, GroupReport, GroupStatus, MemberList, RequestReport } from './report.ts';

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
  /** What was done about a change. A decision without one tells its status itself. */
  readonly status?: 'planned' | 'written' | 'recorded' | 'stopped' | 'busy';
  readonly requests: readonly RequestReport[];
  readonly durationMs: number;
  /** Of somebody else who was writing the group. */
  readonly busy?: Lease | undefined;
  /** Makes the group a failed one. */
  readonly error?: ErrorReport;
  /** Calls of the change that were not made or not confirmed. */
  readonly unwritten?: readonly Write[];
}

/** @throws TypeError for a change without a status: it must not pass for a group in sync */
export function reportGroup(decision: Decision, done: Done): GroupReport {
  const { group, fingerprint, approval, figures } = decision;
  const shown = decision.outcome === 'refused' ? refusedChange(decision) : decision.change;
  return {
    ...reportFrame(group, statusOf(decision, done), done),
    reading: readingOf(decision),
    ...defined({ fingerprint, foundMark: foundMarkOf(decision) }),
    changes: shown.actions.flatMap(({ type }) => (type === 'add' || type === 'remove' ? [] : [type])),
    additions: listed(additionsOf(shown)),
    removals: listed(removalsOf(shown)),
    withheld: decision.withheld.map(({ members, says, ...held }) => ({
      ...held,
      says: advise(cut(says), held.by, WITHHELD),
      ...listed(members),
    })),
    refusals: advised(decision),
    figures,
    lifted: decision.lifted,
    ...defined({ approval }),
    warnings: [...(done.busy ? [busyText(done.busy)] : []), ...warningsOf(decision)],
  };
}

/** A group that failed before it could be decided. */
export function reportUndecided(
  group: GroupConfig,
  done: Done & { readonly error: ErrorReport },
): GroupReport {
  return reportFrame(group, 'failed', done);
}

/** What would have been written: the plan but for what was withheld from it. */
function refusedChange({ plan, withheld }: Decision): Plan {
  return filterPlan(plan, ({ type }) => withheld.every(({ action }) => action !== type));
}

function reportFrame(group: GroupConfig, status: GroupStatus, done: Done): GroupReport {
  return {
    group: group.key,
    status,
    policy: group.policy,
    owner: group.owner,
    ...defined({ contact: group.contact }),
    changes: [],
    additions: listed([]),
    removals: listed([]),
    withheld: [],
    refusals: [],
    lifted: [],
    warnings: [],
    unwritten: unwrittenOf(done.unwritten ?? []),
    requests: fewRequests(done.requests),
    durationMs: done.durationMs,
    ...defined({ error: done.error && shownError(done.error) }),
  };
}

/** A group that is not there has no mark; one without a mark has an empty one. */
function foundMarkOf({ current, group }: Decision): string | undefined {
  if (current.state === 'absent') return undefined;
  const { externalName } = current.definition.groupAttribute;
  return externalName === ownerMark(group.owner) ? undefined : cut(externalName, LONGEST_MARK);
}

function statusOf(decision: Decision, done: Done): GroupStatus {
  if (done.error) return 'failed';
  if (decision.outcome === 'nothing') return decision.withheld.length > 0 ? 'withheld' : 'in-sync';
  if (decision.outcome !== 'change') return decision.outcome;
  if (done.status === undefined)
    throw new TypeError(`nobody said what became of the change of ${decision.group.key}`);
  return done.status;
}

function listed(members: readonly string[]): MemberList {
  const shown = members.slice(0, MEMBERS_SHOWN).map((member) => cut(member, LONGEST_MEMBER));
  return { count: members.length, members: shown };
}

/** One entry an operation: deltas of a large group are thousands of calls. */
function unwrittenOf(writes: readonly Write[]): GroupReport['unwritten'] {
  const machines = new Map<Write['operation'], number>();
  for (const write of writes) {
    const { length } = 'machines' in write ? write.machines : write.definition.machineList;
    machines.set(write.operation, (machines.get(write.operation) ?? 0) + length);
  }
  return Array.from(machines, ([operation, count]) => ({ operation, machines: count }));
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
    operation: `${between.length} more calls`,
    attempts: sum(({ attempts }) => attempts),
    throttled: sum(({ throttled }) => throttled),
  };
  return [...requests.slice(0, half), folded, ...requests.slice(-half)];
}

function shownError({ code, message, requestId }: ErrorReport): ErrorReport {
  return {
    code: cut(code, LONGEST_CODE),
    message: cut(message),
    ...defined({ requestId: requestId && cut(requestId, LONGEST_CODE) }),
  };
}
