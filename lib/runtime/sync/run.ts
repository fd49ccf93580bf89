// One run: reconcile, then tell. The report goes to the log, the figures to CloudWatch, verdicts to the memory and to whoever
// subscribed.
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import type { SeenWrite } from '../../core/history/changes.ts';
import { recordOfRun } from '../../core/history/of-run.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import { noteRun } from './noted.ts';
import type { Ports, RunMemory } from './ports.ts';
import { publishing } from './publish.ts';
import { reconcile } from './reconcile.ts';
import type { Via } from './verdicts.ts';
import { watch } from './watch.ts';
import type { SyncRuntime } from './wire.ts';

export interface Order {
  /** The id to go by, where somebody was told one already. */
  readonly runId?: string;
  /** What set the run off, in words. */
  readonly trigger: string;
  /** Who asked, where anybody did. */
  readonly caller?: string | undefined;
  readonly mode: Mode;
  readonly config: SyncConfig;
  readonly groups: readonly GroupConfig[];
  /** When the run has to end, in milliseconds since the epoch. */
  readonly due: number;
  readonly via?: Via;
}

/** Never rejects: what failed is in the report. */
export async function runSync(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  const { config, groups, due, via = 'other' } = order;
  const ports = runtime.ports(order.mode, due, groups);
  let memory: RunMemory | undefined;
  // The first read is of all groups; a second look at one of them reads that one anew.
  const keeping: Ports['memory'] = async (keys) => {
    const read = await ports.memory(keys);
    memory ??= read;
    return read;
  };
  const writes: SeenWrite[] = [];
  const wrote = (write: SeenWrite) => void writes.push(write);
  const report = await run(runtime, order, { ...ports, memory: keeping, wrote });
  if (order.mode === 'apply') {
    const [attention] = await Promise.all([
      watch(
        { runId: report.runId, config, via, report, memory },
        { publish: publishing(runtime.environment), ...runtime.watching(due) },
      ),
      runtime.keep?.(() => recordOfRun(report, writes, config.digest, runtime.now()), due),
    ]);
    await noteRun(report, via, attention, runtime.watching(due));
    const isAll = via === 'schedule' && groups.length === config.groups.length;
    runtime.metrics.record(report, attention, isAll);
  }
  return report;
}

/** A run that nobody is told of but the log, as plans are. Never rejects. */
export function runOnly(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  return run(runtime, order, runtime.ports(order.mode, order.due, order.groups));
}

async function run(runtime: SyncRuntime, order: Order, ports: Ports): Promise<RunReport> {
  const { due: _, via: __, ...input } = order;
  const report = await reconcile({ ...input, runId: order.runId ?? runtime.newRunId() }, ports);
  logReport(report, runtime);
  return report;
}

function logReport({ groups, ...run }: RunReport, { log }: SyncRuntime): void {
  for (const group of groups) {
    if (isTold(group)) log(levelOf(group.status), 'sync.group', { runId: run.runId, ...group });
  }
  log(run.status === 'ok' ? 'info' : 'warn', 'sync.run', run);
}

/** A freeze of all groups is no reason for a line a group in each run: who, why and until stand in its own line. */
function isTold({ status, withheld, bindings }: GroupReport): boolean {
  if (status === 'frozen') return withheld.length > 0;
  return (
    status !== 'in-sync' || (bindings !== undefined && bindings.applied.length + bindings.missing.length > 0)
  );
}

function levelOf(status: GroupReport['status']) {
  if (status === 'failed') return 'error';
  return status === 'refused' ? 'warn' : 'info';
}
