// The sync in one screen. For every group: read what it is and what it should be, decide. When all are decided:
// look at the inventory again for those that would lose machines, open the gate, write, report.
import pLimit from 'p-limit';
import type { GroupConfig, SyncConfig } from '../../core/config.ts';
import {
  type Approval,
  afterSecondLook,
  type Decision,
  decide,
  gate,
  isStale,
  needsSecondLook,
} from '../../core/decide.ts';
import type { Sha256 } from '../../core/fingerprint.ts';
import type { Writer } from '../../core/policy.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report.ts';
import { type Done, reportGroup, reportUndecided } from '../../core/report-group.ts';
import { reportRun } from '../../core/report-run.ts';
import type { GroupWanted, Wanted } from '../../core/wanted.ts';
import type { Calls } from './calls.ts';
import { errorReport } from './error-report.ts';
import { readCurrent, type WriteOutcome } from './group-access.ts';
import { together } from './together.ts';

/** Carries out a change, or does as if: which one it is, is decided where the ports are made. */
export interface GroupWriter {
  readonly status: 'planned' | 'recorded' | 'written';
  readonly write: (decision: Decision, calls: Calls) => Promise<WriteOutcome>;
}

export interface Ports {
  /** A fresh reading of a group's inventory. @throws SourceError */
  readonly wanted: (group: GroupConfig) => Promise<GroupWanted>;
  /** Calls to SLS for one group. */
  readonly calls: (group: GroupConfig) => Calls;
  readonly writers: Readonly<Record<Writer, GroupWriter>>;
  /** Whether removals are looked at twice before they are written: there is nothing to guard in a mere plan. */
  readonly looksTwice: boolean;
  readonly sha256: Sha256;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RunInput {
  readonly runId: string;
  readonly trigger: string;
  readonly mode: Mode;
  readonly config: Pick<SyncConfig, 'onRefusal' | 'concurrency'>;
  readonly groups: readonly GroupConfig[];
  readonly approval?: Approval | undefined;
}

/** Never rejects: a group that fails is a group that failed in the report, and the others go on. */
export async function reconcile(input: RunInput, ports: Ports): Promise<RunReport> {
  const { groups, config, approval } = input;
  const startedAt = ports.now();
  const each = <T, R>(items: readonly T[], work: (item: T) => Promise<R>) =>
    pLimit(config.concurrency).map(items, work);

  const first = await each(groups, (group) => decideGroup(group, ports, approval));
  const stale = isStale(approval, decisionsOf(first));
  const decided = ports.looksTwice && !stale ? await each(first, (work) => lookAgain(work, ports)) : first;
  const { open } = gate(decisionsOf(decided), config.onRefusal);
  const halted = stale || (config.onRefusal === 'stop' && decided.some(({ error }) => error));
  const writable = new Set(halted ? [] : open);
  const reports = await each(decided, (work) => finish(work, writable, ports));

  return reportRun({
    runId: input.runId,
    trigger: input.trigger,
    mode: input.mode,
    startedAt,
    durationMs: ports.now() - startedAt,
    groups: reports,
    staleApproval: stale,
    reason: approval?.reason,
  });
}

/** One group on its way through the run. */
export interface Work {
  readonly group: GroupConfig;
  readonly calls: Calls;
  readonly startedAt: number;
  readonly decision?: Decision;
  readonly error?: { readonly reason: unknown };
}

/** Reads a group and its inventory, and decides. Never rejects. */
export async function decideGroup(
  group: GroupConfig,
  ports: Ports,
  approval?: Approval | undefined,
): Promise<Work> {
  const work = { group, calls: ports.calls(group), startedAt: ports.now() };
  try {
    const [current, wanted] = await together([readCurrent(group, work.calls), ports.wanted(group)]);
    return { ...work, decision: decide({ group, current, wanted, sha256: ports.sha256, approval }) };
  } catch (reason) {
    return { ...work, error: { reason } };
  }
}

async function lookAgain(work: Work, ports: Ports): Promise<Work> {
  const { decision, group } = work;
  if (decision?.outcome !== 'change' || !needsSecondLook(decision)) return work;
  const second = await ports.wanted(group).catch((reason: unknown) => unreadable(reason, ports.now()));
  return { ...work, decision: afterSecondLook(decision, second) };
}

/** A second reading that failed: it agrees to no removal. */
function unreadable(reason: unknown, takenAt: number): Wanted {
  const reasons = [errorReport(reason).message] as const;
  return { members: new Map(), dropped: [], completeness: { complete: false, reasons }, takenAt };
}

async function finish(work: Work, writable: ReadonlySet<Decision>, ports: Ports): Promise<GroupReport> {
  const { group, calls, startedAt, decision, error } = work;
  const done = (rest: Pick<Done, 'status' | 'error' | 'unwritten'>): Done => ({
    requests: calls.requests,
    durationMs: ports.now() - startedAt,
    ...rest,
  });
  if (!decision) return reportUndecided(group, { ...done({}), error: errorReport(error?.reason) });
  if (decision.outcome !== 'change') return reportGroup(decision, done({}));
  if (!writable.has(decision)) return reportGroup(decision, done({ status: 'stopped' }));
  const writer = ports.writers[decision.writer];
  const outcome = await writer.write(decision, calls);
  if (outcome.error === undefined) return reportGroup(decision, done({ status: writer.status }));
  const { unwritten } = outcome;
  return reportGroup(decision, done({ unwritten, error: errorReport(outcome.error) }));
}

function decisionsOf(works: readonly Work[]): Decision[] {
  return works.flatMap(({ decision }) => decision ?? []);
}
