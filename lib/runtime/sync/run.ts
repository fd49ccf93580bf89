// One run: reconcile, then tell. The report goes to the log, the figures to CloudWatch, verdicts to the memory and to whoever
// subscribed.
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import type { Approval } from '../../core/plan/decide.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import type { RunMemory } from './memory.ts';
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
  readonly mode: Mode;
  readonly config: SyncConfig;
  readonly groups: readonly GroupConfig[];
  readonly approval?: Approval | undefined;
  /** When the run has to end, in milliseconds since the epoch. */
  readonly due: number;
  readonly via?: Via;
}

/** Never rejects: what failed is in the report. */
export async function runSync(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  const { due, via = 'other', ...input } = order;
  const runId = order.runId ?? runtime.newRunId();
  const ports = runtime.ports(order.mode, due);
  let memory: RunMemory | undefined;
  const read = ports.memory;
  const remembering = read && { memory: async (keys: readonly string[]) => (memory = await read(keys)) };
  const report = await reconcile({ ...input, runId }, { ...ports, ...remembering });
  logReport(report, runtime);
  if (order.mode === 'apply') {
    const { config, groups } = order;
    const attention = await watch(
      { runId, config, via, report, memory },
      {
        ...runtime.watching(due),
        publish: publishing(runtime.environment),
      },
    );
    const isAll = via === 'schedule' && groups.length === config.groups.length;
    runtime.metrics.record(report, attention, isAll);
  }
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
  return status === 'refused' || status === 'stopped' ? 'warn' : 'info';
}
