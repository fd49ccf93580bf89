// The sync in one screen. For every group: read what it is and what it should be, note who is missing, and ask who of them
// reports. Then decide, write, report, and forget it. Only where something could go does a group wait until all are read.
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import type { Known } from '../../core/memory/known.ts';
import { type Done, reportGroup, reportUndecided } from '../../core/report/group.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import { reportRun } from '../../core/report/run.ts';
import { reportTwice } from '../../core/report/twice.ts';
import { keepAround } from './around.ts';
import { inTurn } from './in-turn.ts';
import {
  type DecidedRun,
  decideAgain,
  decideAll,
  decideAlone,
  type FailedRun,
  type LookedRun,
  look,
  waitsForOthers,
} from './look.ts';
import type { Ports } from './ports.ts';
import { errorReport, requestReports } from './told.ts';

export interface RunInput {
  readonly runId: string;
  readonly trigger: string;
  /** Who asked, where anybody did. */
  readonly caller?: string | undefined;
  readonly mode: Mode;
  readonly config: Pick<SyncConfig, 'concurrency' | 'groups'>;
  readonly groups: readonly GroupConfig[];
}

/** Never rejects: a group that fails is a group that failed in the report, and the others go on. */
export async function reconcile(input: RunInput, ports: Ports): Promise<RunReport> {
  const { groups, config } = input;
  const startedAt = ports.now();
  const turns = { atATime: config.concurrency, places: ports.places ?? (() => Number.POSITIVE_INFINITY) };

  const memory = await ports.memory(groups.map(({ key }) => key));
  const around = keepAround(groups, memory);
  const reports = new Map<string, GroupReport>();
  const waiting: LookedRun[] = [];
  const take = async (group: GroupConfig, known: Known, anew?: 'anew'): Promise<void> => {
    const run = await look(group, known, ports, anew);
    if (run.state === 'failed') return finish(run);
    around.note(run.prepared);
    if (waitsForOthers(run)) waiting.push(run);
    else await finish(decideAlone(run, around, ports));
  };
  const finish = async (run: DecidedRun | FailedRun): Promise<void> => {
    const { group } = run;
    const first = reports.get(group.key);
    const { report, again } = await carryOut(run, ports, first === undefined);
    reports.set(group.key, first ? reportTwice(first, report) : report);
    // Once: somebody asked for it meanwhile. Also after a failure, since who asked is gone.
    if (again) await take(group, (await ports.memory([group.key]))(group.key), 'anew');
  };

  await inTurn(
    groups,
    ({ project }) => project,
    turns,
    (group) => take(group, memory(group.key)),
  );
  const rest = restOf(config.groups, groups);
  while (waiting.length > 0) {
    const decided = await decideAll(waiting.splice(0), rest, around, ports);
    await inTurn(decided, ({ group }) => group.project, turns, finish);
  }

  return reportRun({
    runId: input.runId,
    trigger: input.trigger,
    caller: input.caller,
    mode: input.mode,
    startedAt,
    durationMs: ports.now() - startedAt,
    groups: groups.flatMap(({ key }) => reports.get(key) ?? []),
  });
}

/** Groups that are not in the run. Those in it that failed are not asked twice. */
export function restOf(document: readonly GroupConfig[], groups: readonly GroupConfig[]): GroupConfig[] {
  const inRun = new Set(groups.map(({ key }) => key));
  return document.filter(({ key }) => !inRun.has(key));
}

/**
 * One group by itself, decided. Never rejects.
 * @param rest groups of the document that are not in the run
 */
export async function decideGroup(
  group: GroupConfig,
  rest: readonly GroupConfig[],
  ports: Ports,
): Promise<DecidedRun | FailedRun> {
  const memory = await ports.memory([group.key]);
  const run = await look(group, memory(group.key), ports, 'anew');
  if (run.state === 'failed') return run;
  const [decided] = await decideAll([run], rest, keepAround([group], memory), ports);
  return decided as DecidedRun;
}

interface CarriedOut {
  readonly report: GroupReport;
  /** Somebody asked for another look while it was written. */
  readonly again?: boolean;
}

/** Writes what there is to write. */
async function carryOut(run: DecidedRun | FailedRun, ports: Ports, looksAgain: boolean): Promise<CarriedOut> {
  const { group, sls } = run;
  const done = (rest: Rest) => doneOf(run, ports, rest);
  if (run.state === 'failed')
    return { report: reportUndecided(group, { ...done({}), error: errorReport(run.reason) }) };
  const { decision } = run;
  if (decision.outcome !== 'change') {
    await ports.remember?.(decision);
    return { report: reportGroup(decision, done({})) };
  }
  const writer = ports.writers[decision.writer];
  const outcome = await writer.write(decision, sls, { looksAgain, again: decideAgain(sls, ports) });
  const { unwritten, mayHaveTakenEffect, error, instead = decision, busy, again } = outcome;
  // Where somebody else writes the group, what this run saw of it counts all the same.
  if (writer.status === 'recorded' || busy) await ports.remember?.(decision);
  const report = reportGroup(
    instead,
    error === undefined
      ? done({ status: busy ? 'busy' : writer.status, busy })
      : done({ unwritten, mayHaveTakenEffect, error: errorReport(error) }),
  );
  return again ? { report, again } : { report };
}

type Rest = Omit<Done, 'requests' | 'durationMs'>;

function doneOf({ outcomes, startedAt }: DecidedRun | FailedRun, ports: Ports, rest: Rest): Done {
  return { requests: requestReports(outcomes), durationMs: ports.now() - startedAt, ...rest };
}
