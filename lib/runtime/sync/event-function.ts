// The function behind schedules, inventory events and queues. Whatever sets it off only says where to look; what
// it finds there is decided by reading everything again.

import type { Context, SQSEvent } from 'aws-lambda';
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { reportWithin } from '../../core/report/answer.ts';
import type { RunReport } from '../../core/report/report.ts';
import { few } from '../../core/text/few.ts';
import { REPORT_MARGIN_MS } from '../../core/time/timeouts.ts';
import { affectedBy } from '../../core/trigger/affected.ts';
import {
  type BatchRecord,
  type BatchResponse,
  batchResponse,
  groupsIn,
  readBatch,
} from '../../core/trigger/batch.ts';
import { approvalOf } from '../../core/trigger/request.ts';
import { readTrigger, type Trigger } from '../../core/trigger/trigger.ts';
import { loggedError } from '../log.ts';
import { publishing } from './publish.ts';
import { runSync } from './run.ts';
import type { Via } from './verdicts.ts';
import { watch } from './watch.ts';
import type { SyncRuntime } from './wire.ts';
import { enqueueWork, queues } from './work-queue.ts';

/** Names in one message. */
const NAMES_SHOWN = 5;

/** Thrown at the end of a run in which anything failed, so that the event source tries again. */
export class SyncFailed extends Error {
  override readonly name = 'SyncFailed';
  readonly runId: string;
  constructor({ runId, groups }: RunReport) {
    const failed = groups.filter(({ status }) => status === 'failed');
    const reasons = few(
      failed.map(({ group, error }) => `${group}: ${error?.code}`),
      NAMES_SHOWN,
    );
    super(`run ${runId}: ${failed.length} of ${groups.length} groups failed (${reasons.join(', ')})`);
    this.runId = runId;
  }
}

/** An event that is no trigger: trying it again would not help, but somebody has to see it. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

export function syncEventFunction(runtime: () => SyncRuntime) {
  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<unknown> => {
    const due = runtime().now() + context.getRemainingTimeInMillis() - REPORT_MARGIN_MS;
    const batch = readBatch(event);
    return batch
      ? onBatch(runtime(), batch, bodiesOf(event), due)
      : onTrigger(runtime(), readTrigger(event), due);
  };
}

async function onTrigger(runtime: SyncRuntime, trigger: Trigger, due: number): Promise<unknown> {
  if (trigger.kind === 'malformed') throw new UnknownEvent(trigger.says);
  if (trigger.kind === 'ignored') {
    runtime.log('info', 'event.ignored', { says: trigger.says });
    return { ignored: trigger.says };
  }
  const config = await runtime.loadConfig();
  const { groups, unknown } = affectedBy(trigger, config);
  if (unknown.length > 0)
    throw new UnknownEvent(`not in the configuration: ${few(unknown, NAMES_SHOWN).join(', ')}`);
  if (trigger.kind !== 'request' && trigger.kind !== 'work' && fansOut(runtime, config, groups)) {
    const enqueued = await enqueue(runtime, groups, trigger.says);
    if (trigger.kind === 'schedule') await watchWorkers(runtime, enqueued.runId, config, due);
    return enqueued;
  }
  const request = trigger.kind === 'request' ? trigger.request : undefined;
  const report = await runSync(runtime, {
    trigger: trigger.says,
    mode: request?.mode ?? 'apply',
    config,
    groups,
    approval: request && approvalOf(request),
    due,
    via: viaOf([trigger]),
  });
  if (report.status === 'failed') throw new SyncFailed(report);
  return reportWithin(report);
}

/** A burst of records is one run over the groups they concern; a record fails with its groups, or by itself. */
async function onBatch(
  runtime: SyncRuntime,
  records: readonly BatchRecord[],
  bodies: ReadonlyMap<string, string>,
  due: number,
): Promise<BatchResponse> {
  const config = await runtime.loadConfig();
  const readable = records.filter(({ trigger }) => trigger.kind !== 'malformed');
  const failures = await setAside(runtime, records, bodies);
  const groups = groupsIn(readable, config);
  if (groups.length === 0) return { batchItemFailures: failures };
  const says = `${readable.length} records: ${[...new Set(readable.map(({ trigger }) => trigger.says))].slice(0, 5).join(', ')}`;
  if (readable.every(({ trigger }) => trigger.kind !== 'work') && fansOut(runtime, config, groups)) {
    await enqueue(runtime, groups, says);
    return { batchItemFailures: failures };
  }
  const via = viaOf(readable.map(({ trigger }) => trigger));
  const report = await runSync(runtime, { trigger: says, mode: 'apply', config, groups, due, via });
  const failed = new Set(report.groups.filter(({ status }) => status === 'failed').map(({ group }) => group));
  const response = batchResponse(readable, config, failed);
  return { batchItemFailures: [...failures, ...response.batchItemFailures] };
}

/**
 * Records that cannot be read go to the dead-letter queue with the reason, since trying them again would not
 * help. Those that cannot be put there fail, so that their own queue does it in the end.
 */
async function setAside(
  runtime: SyncRuntime,
  records: readonly BatchRecord[],
  bodies: ReadonlyMap<string, string>,
): Promise<{ itemIdentifier: string }[]> {
  const { deadLetterQueueUrl } = runtime.environment;
  const failures: { itemIdentifier: string }[] = [];
  for (const { id, trigger } of records) {
    if (trigger.kind !== 'malformed') continue;
    runtime.log('warn', 'record.malformed', { messageId: id, says: trigger.says });
    try {
      if (deadLetterQueueUrl === undefined) throw new Error('there is no dead-letter queue');
      await (await queues()).send(deadLetterQueueUrl, bodies.get(id) ?? '', trigger.says);
    } catch (error) {
      runtime.log('error', 'dead-letter.failed', { messageId: id, error: loggedError(error) });
      failures.push({ itemIdentifier: id });
    }
  }
  return failures;
}

function bodiesOf(event: unknown): ReadonlyMap<string, string> {
  const { Records } = event as SQSEvent;
  return new Map(Records.map(({ messageId, body }) => [messageId, body]));
}

/** Workers look at the groups: the schedule looks whether they do, and tells for them. */
async function watchWorkers(runtime: SyncRuntime, runId: string, config: SyncConfig, due: number) {
  const attention = await watch(
    { runId, config, via: 'schedule' },
    {
      ...runtime.watching(due),
      publish: publishing(runtime.environment),
    },
  );
  runtime.metrics.recordScheduled(attention);
}

function viaOf(triggers: readonly Trigger[]): Via {
  if (triggers.some(({ kind }) => kind === 'work')) return 'work';
  return triggers.some(({ kind }) => kind === 'schedule') ? 'schedule' : 'other';
}

function fansOut({ environment }: SyncRuntime, config: SyncConfig, groups: readonly GroupConfig[]): boolean {
  return environment.workQueueUrl !== undefined && groups.length > config.fanOutAbove;
}

async function enqueue(runtime: SyncRuntime, groups: readonly GroupConfig[], says: string) {
  const { environment, newRunId, log } = runtime;
  const runId = newRunId();
  await enqueueWork(environment.workQueueUrl as string, runId, groups);
  log('info', 'sync.enqueued', { runId, trigger: says, groups: groups.length });
  return { runId, enqueued: groups.length };
}
