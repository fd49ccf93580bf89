// The FIFO queue over HTTP: it knows one action, SendMessageBatch, in the AWS JSON 1.0 protocol, and hands its messages to
// workers in batches, as Lambda does. Its clock goes on by itself where everything waits for a message to be seen again.
import { createHash } from 'node:crypto';
import { HOST, listen, readBody } from '../standin/loopback.ts';
import { failuresIn, recordOf } from './lambda.ts';
import { Queue, type Received } from './queue.ts';

/** Deliveries after which a message is given up. */
const MOST_RECEIVES = 5;

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
  /**
   * Keeps the workers busy until nothing waits. Resolves to the message groups that were given up.
   * @param batchSize messages that a worker gets at a time; as deployed if not given
   */
  drain(workers: readonly Worker[], batchSize?: number): Promise<readonly string[]>;
}

export async function startFifoQueue(): Promise<FifoQueue> {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const deadLetters = new Queue({ now, fifo: true });
  const redrive = { maxReceiveCount: MOST_RECEIVES, deadLetters };
  // Longer than any worker takes: what is in its hands is not shown to another.
  const queue = new Queue({ now, fifo: true, visibilitySeconds: 3_600, redrive });
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
      const MessageId = queue.send({
        body: MessageBody,
        groupId: MessageGroupId,
        deduplicationId: MessageDeduplicationId,
      });
      return { Id, MessageId, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
    });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ Successful, Failed: [] }));
  });
  const endpoint = `http://${HOST}:${server.port}`;
  const groupsIn = (of: Queue) => of.messages.map(({ groupId = '' }) => groupId);

  return {
    endpoint,
    url: `${endpoint}/123456789012/work.fifo`,
    waiting: () => groupsIn(queue),
    onBatch: (next) => {
      hook = next;
    },
    async drain(workers, batchSize = 1) {
      const before = deadLetters.messages.length;
      let busy = 0;
      const work = async (worker: Worker): Promise<void> => {
        for (;;) {
          const batch = queue.receive(batchSize);
          if (batch.length > 0) {
            busy += 1;
            const failed = await deliver(worker, batch);
            for (const { id, receipt } of batch) if (!failed.has(id)) queue.delete(receipt);
            busy -= 1;
          } else if (busy > 0) {
            // What waits is in the hands of others.
            await new Promise((resolve) => setTimeout(resolve, 5));
          } else {
            const { nextAt } = queue;
            if (nextAt === undefined) return;
            ahead += nextAt - now();
          }
        }
      };
      await Promise.all(workers.map(work));
      return groupsIn(deadLetters).slice(before);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Ids of the messages that failed: all of them where the worker did. */
async function deliver(worker: Worker, batch: readonly Received[]): Promise<ReadonlySet<string>> {
  try {
    return failuresIn(await worker({ Records: batch.map(recordOf) }));
  } catch {
    return new Set(batch.map(({ id }) => id));
  }
}
