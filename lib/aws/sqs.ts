// Messages to SQS queues. The only file that knows its SDK.
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type AwsClientOptions, clientConfig } from './client-options.ts';

export interface FifoMessage {
  readonly body: string;
  /** Messages of one group are delivered one after the other. */
  readonly groupId: string;
  /** A second message with the same id within five minutes is dropped (SendMessage page). */
  readonly deduplicationId: string;
}

/** Most messages of one SendMessageBatch call. */
const BATCH = 10;

export function openSqs(options: AwsClientOptions = {}) {
  const client = new SQSClient(clientConfig(options));
  return {
    /** @throws Error naming how many messages a queue did not take, or the SDK's error */
    async sendAll(queueUrl: string, messages: readonly FifoMessage[]): Promise<void> {
      for (let start = 0; start < messages.length; start += BATCH) {
        const Entries = messages.slice(start, start + BATCH).map((message, index) => ({
          Id: String(index),
          MessageBody: message.body,
          MessageGroupId: message.groupId,
          MessageDeduplicationId: message.deduplicationId,
        }));
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
        );
        if (Failed.length > 0) {
          const codes = [...new Set(Failed.map(({ Code }) => Code))].join(', ');
          throw new Error(`the queue did not take ${Failed.length} of ${Entries.length} messages: ${codes}`);
        }
      }
    },
    /** One message with a reason beside it. */
    async send(queueUrl: string, body: string, reason: string): Promise<void> {
      const MessageAttributes = { reason: { DataType: 'String', StringValue: reason } };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes }));
    },
  };
}
