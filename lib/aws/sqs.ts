// Messages to SQS queues. The only file that knows its SDK.
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import { type AwsClientOptions, clientConfig } from './client-options.ts';

export interface FifoMessage {
  readonly body: string;
  /** Messages of one group are delivered one after the other. */
  readonly groupId: string;
  /** A second message with the same id within five minutes is dropped (SendMessage page). */
  readonly deduplicationId: string;
}

/** For a standard queue: in no order, and each for itself. */
export interface LaterMessage {
  readonly body: string;
  /** Nobody sees it before: 900 at the most. */
  readonly delaySeconds: number;
}

/** Most messages of one SendMessageBatch call, and most bytes of them together: 256 KiB (SendMessageBatch page). */
const BATCH = 10;
const BATCH_BYTES = 262_144;
/** Calls at a time: thousands of groups are handed over within the seconds that a webhook's sender waits. */
const AT_A_TIME = 8;

export function openSqs(options: AwsClientOptions = {}) {
  const client = new SQSClient(clientConfig(options));
  return {
    /**
     * Several batches at a time, so in no order. After a failure those under way are waited for, and no other begun.
     * @throws Error naming how many messages a queue did not take, or the SDK's error
     */
    async sendAll(queueUrl: string, messages: readonly (FifoMessage | LaterMessage)[]): Promise<void> {
      const failures: unknown[] = [];
      await pLimit(AT_A_TIME).map(batched(messages), async (batch) => {
        if (failures.length > 0) return;
        await sendBatch(client, queueUrl, batch).catch((error: unknown) => failures.push(error));
      });
      if (failures.length > 0) throw failures[0];
    },
    /** One message with a reason beside it. */
    async send(queueUrl: string, body: string, reason: string): Promise<void> {
      const MessageAttributes = { reason: { DataType: 'String', StringValue: reason } };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes }));
    },
  };
}

/** In their order, as many in a call as it takes. */
export function batched<M extends { readonly body: string }>(messages: readonly M[]): readonly M[][] {
  const batches: M[][] = [];
  let batch: M[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    if (batch.length === BATCH || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  messages: readonly (FifoMessage | LaterMessage)[],
): Promise<void> {
  const Entries = messages.map((message, index) => ({
    Id: String(index),
    MessageBody: message.body,
    ...('groupId' in message
      ? { MessageGroupId: message.groupId, MessageDeduplicationId: message.deduplicationId }
      : { DelaySeconds: message.delaySeconds }),
  }));
  const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  if (Failed.length === 0) return;
  const codes = [...new Set(Failed.map(({ Code }) => Code))].join(', ');
  throw new Error(`the queue did not take ${Failed.length} of ${Entries.length} messages: ${codes}`);
}
