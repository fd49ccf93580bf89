// The sync in one screen. For every group: read what it is and what it should be, note who is missing, and ask who of
// them reports. When all are read: decide each, write, report.
import pLimit from 'p-limit';
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { type Done, reportGroup, reportUndecided } from '../../core/report/group.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import { reportRun } from '../../core/report/run.ts';
import { reportTwice } from '../../core/report/twice.ts';
import type { Member } from './elsewhere.ts';
import { decideAgain, decideAll, type GroupRun, look, membersIn } from './look.ts';
import { withConfigs } from './made-configs.ts';
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
  const each = <T, R>(items: readonly T[], work: (item: T) => Promise<R>) =>
    pLimit(config.concurrency).map(items, work);

  const memory = await ports.memory(groups.map(({ key }) => key));
  const looked = await each(groups, (group) => look(group, memory(group.key), ports));
  const others = membersIn(looked);
  const rest = restOf(config.groups, groups);
  const decided = await decideAll(looked, rest, ports, others);
  const finished = await each(decided, async (run) =>
    withConfigs(await finish(run, { others, rest }, ports, true), run, ports),
  );

  return reportRun({
    runId: input.runId,
    trigger: input.trigger,
    caller: input.caller,
    mode: input.mode,
    startedAt,
    durationMs: ports.now() - startedAt,
    groups: finished,
  });
}

/** Groups that are not in the run. Those in it that failed are not asked twice. */
export function restOf(document: readonly GroupConfig[], groups: readonly GroupConfig[]): GroupConfig[] {
  const inRun = new Set(groups.map(({ key }) => key));
  return document.filter(({ key }) => !inRun.has(key));
}

/** What stands around a group. */
interface Around {
  readonly rest: readonly GroupConfig[];
  /** Groups that were read in the same run. */
  readonly others?: readonly Member[];
}

/** One group by itself, decided. Never rejects. */
export async function decideGroup(
  group: GroupConfig,
  { rest, others = [] }: Around,
  ports: Ports,
): Promise<GroupRun> {
  const memory = await ports.memory([group.key]);
  const looked = [await look(group, memory(group.key), ports, 'anew')];
  const besides = others.filter((other) => other.group !== group.key);
  const [run] = await decideAll(looked, rest, ports, [...besides, ...membersIn(looked)]);
  return run as GroupRun;
}

/** Writes, and looks once more if somebody asked for it meanwhile: also after a failure, since who asked is gone. */
async function finish(
  run: GroupRun,
  around: Around,
  ports: Ports,
  looksAgain: boolean,
): Promise<GroupReport> {
  const { group, sls } = run;
  const done = (rest: Rest) => doneOf(run, ports, rest);
  if (run.state === 'failed') return reportUndecided(group, { ...done({}), error: errorReport(run.reason) });
  const { decision } = run;
  if (decision.outcome !== 'change') {
    await ports.remember?.(decision);
    return reportGroup(decision, done({}));
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
  if (!again) return report;
  return reportTwice(report, await finish(await decideGroup(group, around, ports), around, ports, false));
}

type Rest = Omit<Done, 'requests' | 'durationMs'>;

function doneOf({ outcomes, startedAt }: GroupRun, ports: Ports, rest: Rest): Done {
  return { requests: requestReports(outcomes), durationMs: ports.now() - startedAt, ...rest };
}
