// The function behind the queue of the history. What cannot be put yet goes back, and is tried again as long as the queue has it.
import type { Context, SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod/mini';
import { listOf } from '../../core/text/bounded.ts';
import { REPORT_MARGIN_MS } from '../../core/time/timeouts.ts';
import { type HistoryPlace, readHistoryEnvironment } from '../environment.ts';
import { type Log, log, loggedError } from '../log.ts';
import { started } from '../wire.ts';
import { put } from './keep.ts';
import { readMessage } from './objects.ts';

/** Messages of one batch: as many as serverless.yml says, and the most of a queue without a window. */
const BATCH_MAX = 10;

const batch = z.object({
  Records: listOf(z.object({ messageId: z.string(), body: z.string() }), BATCH_MAX),
});

interface Waiting {
  readonly place: HistoryPlace;
  readonly log: Log;
  readonly now: () => number;
}

export function keepWaiting(runtime: () => Waiting) {
  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const { place, log, now } = runtime();
    const due = now() + context.getRemainingTimeInMillis() - REPORT_MARGIN_MS;
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of z.parse(batch, event).Records) {
      const message = readMessage(body);
      if (message === undefined) {
        // Trying it again would not help, and what it holds is in no place of ours.
        log('error', 'history.lost', { messageId, says: 'the message is no record' });
        continue;
      }
      try {
        await put(message.key, message.bytes, due, { place, now });
        log('info', 'history.kept', { key: message.key });
      } catch (error) {
        log('warn', 'history.waits', { key: message.key, error: loggedError(error) });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

/** The runtime of this process; see `startRuntime`. */
export function startWaiting(env = process.env): () => Waiting {
  return started(
    () => ({ place: readHistoryEnvironment(env), log, now: Date.now }),
    async () => {},
  );
}
