// The queue hands messages to workers as a FIFO queue of SQS does by way of Lambda.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqs } from '../../../lib/aws/sqs.ts';
import { type FifoQueue, startFifoQueue } from './served.ts';

let queue: FifoQueue;
beforeEach(async () => {
  queue = await startFifoQueue();
});
afterEach(() => queue[Symbol.asyncDispose]());

const send = (groups: readonly string[], run = 'run') =>
  openSqs({
    endpoint: queue.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test-aws-key', secretAccessKey: 'not-a-real-secret' },
  }).sendAll(
    queue.url,
    groups.map((groupId, index) => ({
      body: `${groupId} ${index}`,
      groupId,
      deduplicationId: `${run} ${index}`,
    })),
  );

interface Batch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** A worker that notes what it is given; `fails` says which bodies fail. */
function worker(
  seen: string[],
  now: Set<string>,
  overlaps: string[],
  fails: (body: string) => boolean = () => false,
) {
  return async (event: object) => {
    const { Records } = event as Batch;
    const groups = Records.map(({ body }) => body.split(' ')[0] as string);
    for (const group of new Set(groups)) {
      if (now.has(group)) overlaps.push(group);
      now.add(group);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
    for (const group of groups) now.delete(group);
    seen.push(...Records.map(({ body }) => body));
    // What is behind one that failed is left undone as well, as a FIFO queue asks for.
    const stopped = new Set<string>();
    const failed = Records.filter(({ body }) => {
      const group = body.split(' ')[0] as string;
      if (fails(body)) stopped.add(group);
      return stopped.has(group);
    });
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

test('gives each message once, each group to one worker at a time and in its order', async () => {
  const groups = Array.from({ length: 60 }, (_, index) => `g${index % 7}`);
  await send(groups);
  await send(groups);
  expect(queue.waiting()).toHaveLength(60);
  const [seen, now, overlaps] = [[] as string[], new Set<string>(), [] as string[]];
  const workers = [worker(seen, now, overlaps), worker(seen, now, overlaps), worker(seen, now, overlaps)];
  expect(await queue.drain(workers, 10)).toEqual([]);
  expect(overlaps).toEqual([]);
  expect([...seen].sort()).toEqual(groups.map((group, index) => `${group} ${index}`).sort());
  for (const group of new Set(groups)) {
    const numbers = seen
      .filter((body) => body.startsWith(`${group} `))
      .map((body) => Number(body.split(' ')[1]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
});

test('gives what failed again before anything behind it in its group, and not for ever', async () => {
  await send(['a', 'a', 'b']);
  const seen: string[] = [];
  const failsTwice = (body: string) => body === 'a 0' && seen.filter((other) => other === body).length <= 2;
  await queue.drain([worker(seen, new Set(), [], failsTwice)], 10);
  expect(seen.filter((body) => body.startsWith('a'))).toEqual(['a 0', 'a 1', 'a 0', 'a 1', 'a 0', 'a 1']);
  await send(['c'], 'again');
  expect(await queue.drain([worker(seen, new Set(), [], () => true)])).toEqual(['c']);
  expect(queue.waiting()).toEqual([]);
});

test('gives what a worker had when it ended again', async () => {
  await send(['a', 'b']);
  const seen: string[] = [];
  const good = worker(seen, new Set(), []);
  let dies = true;
  await queue.drain([
    async (event) => {
      if (!dies) return good(event);
      dies = false;
      throw new Error('killed');
    },
  ]);
  expect(seen.sort()).toEqual(['a 0', 'b 1']);
});
