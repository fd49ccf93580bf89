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

/** Most messages of one SendMessageBatch call. */
const BATCH = 10;
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
      const starts = Array.from({ length: Math.ceil(messages.length / BATCH) }, (_, index) => index * BATCH);
      const failures: unknown[] = [];
      await pLimit(AT_A_TIME).map(starts, async (start) => {
        if (failures.length > 0) return;
        const batch = messages.slice(start, start + BATCH);
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
