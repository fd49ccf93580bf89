// The function behind schedules, inventory events and queues. Whatever sets it off only says where to look; what
// it finds there is decided by reading everything again.

import type { Context, SQSEvent } from 'aws-lambda';
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { type FamilyAsked, unitsOf } from '../../core/family/units.ts';
import { reportWithin } from '../../core/report/answer.ts';
import { lookedAt } from '../../core/report/family.ts';
import type { RunReport } from '../../core/report/report.ts';
import { few } from '../../core/text/few.ts';
import { REPORT_MARGIN_MS } from '../../core/time/timeouts.ts';
import { affectedBy } from '../../core/trigger/affected.ts';
import { askersOf, type BatchResponse, batchResponse, recheckOf } from '../../core/trigger/again.ts';
import { type BatchRecord, concernedIn, readBatch } from '../../core/trigger/batch.ts';
import { readTrigger, type Trigger } from '../../core/trigger/trigger.ts';
import type { Asker, HandedReading } from '../../core/trigger/work.ts';
import { directCaller } from '../http/caller.ts';
import { loggedError } from '../log.ts';
import { expand } from './families.ts';
import { handing } from './handed.ts';
import { noteHandedOut } from './noted.ts';
import { publishing } from './publish.ts';
import { runSync } from './run.ts';
import { UnknownEvent } from './unknown-event.ts';
import type { Via } from './verdicts.ts';
import { watch } from './watch.ts';
import type { SyncRuntime } from './wire.ts';
import { batchesFor, enqueueRechecks, enqueueWork, type Queues, queues } from './work-queue.ts';

/** Names in one message. */
const NAMES_SHOWN = 5;

/** Thrown at the end of a run in which anything failed, so that the event source tries again. */
export class SyncFailed extends Error {
  override readonly name = 'SyncFailed';
  readonly runId: string;
  constructor(runId: string, message: string) {
    super(message);
    this.runId = runId;
  }
}

/** Bytes of a report in the error of a direct invocation; as an answer it may be larger. */
const FAILURE_MAX_BYTES = 128 * 1024;

/**
 * A failed run fails its invocation. Who invoked the function directly has the report in the error's message, as JSON:
 * there is no other place for it. Everybody else is told in a line, and finds the report in the log.
 */
function failureOf(report: RunReport, isAsked: boolean): SyncFailed {
  if (isAsked) return new SyncFailed(report.runId, JSON.stringify(reportWithin(report, FAILURE_MAX_BYTES)));
  const { runId } = report;
  const groups = lookedAt(report);
  const failed = groups.filter(({ status }) => status === 'failed');
  const reasons = few(
    failed.map(({ group, error }) => `${group}: ${error?.code}`),
    NAMES_SHOWN,
  );
  return new SyncFailed(
    runId,
    `run ${runId}: ${failed.length} of ${groups.length} groups failed (${reasons.join(', ')})`,
  );
}

/** What a run needs beside its own: where work is handed over, and what has to be looked at again. */
interface EventRuntime extends SyncRuntime {
  readonly queues: () => Promise<Queues>;
}

/** @param openQueues for a test */
export function syncEventFunction(runtime: () => SyncRuntime, openQueues = queues) {
  const own = (): EventRuntime => ({ ...runtime(), queues: openQueues });
  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'> & Partial<Context>,
  ): Promise<unknown> => {
    const due = own().now() + context.getRemainingTimeInMillis() - REPORT_MARGIN_MS;
    const batch = readBatch(event);
    return batch
      ? onBatch(own(), batch, bodiesOf(event), due)
      : onTrigger(own(), readTrigger(event), directCaller(context), due);
  };
}

async function onTrigger(
  runtime: EventRuntime,
  trigger: Trigger,
  caller: string,
  due: number,
): Promise<unknown> {
  if (trigger.kind === 'malformed') throw new UnknownEvent(trigger.says);
  if (trigger.kind === 'ignored') {
    runtime.log('info', 'event.ignored', { says: trigger.says });
    return { ignored: trigger.says };
  }
  const config = await runtime.loadConfig();
  const { groups, families, unknown } = affectedBy(trigger, config);
  if (unknown.length > 0)
    throw new UnknownEvent(`not in the configuration: ${few(unknown, NAMES_SHOWN).join(', ')}`);
  const work = workOf(groups, families);
  if (trigger.kind !== 'request' && trigger.kind !== 'work' && fansOut(runtime, config, work)) {
    const asker = trigger.kind === 'schedule' ? 'schedule' : 'event';
    const enqueued = await enqueue(runtime, { config, work, says: trigger.says, due }, () => asker);
    if (trigger.kind === 'schedule') await watchWorkers(runtime, enqueued.runId, config, due);
    return enqueued;
  }
  const request = trigger.kind === 'request' ? trigger.request : undefined;
  const report = await runSync(runtime, {
    trigger: trigger.says,
    ...(request && { caller }),
    mode: request?.mode ?? 'apply',
    config,
    groups,
    families,
    due,
    via: viaOf([trigger]),
    handed: handedWith([trigger]),
  });
  if (trigger.kind === 'inventory') {
    const askers = askersOf([{ id: '', trigger }], unitsOf(config));
    await lookLater(runtime, report.runId, recheckOf(lookedAt(report), askers));
  }
  if (report.status === 'failed') throw failureOf(report, request !== undefined);
  return reportWithin(report);
}

/** A burst of records is one run over the groups they concern; a record fails with its groups, or by itself. */
async function onBatch(
  runtime: EventRuntime,
  records: readonly BatchRecord[],
  bodies: ReadonlyMap<string, string>,
  due: number,
): Promise<BatchResponse> {
  const config = await runtime.loadConfig();
  const readable = records.filter(({ trigger }) => trigger.kind !== 'malformed');
  const failures = await setAside(runtime, records, bodies);
  const askers = askersOf(readable, unitsOf(config));
  const hints = readable.filter(({ trigger }) => trigger.kind !== 'work');
  const hinted = concernedIn(hints, config);
  const work = workOf(hinted.groups, hinted.families);
  const handsOn = fansOut(runtime, config, work);
  if (handsOn)
    await enqueue(
      runtime,
      { config, work, says: saysOf(hints), due },
      (group) => askers.get(group) ?? 'event',
    );
  // Work is what somebody else handed on already.
  const own = handsOn ? readable.filter(({ trigger }) => trigger.kind === 'work') : readable;
  const { groups, families } = concernedIn(own, config);
  if (groups.length + families.length === 0) return { batchItemFailures: failures };
  const via = viaOf(own.map(({ trigger }) => trigger));
  const report = await runSync(runtime, {
    trigger: saysOf(own),
    mode: 'apply',
    config,
    groups,
    families,
    due,
    via,
    handed: handedWith(own.map(({ trigger }) => trigger)),
  });
  const looked = lookedAt(report);
  const isSent = await lookLater(runtime, report.runId, recheckOf(looked, askers));
  const response = batchResponse(own, config, looked, isSent);
  return { batchItemFailures: [...failures, ...response.batchItemFailures] };
}

/** Work for a queue: a family goes as a whole, as all of its groups take one reading. */
function workOf(
  groups: readonly GroupConfig[],
  families: readonly FamilyAsked[],
): readonly { key: string }[] {
  const keysOf = ({ family, only }: FamilyAsked) => (only ? [...only] : [family.key]);
  return [...groups, ...families.flatMap(keysOf).map((key) => ({ key }))];
}

function saysOf(records: readonly BatchRecord[]): string {
  const says = new Set(records.map(({ trigger }) => trigger.says));
  return `${records.length} records: ${[...says].slice(0, NAMES_SHOWN).join(', ')}`;
}

/** Whether each of the groups is looked at once more. Where that cannot be sent for, records of what failed go back. */
async function lookLater(
  { environment, log, queues }: EventRuntime,
  runId: string,
  groups: readonly string[],
): Promise<boolean> {
  const { inventoryQueueUrl } = environment;
  if (inventoryQueueUrl === undefined) return false;
  if (groups.length === 0) return true;
  try {
    await enqueueRechecks(await queues(), inventoryQueueUrl, runId, groups);
    log('info', 'sync.recheck', { runId, groups: groups.length });
    return true;
  } catch (error) {
    log('warn', 'recheck.failed', { runId, groups: groups.length, error: loggedError(error) });
    return false;
  }
}

/**
 * Records that cannot be read go to the dead-letter queue with the reason, since trying them again would not
 * help. Those that cannot be put there fail, so that their own queue does it in the end.
 */
async function setAside(
  runtime: EventRuntime,
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
      await (await runtime.queues()).send(deadLetterQueueUrl, bodies.get(id) ?? '', trigger.says);
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
async function watchWorkers(runtime: EventRuntime, runId: string, config: SyncConfig, due: number) {
  const attention = await watch(
    {
      runId,
      config,
      via: 'schedule',
      families: {
        asked: new Map(),
        find: async (families) => {
          const ports = runtime.ports('plan', due, families);
          return (
            await expand(
              config,
              families.map((family) => ({ family })),
              ports,
            )
          ).asked;
        },
      },
    },
    {
      publish: publishing(runtime.environment),
      ...runtime.watching(due),
    },
  );
  await noteHandedOut(runId, config.groups.length, runtime.watching(due));
  runtime.metrics.recordScheduled(attention);
}

function handedWith(triggers: readonly Trigger[]): readonly HandedReading[] {
  return triggers.flatMap((trigger) => (trigger.kind === 'work' ? (trigger.work.reading ?? []) : []));
}

function viaOf(triggers: readonly Trigger[]): Via {
  if (triggers.some(({ kind }) => kind === 'work')) return 'work';
  return triggers.some(({ kind }) => kind === 'schedule') ? 'schedule' : 'other';
}

function fansOut({ environment }: SyncRuntime, config: SyncConfig, work: readonly unknown[]): boolean {
  return environment.workQueueUrl !== undefined && work.length > config.fanOutAbove;
}

interface Handover {
  readonly config: SyncConfig;
  readonly work: readonly { readonly key: string }[];
  readonly says: string;
  readonly due: number;
}

/** Hands groups to workers, those that read the same together, with what more than one of them needs read once. */
async function enqueue(
  runtime: EventRuntime,
  { config, work, says, due }: Handover,
  askerOf: (group: string) => Asker,
) {
  const { environment, newRunId, log, queues } = runtime;
  const runId = newRunId();
  const batches = batchesFor(config.groups, work, askerOf);
  const deps = runtime.handing?.(due);
  const readingFor = deps && handing(runId, batches, config.groups, deps);
  await enqueueWork(await queues(), environment.workQueueUrl as string, runId, batches, readingFor);
  log('info', 'sync.enqueued', { runId, trigger: says, groups: work.length, messages: batches.length });
  return { runId, enqueued: work.length };
}
