// The sync in one screen. For every group: read what it is and what it should be, decide. When all are decided:
// look at the inventory again for those that would lose machines, write, report.
import pLimit from 'p-limit';
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import type { Known } from '../../core/memory/known.ts';
import {
  type Approval,
  afterSecondLook,
  type Decision,
  type DecisionInput,
  isStale,
  needsSecondLook,
  withoutMemory,
} from '../../core/plan/decide.ts';
import type { Writer } from '../../core/plan/policy.ts';
import type { GroupWanted, Wanted } from '../../core/reading/wanted.ts';
import { type Done, reportGroup, reportUndecided } from '../../core/report/group.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import { reportRun } from '../../core/report/run.ts';
import { reportTwice } from '../../core/report/twice.ts';
import type { Outcome } from '../../sls/call.ts';
import type { SlsClient } from '../../sls/client.ts';
import { readCurrent, type WriteOutcome } from './group-access.ts';
import type { RunMemory } from './memory.ts';
import { together } from './together.ts';
import { errorReport, requestReports } from './told.ts';

/** Carries out a change, or does as if: which one it is, is decided where the ports are made. */
export interface GroupWriter {
  readonly status: 'planned' | 'recorded' | 'written';
  readonly write: (decision: Decision, sls: SlsClient, terms: WriteTerms) => Promise<WriteOutcome>;
}

export interface WriteTerms {
  /** What the memory says of the group; none where no memory is configured. */
  readonly known?: Known | undefined;
  /** Whether the group is looked at again if somebody asks for it meanwhile: once, not for ever. */
  readonly looksAgain: boolean;
}

export interface Ports {
  /** A fresh reading of a group's inventory. @throws SourceError */
  readonly wanted: (group: GroupConfig) => Promise<GroupWanted>;
  /** A client for one group's calls, bound to the run. */
  readonly sls: (group: GroupConfig, observe: (outcome: Outcome) => void) => SlsClient;
  readonly decide: (input: DecisionInput) => Decision;
  readonly writers: Readonly<Record<Writer, GroupWriter>>;
  /** Whether removals are looked at twice before they are written: there is nothing to guard in a mere plan. */
  readonly looksTwice: boolean;
  /** What is kept from run to run; none where no memory is configured. Never rejects. */
  readonly memory?: ((groups: readonly string[]) => Promise<RunMemory>) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RunInput {
  readonly runId: string;
  readonly trigger: string;
  /** Who asked, where anybody did. */
  readonly caller?: string | undefined;
  readonly mode: Mode;
  readonly config: Pick<SyncConfig, 'concurrency'>;
  readonly groups: readonly GroupConfig[];
  readonly approval?: Approval | undefined;
}

/** Never rejects: a group that fails is a group that failed in the report, and the others go on. */
export async function reconcile(input: RunInput, ports: Ports): Promise<RunReport> {
  const { groups, config, approval } = input;
  const startedAt = ports.now();
  const each = <T, R>(items: readonly T[], work: (item: T) => Promise<R>) =>
    pLimit(config.concurrency).map(items, work);

  const memory = await ports.memory?.(groups.map(({ key }) => key));
  const first = await each(groups, async (group) =>
    holdRemovals(await decideGroup(group, ports, approval), memory?.(group.key)),
  );
  const stale = isStale(approval, decisionsOf(first));
  const decided = ports.looksTwice && !stale ? await each(first, (run) => lookAgain(run, ports)) : first;
  const finished = await each(decided, async (run) =>
    stale && run.state === 'decided' && run.decision.outcome === 'change'
      ? reportGroup(run.decision, doneOf(run, ports, { status: 'planned' }))
      : finish(run, memory, ports, true),
  );

  return reportRun({
    runId: input.runId,
    trigger: input.trigger,
    caller: input.caller,
    mode: input.mode,
    startedAt,
    durationMs: ports.now() - startedAt,
    groups: finished,
    staleApproval: stale,
    reason: approval?.reason,
  });
}

/** One group on its way through the run: decided, or failed before it could be. */
export type GroupRun = Begun &
  (
    | { readonly state: 'decided'; readonly decision: Decision }
    | { readonly state: 'failed'; readonly reason: unknown }
  );

interface Begun {
  readonly group: GroupConfig;
  readonly sls: SlsClient;
  /** Of its calls so far. */
  readonly outcomes: readonly Outcome[];
  readonly startedAt: number;
}

/** Reads a group and its inventory, and decides. Never rejects. */
export async function decideGroup(
  group: GroupConfig,
  ports: Ports,
  approval?: Approval | undefined,
): Promise<GroupRun> {
  const outcomes: Outcome[] = [];
  const sls = ports.sls(group, (outcome) => outcomes.push(outcome));
  const begun = { group, sls, outcomes, startedAt: ports.now() };
  try {
    const [current, wanted] = await together([readCurrent(group, sls), ports.wanted(group)]);
    return { ...begun, state: 'decided', decision: ports.decide({ group, current, wanted, approval }) };
  } catch (reason) {
    return { ...begun, state: 'failed', reason };
  }
}

async function lookAgain(run: GroupRun, ports: Ports): Promise<GroupRun> {
  if (run.state === 'failed') return run;
  const { decision, group } = run;
  if (decision.outcome !== 'change' || !needsSecondLook(decision)) return run;
  const second = await ports.wanted(group).catch((reason: unknown) => unreadable(reason, ports.now()));
  return { ...run, decision: afterSecondLook(decision, second) };
}

/** A second reading that failed: it agrees to no removal. */
function unreadable(reason: unknown, takenAt: number): Wanted {
  const reasons = [errorReport(reason).message] as const;
  return { members: new Map(), dropped: [], completeness: { complete: false, reasons }, takenAt };
}

/** Without what the memory knows nobody can tell whether a removal is right: it waits. */
function holdRemovals(run: GroupRun, known: Known | undefined): GroupRun {
  if (run.state === 'failed' || known === undefined || known.state === 'known') return run;
  return { ...run, decision: withoutMemory(run.decision, known.says) };
}

/** Writes, and looks once more if somebody asked for it meanwhile: also after a failure, since who asked is gone. */
async function finish(
  run: GroupRun,
  memory: RunMemory | undefined,
  ports: Ports,
  looksAgain: boolean,
): Promise<GroupReport> {
  const { group, sls } = run;
  const done = (rest: Rest) => doneOf(run, ports, rest);
  if (run.state === 'failed') return reportUndecided(group, { ...done({}), error: errorReport(run.reason) });
  const { decision } = run;
  if (decision.outcome !== 'change') return reportGroup(decision, done({}));
  const writer = ports.writers[decision.writer];
  // The item has changed by the second look, so it is read anew.
  const known = looksAgain ? memory?.(group.key) : undefined;
  const outcome = await writer.write(decision, sls, { known, looksAgain });
  const { unwritten, error, less = decision, busy, again } = outcome;
  const report = reportGroup(
    less,
    error === undefined
      ? done({ status: busy ? 'busy' : writer.status, busy })
      : done({ unwritten, error: errorReport(error) }),
  );
  if (!again) return report;
  const second = await lookAgain(await decideGroup(group, ports), ports);
  return reportTwice(report, await finish(second, memory, ports, false));
}

type Rest = Omit<Done, 'requests' | 'durationMs'>;

function doneOf({ outcomes, startedAt }: GroupRun, ports: Ports, rest: Rest): Done {
  return { requests: requestReports(outcomes), durationMs: ports.now() - startedAt, ...rest };
}

function decisionsOf(runs: readonly GroupRun[]): Decision[] {
  return runs.flatMap((run) => (run.state === 'decided' ? run.decision : []));
}
