// How many messages a queue holds.
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

const NAMES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Those that wait, are worked on or are delayed; SQS says about how many. @throws {ReadError} */
export async function queueDepth(queueUrl: string, options: AwsClientOptions = {}): Promise<number> {
  const client = new SQSClient(clientConfig(options));
  try {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...NAMES] }),
    );
    return NAMES.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  } catch (cause) {
    throw readErrorOf('GetQueueAttributes', cause);
  } finally {
    client.destroy();
  }
}
