// The queue that hands groups to workers: one message a group, in the order that gives each group one worker at a
// time.
import type { GroupConfig } from '../../core/config.ts';
import type { Sha256 } from '../../core/fingerprint.ts';
import { messageGroupId, workFor } from '../../core/work.ts';
import { queues } from './queues.ts';

/**
 * Enqueues work on groups. The same groups under the same run id are enqueued once, for as long as the queue
 * remembers.
 */
export async function enqueueWork(
  queueUrl: string,
  runId: string,
  groups: readonly Pick<GroupConfig, 'key'>[],
  sha256: Sha256,
): Promise<void> {
  const messages = groups.map(({ key }) => ({
    body: JSON.stringify(workFor(key, runId)),
    groupId: messageGroupId(key, sha256),
    deduplicationId: sha256(`${runId} ${key}`),
  }));
  await (await queues()).sendAll(queueUrl, messages);
}
