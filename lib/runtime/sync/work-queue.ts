// The queue that hands groups to workers: a message a batch, in the order that gives each group one worker at a time. The SDK
// of SQS is loaded by the first run that needs a queue.
import pLimit from 'p-limit';
import type { GroupConfig } from '../../core/config/config.ts';
import { RECHECK_SECONDS } from '../../core/time/timeouts.ts';
import { batchesOf, partsOf } from '../../core/trigger/parts.ts';
import {
  type Asker,
  type Batch,
  batchFor,
  deduplicationId,
  type HandedReading,
  workFor,
} from '../../core/trigger/work.ts';
import { readsOf } from '../../inventory/sources/reads.ts';

export type Queues = ReturnType<typeof import('../../aws/sqs.ts')['openSqs']>;
let opened: Promise<Queues> | undefined;

/** One client for all queues. */
export function queues(): Promise<Queues> {
  opened ??= import('../../aws/sqs.ts').then(({ openSqs }) => openSqs());
  return opened;
}

const parts = new WeakMap<readonly GroupConfig[], readonly (readonly GroupConfig[])[]>();

/** The groups of a run as they go to workers. @param document all groups of the configuration */
export function batchesFor(
  document: readonly GroupConfig[],
  groups: readonly Pick<GroupConfig, 'key'>[],
  askerOf: (group: string) => Asker,
): readonly Batch[] {
  let known = parts.get(document);
  if (known === undefined) {
    known = partsOf(document, ({ sources }) => sources.flatMap(readsOf));
    parts.set(document, known);
  }
  return batchesOf(known, groups, askerOf);
}

/** Batches that are read for, written and sent at a time. */
const AT_A_TIME = 4;

/**
 * Enqueues work on groups. The same batch under the same run id is enqueued once, for as long as the queue remembers.
 * @param readingFor what is handed with a batch, if anything is: each is sent as soon as that is there
 * @throws what the queue says, after which no other batch is begun
 */
export async function enqueueWork(
  { sendAll }: Pick<Queues, 'sendAll'>,
  queueUrl: string,
  runId: string,
  batches: readonly Batch[],
  readingFor?: (batch: Batch) => Promise<HandedReading | undefined>,
): Promise<void> {
  const messageOf = (batch: Batch, reading?: HandedReading) => ({
    body: JSON.stringify(batchFor(batch, runId, reading)),
    groupId: batch.id,
    deduplicationId: deduplicationId(batch, runId),
  });
  if (readingFor === undefined) {
    await sendAll(
      queueUrl,
      batches.map((batch) => messageOf(batch)),
    );
    return;
  }
  const failures: unknown[] = [];
  await pLimit(AT_A_TIME).map(batches, async (batch) => {
    try {
      if (failures.length === 0) await sendAll(queueUrl, [messageOf(batch, await readingFor(batch))]);
    } catch (error) {
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
}

/**
 * Sends for one more look at groups, after a while. It goes to the queue of the events: a FIFO queue knows no delay of one
 * message, and one that is hidden there would hold back all work on its group.
 */
export async function enqueueRechecks(
  { sendAll }: Pick<Queues, 'sendAll'>,
  queueUrl: string,
  runId: string,
  groups: readonly string[],
): Promise<void> {
  const messages = groups.map((key) => ({
    body: JSON.stringify(workFor(key, runId, 'recheck')),
    delaySeconds: RECHECK_SECONDS,
  }));
  await sendAll(queueUrl, messages);
}
