// One run: reconcile, then tell. The report goes to the log, the figures to CloudWatch, refusals and failures to
// whoever subscribed.
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { noticeOf } from '../../core/report/notice.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import { loggedError } from '../log.ts';
import { reconcile } from './reconcile.ts';
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
}

/** Never rejects: what failed is in the report. */
export async function runSync(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  const report = await runOnly(runtime, order);
  if (order.mode === 'apply') {
    runtime.metrics.record(report);
    await notify(report, runtime);
  }
  return report;
}

/** A run that nobody is told of but the log, as plans are. Never rejects. */
export async function runOnly(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  const { due, ...input } = order;
  const runId = order.runId ?? runtime.newRunId();
  const report = await reconcile({ ...input, runId }, runtime.ports(order.mode, due));
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

/** A notice that cannot be sent is logged: the run itself is done. */
async function notify(report: RunReport, { environment, log }: SyncRuntime): Promise<void> {
  const { topicArn } = environment;
  if (topicArn === undefined || report.status === 'ok') return;
  try {
    const { subject, message } = noticeOf(report);
    const { publish } = await import('../../aws/sns.ts');
    await publish(topicArn, subject, message);
  } catch (error) {
    log('error', 'notice.failed', { runId: report.runId, error: loggedError(error) });
  }
}
