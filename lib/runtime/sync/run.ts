// One run: reconcile, then tell. The report goes to the log, the figures to CloudWatch, verdicts to the memory and to whoever
// subscribed.
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import type { HandedReading } from '../../core/trigger/work.ts';
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
  /** What another run has read for this one. */
  readonly handed?: readonly HandedReading[];
}

/** Never rejects: what failed is in the report. */
export async function runSync(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  const { config, groups, due, via = 'other' } = order;
  const ports = runtime.ports(order.mode, due, groups, order.handed);
  let memory: RunMemory | undefined;
  // The first read is of all groups; a second look at one of them reads that one anew.
  const keeping: Ports['memory'] = async (keys) => {
    const read = await ports.memory(keys);
    memory ??= read;
    return read;
  };
  const report = await run(runtime, order, { ...ports, memory: keeping });
  if (order.mode === 'apply') {
    const attention = await watch(
      { runId: report.runId, config, via, report, memory },
      { publish: publishing(runtime.environment), ...runtime.watching(due) },
    );
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
  const { due: _, via: __, handed: ___, ...input } = order;
  const report = await reconcile({ ...input, runId: order.runId ?? runtime.newRunId() }, ports);
  logReport(report, runtime);
  return report;
}

function logReport({ groups, ...run }: RunReport, { log }: SyncRuntime): void {
  for (const group of groups) {
    if (group.status !== 'in-sync') log(levelOf(group.status), 'sync.group', { runId: run.runId, ...group });
  }
  log(run.status === 'ok' ? 'info' : 'warn', 'sync.run', run);
}

function levelOf(status: GroupReport['status']) {
  if (status === 'failed') return 'error';
  return status === 'refused' ? 'warn' : 'info';
}
