// Messages to a queue, which moto plays, and to a server that fails.
import { createServer } from 'node:http';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FifoMessage, openSqs } from '../../../lib/aws/sqs.ts';
import { openLoopback } from '../../support/loopback.ts';
import { describeWithMoto } from '../../support/moto.ts';

const messages = (n: number): FifoMessage[] =>
  Array.from({ length: n }, (_, index) => ({
    body: `{"n":${index}}`,
    groupId: `group-${index}`,
    deduplicationId: `id-${n}-${index}`,
  }));

describeWithMoto('with moto', (moto) => {
  let sqs: SQSClient;
  let QueueUrl: string;
  beforeAll(async () => {
    sqs = new SQSClient(moto.client);
    const queue = new CreateQueueCommand({ QueueName: 'work.fifo', Attributes: { FifoQueue: 'true' } });
    QueueUrl = (await sqs.send(queue)).QueueUrl as string;
  });
  afterAll(() => sqs?.destroy());

  async function count(): Promise<number> {
    const name = 'ApproximateNumberOfMessages';
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }),
    );
    return Number(Attributes?.[name]);
  }

  test.each([0, 1, 10, 41])('%i messages arrive, and again only once', async (n) => {
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    const { sendAll } = openSqs(moto.client);
    await sendAll(QueueUrl, messages(n));
    await sendAll(QueueUrl, messages(n));
    expect(await count()).toBe(n);
  });

  test('messages arrive that are together too large for one call', async () => {
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    const large = messages(12).map((message) => ({ ...message, body: message.body.padEnd(100_000) }));
    await openSqs(moto.client).sendAll(QueueUrl, large);
    expect(await count()).toBe(large.length);
  });
});

/** Sends to a server that answers each call with the same, and tells what it saw of the calls. */
async function sendTo(status: number, answer: object, n: number) {
  const calls = { begun: 0, open: 0 };
  const server = createServer((request, response) => {
    calls.begun += 1;
    calls.open += 1;
    request.resume().on('end', () => {
      setImmediate(() => {
        calls.open -= 1;
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(answer));
      });
    });
  });
  await using queue = await openLoopback(server);
  const endpoint = `http://${queue.address}`;
  const credentials = { accessKeyId: 'test-aws-key', secretAccessKey: 'not-a-real-secret' };
  const { sendAll } = openSqs({ endpoint, region: 'eu-central-1', credentials });
  const error = await sendAll(`${endpoint}/123456789012/work.fifo`, messages(n)).catch((e: Error) => e);
  return { error, ...calls };
}

test('after a failure no further batch is begun, and those under way have ended', async () => {
  const { error, begun, open } = await sendTo(400, { __type: 'com.amazonaws.sqs#QueueDoesNotExist' }, 500);
  expect(error).toMatchObject({ name: 'QueueDoesNotExist' });
  expect(open).toBe(0);
  // Eight at a time; whoever takes over from one that failed sees that it did.
  expect(begun).toBe(8);
});

test('messages that a queue does not take are counted', async () => {
  const Failed = ['0', '2'].map((Id) => ({ Id, Code: 'InternalError', SenderFault: false }));
  const { error } = await sendTo(200, { Successful: [], Failed }, 3);
  expect(error).toMatchObject({ message: 'the queue did not take 2 of 3 messages: InternalError' });
});
