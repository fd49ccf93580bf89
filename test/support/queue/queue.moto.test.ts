// The played queue and moto's are asked the same; both have to answer what the SQS developer guide says.
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithMoto } from '../moto.ts';
import { Queue, type Sent } from './queue.ts';

interface Asked {
  send(sent: Sent): Promise<unknown>;
  receive(most: number): Promise<{ body: string; receipt: string; count: number }[]>;
  delete(receipt: string): Promise<unknown>;
  hide(receipt: string, seconds: number): Promise<unknown>;
}
interface Pair {
  readonly queue: Asked;
  readonly deadLetters: Asked;
}

const MOST_RECEIVES = 2;

function played(fifo: boolean): Pair {
  const now = () => 1_790_000_000_000;
  const deadLetters = new Queue({ now, fifo });
  const queue = new Queue({ now, fifo, redrive: { maxReceiveCount: MOST_RECEIVES, deadLetters } });
  const asked = (of: Queue): Asked => ({
    send: async (sent) => of.send(sent),
    receive: async (most) =>
      of.receive(most).map(({ body, receipt, receiveCount: count }) => ({ body, receipt, count })),
    delete: async (receipt) => of.delete(receipt),
    hide: async (receipt, seconds) => of.changeVisibility(receipt, seconds),
  });
  return { queue: asked(queue), deadLetters: asked(deadLetters) };
}

/** What both have to answer. */
function questions(start: (fifo: boolean) => Promise<Pair>): void {
  const bodies = (received: readonly { body: string }[]) => received.map(({ body }) => body);
  const fifo = (body: string): Sent => ({ body, groupId: body[0] as string, deduplicationId: body });

  test('standard: hidden when received, seen again when let go, given up after two', async () => {
    const { queue, deadLetters } = await start(false);
    await queue.send({ body: 'a' });
    for (const count of [1, 2]) {
      const [first] = await queue.receive(10);
      expect(first).toMatchObject({ body: 'a', count });
      expect(await queue.receive(10)).toEqual([]);
      await queue.hide(first?.receipt ?? '', 0);
    }
    expect(await queue.receive(10)).toEqual([]);
    expect(bodies(await deadLetters.receive(10))).toEqual(['a']);
  });

  test('standard: a delayed message is not seen at first', async () => {
    const { queue } = await start(false);
    await queue.send({ body: 'later', delaySeconds: 900 });
    await queue.send({ body: 'now' });
    expect(bodies(await queue.receive(10))).toEqual(['now']);
  });

  test('FIFO: a message in flight blocks its group alone, until it is deleted', async () => {
    const { queue } = await start(true);
    for (const body of ['a1', 'a2', 'b1']) await queue.send(fifo(body));
    const [first] = await queue.receive(1);
    expect(first?.body).toBe('a1');
    expect(bodies(await queue.receive(10))).toEqual(['b1']);
    expect(await queue.receive(10)).toEqual([]);
    await queue.delete(first?.receipt ?? '');
    expect(bodies(await queue.receive(10))).toEqual(['a2']);
  });

  test('FIFO: what is let go comes before what is behind it, and is sent once', async () => {
    const { queue } = await start(true);
    for (const body of ['a1', 'a1', 'a2']) await queue.send(fifo(body));
    const [first] = await queue.receive(1);
    await queue.hide(first?.receipt ?? '', 0);
    expect(bodies(await queue.receive(1))).toEqual(['a1']);
    expect(await queue.receive(10)).toEqual([]);
  });

  test('FIFO: no message has a delay of its own', async () => {
    const { queue } = await start(true);
    await expect(queue.send({ ...fifo('a1'), delaySeconds: 5 })).rejects.toThrow();
  });
}

describe('as played here', () => {
  questions(async (fifo) => played(fifo));
});

describeWithMoto('as moto plays it', (moto) => {
  let sqs: SQSClient;
  beforeAll(() => {
    sqs = new SQSClient(moto.client);
  });
  afterAll(() => sqs?.destroy());

  questions(async (fifo) => {
    await moto.reset();
    const end = fifo ? '.fifo' : '';
    const create = async (QueueName: string, attributes: Record<string, string>) => {
      const Attributes = { ...(fifo && { FifoQueue: 'true' }), ...attributes };
      return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl as string;
    };
    const deadLetters = await create(`dead${end}`, {});
    const asked = new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] });
    const deadLetterTargetArn = (await sqs.send(asked)).Attributes?.QueueArn;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: MOST_RECEIVES });
    return {
      queue: over(sqs, await create(`queue${end}`, { RedrivePolicy })),
      deadLetters: over(sqs, deadLetters),
    };
  });
});

function over(sqs: SQSClient, QueueUrl: string): Asked {
  return {
    send: ({ body, groupId, deduplicationId, delaySeconds }) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: body,
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId,
          DelaySeconds: delaySeconds,
        }),
      ),
    receive: async (most) => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: most,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      return Messages.map(({ Body = '', ReceiptHandle = '', Attributes }) => ({
        body: Body,
        receipt: ReceiptHandle,
        count: Number(Attributes?.ApproximateReceiveCount),
      }));
    },
    delete: (ReceiptHandle) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    hide: (ReceiptHandle, VisibilityTimeout) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
  };
}
