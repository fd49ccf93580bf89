// A local SQS FIFO queue that knows one action, SendMessageBatch, in the AWS JSON 1.0 protocol, and hands its messages
// to workers as Lambda does: in batches, and those of one message group to one worker at a time, in their order.
import { createHash, randomUUID } from 'node:crypto';
import { HOST, listen, readBody } from './loopback.ts';

/** Most records in one invocation of a worker. */
const BATCH = 10;
/** Deliveries after which a message is given up. */
const MOST_RECEIVES = 5;

interface Message {
  readonly id: string;
  readonly group: string;
  readonly body: string;
  receives: number;
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
}

/** Serves an SQS event; answers with the records that failed. */
export type Worker = (event: object) => Promise<unknown>;

export interface FifoQueue extends AsyncDisposable {
  /** Where the SDK finds SQS. */
  readonly endpoint: string;
  readonly url: string;
  /** Message groups of what waits, oldest first. */
  waiting(): readonly string[];
  /** Called with the number of each batch before it is taken in, the first being 1. */
  onBatch(hook: (count: number) => void | Promise<void>): void;
  /** Keeps the workers busy until nothing waits. Resolves to the message groups that were given up. */
  drain(workers: readonly Worker[]): Promise<readonly string[]>;
}

export async function startFifoQueue(): Promise<FifoQueue> {
  const messages: Message[] = [];
  const known = new Set<string>();
  let batches = 0;
  let hook: (count: number) => void | Promise<void> = () => {};

  const server = await listen(0, async (request, response) => {
    const { body } = await readBody(request, 1_048_576);
    if (request.headers['x-amz-target'] !== 'AmazonSQS.SendMessageBatch')
      return void response.writeHead(400).end();
    const { Entries } = JSON.parse(body.toString('utf8')) as { Entries: readonly Entry[] };
    batches += 1;
    await hook(batches);
    const Successful = Entries.map(({ Id, MessageBody, MessageGroupId, MessageDeduplicationId }) => {
      const id = randomUUID();
      if (!known.has(MessageDeduplicationId)) {
        messages.push({ id, group: MessageGroupId, body: MessageBody, receives: 0 });
      }
      known.add(MessageDeduplicationId);
      return { Id, MessageId: id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
    });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ Successful, Failed: [] }));
  });
  const endpoint = `http://${HOST}:${server.port}`;

  return {
    endpoint,
    url: `${endpoint}/123456789012/work.fifo`,
    waiting: () => messages.map(({ group }) => group),
    onBatch: (next) => {
      hook = next;
    },
    async drain(workers) {
      const givenUp: string[] = [];
      const busy = new Set<string>();
      const take = (): Message[] => {
        const taken: Message[] = [];
        const passed = new Set(busy);
        for (const message of messages) {
          if (taken.length === BATCH) break;
          // One of a group in a batch: the next waits until that one is done.
          if (!passed.has(message.group)) taken.push(message);
          passed.add(message.group);
        }
        for (const { group } of taken) busy.add(group);
        return taken;
      };
      const settle = (batch: readonly Message[], failed: ReadonlySet<string>) => {
        for (const message of batch) {
          busy.delete(message.group);
          message.receives += 1;
          const isGivenUp = failed.has(message.id) && message.receives >= MOST_RECEIVES;
          if (isGivenUp) givenUp.push(message.group);
          if (isGivenUp || !failed.has(message.id)) messages.splice(messages.indexOf(message), 1);
        }
      };
      const work = async (worker: Worker): Promise<void> => {
        for (;;) {
          const batch = take();
          if (batch.length > 0) settle(batch, await deliver(worker, batch));
          else if (busy.size === 0) return;
          // What waits is in the hands of others.
          else await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      await Promise.all(workers.map(work));
      return givenUp;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Ids of the messages that failed: all of them where the worker did. */
async function deliver(worker: Worker, batch: readonly Message[]): Promise<ReadonlySet<string>> {
  const Records = batch.map(({ id, body, group, receives }) => ({
    messageId: id,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:work.fifo',
    awsRegion: 'eu-central-1',
    body,
    attributes: { MessageGroupId: group, ApproximateReceiveCount: String(receives + 1) },
    messageAttributes: {},
  }));
  try {
    const answer = (await worker({ Records })) as { batchItemFailures: { itemIdentifier: string }[] };
    return new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  } catch {
    return new Set(batch.map(({ id }) => id));
  }
}
