// The queue that hands groups to workers: one message a group, in the order that gives each group one worker at a
// time. The SDK of SQS is loaded by the first run that needs a queue.
import type { GroupConfig } from '../../core/config/config.ts';
import { sha256 } from '../../core/text/digest.ts';
import { RECHECK_SECONDS } from '../../core/time/timeouts.ts';
import { type Asker, messageGroupId, workFor } from '../../core/trigger/work.ts';

export type Queues = ReturnType<typeof import('../../aws/sqs.ts')['openSqs']>;
let opened: Promise<Queues> | undefined;

/** One client for all queues. */
export function queues(): Promise<Queues> {
  opened ??= import('../../aws/sqs.ts').then(({ openSqs }) => openSqs());
  return opened;
}

/**
 * Enqueues work on groups. The same groups under the same run id are enqueued once, for as long as the queue
 * remembers.
 */
export async function enqueueWork(
  { sendAll }: Pick<Queues, 'sendAll'>,
  queueUrl: string,
  runId: string,
  groups: readonly Pick<GroupConfig, 'key'>[],
  askerOf: (group: string) => Asker,
): Promise<void> {
  const messages = groups.map(({ key }) => ({
    body: JSON.stringify(workFor(key, runId, askerOf(key))),
    groupId: messageGroupId(key),
    deduplicationId: sha256(`${runId} ${key}`),
  }));
  await sendAll(queueUrl, messages);
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
