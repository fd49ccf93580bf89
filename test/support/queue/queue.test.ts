// The played queue against what the SQS developer guide says; queue.moto.test.ts asks moto the same questions.
import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualTime } from '../../attack/simulation/time.ts';
import { EventSource, Executions, invokeLater } from './lambda.ts';
import { Queue, QueueRefusal, type Received } from './queue.ts';

const SECOND = 1_000;
let clock = 0;
const now = () => clock;
beforeEach(() => {
  clock = 1_790_000_000_000;
});
const bodies = (received: readonly Received[]) => received.map(({ body }) => body);
const receiptOf = ([first]: readonly Received[]) => (first as Received).receipt;

describe('a standard queue', () => {
  test('hides what is received, and shows it again if it is not deleted', () => {
    const queue = new Queue({ now, visibilitySeconds: 60 });
    queue.send({ body: 'a' });
    const first = queue.receive();
    expect([bodies(first), queue.receive(), queue.inFlight]).toEqual([['a'], [], 1]);
    clock += 60 * SECOND;
    const second = queue.receive();
    expect(second).toMatchObject([{ body: 'a', receiveCount: 2 }]);
    queue.delete(receiptOf(first));
    expect(queue.messages).toHaveLength(1);
    queue.delete(receiptOf(second));
    expect(queue.messages).toEqual([]);
  });

  test('delays one message and no other, gives ten at the most, and drops no repetition', () => {
    const queue = new Queue({ now });
    queue.send({ body: 'later', delaySeconds: 60 });
    for (let n = 0; n < 12; n += 1) queue.send({ body: 'same' });
    expect(queue.receive(100)).toHaveLength(10);
    expect(queue.receive()).toHaveLength(2);
    clock += 59 * SECOND;
    expect(bodies(queue.receive())).not.toContain('later');
    clock += SECOND;
    expect(bodies(queue.receive())).toContain('later');
    expect(() => queue.send({ body: '', delaySeconds: 901 })).toThrow(QueueRefusal);
    expect(() => queue.send({ body: '', groupId: 'g' })).toThrow(QueueRefusal);
  });

  test('shows a message sooner or later where its visibility is changed in flight', () => {
    const queue = new Queue({ now, visibilitySeconds: 60 });
    queue.send({ body: 'a' });
    const first = queue.receive();
    queue.changeVisibility(receiptOf(first), 0);
    const second = queue.receive();
    expect(bodies(second)).toEqual(['a']);
    expect(() => queue.changeVisibility(receiptOf(first), 1)).toThrow(QueueRefusal);
    queue.changeVisibility(receiptOf(second), 120);
    clock += 119 * SECOND;
    expect(queue.receive()).toEqual([]);
    clock += SECOND;
    expect(() => queue.changeVisibility(receiptOf(second), 1)).toThrow(QueueRefusal);
  });

  test('gives a message up when it would be received once more than so often', () => {
    const deadLetters = new Queue({ now });
    const queue = new Queue({ now, visibilitySeconds: 10, redrive: { maxReceiveCount: 2, deadLetters } });
    queue.send({ body: 'a' });
    for (const count of [1, 2]) {
      expect(queue.receive()).toMatchObject([{ receiveCount: count }]);
      clock += 10 * SECOND;
      expect(deadLetters.messages).toEqual([]);
    }
    expect(queue.receive()).toEqual([]);
    expect([queue.messages, deadLetters.messages]).toMatchObject([[], [{ body: 'a' }]]);
  });
});

describe('a FIFO queue', () => {
  const fifo = (rest: Partial<ConstructorParameters<typeof Queue>[0]> = {}) =>
    new Queue({ now, fifo: true, visibilitySeconds: 60, ...rest });
  const send = (queue: Queue, ...names: string[]) => {
    for (const body of names) queue.send({ body, groupId: body[0] as string, deduplicationId: body });
  };

  test('holds back a message group while a message of it is in flight, and no other group', () => {
    const queue = fifo();
    send(queue, 'a1', 'a2', 'b1');
    const first = queue.receive(1);
    expect(bodies(first)).toEqual(['a1']);
    expect(bodies(queue.receive())).toEqual(['b1']);
    send(queue, 'a3');
    expect(queue.receive()).toEqual([]);
    queue.delete(receiptOf(first));
    expect(bodies(queue.receive())).toEqual(['a2', 'a3']);
  });

  test('shows a failed message again before anything behind it', () => {
    const queue = fifo();
    send(queue, 'a1', 'a2');
    queue.receive();
    clock += 60 * SECOND;
    expect(bodies(queue.receive(1))).toEqual(['a1']);
  });

  test('frees the group behind a message that is given up', () => {
    const deadLetters = fifo();
    const queue = fifo({ redrive: { maxReceiveCount: 1, deadLetters } });
    send(queue, 'a1', 'a2');
    queue.receive(1);
    clock += 60 * SECOND;
    expect(bodies(queue.receive())).toEqual(['a2']);
    expect(deadLetters.messages).toMatchObject([{ body: 'a1', groupId: 'a' }]);
  });

  test('takes a deduplication id once in five minutes, also after the message is gone', () => {
    const queue = fifo();
    send(queue, 'a1');
    queue.delete(receiptOf(queue.receive()));
    clock += 299 * SECOND;
    send(queue, 'a1');
    expect(queue.messages).toEqual([]);
    clock += SECOND;
    send(queue, 'a1');
    expect(queue.messages).toHaveLength(1);
  });

  test('takes no delay with a message, and no receipt that has run out', () => {
    const queue = fifo();
    const sent = { body: 'a', groupId: 'a', deduplicationId: 'a' };
    expect(() => queue.send({ ...sent, delaySeconds: 1 })).toThrow(QueueRefusal);
    expect(() => queue.send({ body: 'a' })).toThrow(QueueRefusal);
    queue.send(sent);
    const first = queue.receive();
    clock += 60 * SECOND;
    expect(() => queue.delete(receiptOf(first))).toThrow(QueueRefusal);
  });
});

describe('an event source', () => {
  const until = 600 * SECOND;
  function setup(
    run: (bodies: string[]) => Promise<readonly string[]> | readonly string[],
    reserved?: number,
  ) {
    const time = new VirtualTime(0);
    const begun: { at: number; bodies: string[] }[] = [];
    let most = 0;
    const executions = new Executions(async (event) => {
      const { Records } = event as { Records: { messageId: string; body: string }[] };
      const all = Records.map(({ body }) => body);
      begun.push({ at: time.now() / SECOND, bodies: all });
      most = Math.max(most, executions.running);
      const failed = await run(all);
      const ids = Records.filter(({ body }) => failed.includes(body));
      return { batchItemFailures: ids.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }, reserved);
    return { time, begun, executions, most: () => most };
  }

  test('gathers records for its window, from the first on, and less if a batch is full', async () => {
    const { time, begun, executions } = setup(() => []);
    const queue = new Queue({ now: time.now, visibilitySeconds: 60 });
    const source = new EventSource(
      queue,
      executions,
      { batchSize: 3, windowSeconds: 30, maximumConcurrency: 2 },
      time,
    );
    source.start(until);
    time.at(5 * SECOND, () => queue.send({ body: 'a' }));
    time.at(20 * SECOND, () => queue.send({ body: 'b' }));
    time.at(60 * SECOND, () => [1, 2, 3, 4].map((n) => queue.send({ body: `c${n}` })));
    await time.pass(200 * SECOND);
    expect(begun).toEqual([
      { at: 35, bodies: ['a', 'b'] },
      { at: 60, bodies: ['c1', 'c2', 'c3'] },
      { at: 90, bodies: ['c4'] },
    ]);
    expect(queue.messages).toEqual([]);
  });

  test('has no more batches at once than it may, and offers a throttled one again', async () => {
    for (const [maximumConcurrency, reserved, most] of [
      [2, undefined, 2],
      [5, 1, 1],
    ] as const) {
      const world = setup(async () => {
        await world.time.sleep(10 * SECOND);
        return [];
      }, reserved);
      const { time, executions, begun } = world;
      const queue = new Queue({ now: time.now, visibilitySeconds: 600 });
      for (let n = 0; n < 6; n += 1) queue.send({ body: String(n) });
      new EventSource(queue, executions, { batchSize: 1, maximumConcurrency }, time).start(until);
      await time.pass(until);
      expect([world.most(), begun.length, queue.messages]).toEqual([most, 6, []]);
    }
  });

  test('deletes what did not fail, and tells where a FIFO group was not stopped at a failure', async () => {
    for (const [failed, outOfOrder, left] of [
      [['a1', 'a2'], [], ['a1', 'a2']],
      [['a1'], ['a'], ['a1']],
    ] as const) {
      const { time, executions } = setup(() => failed);
      const queue = new Queue({ now: time.now, fifo: true, visibilitySeconds: 3_600 });
      for (const body of ['a1', 'b1', 'a2'])
        queue.send({ body, groupId: body[0] as string, deduplicationId: body });
      const source = new EventSource(queue, executions, { batchSize: 10, maximumConcurrency: 2 }, time);
      source.start(SECOND);
      await time.pass(until);
      expect(source.outOfOrder).toEqual(outOfOrder);
      expect(queue.messages.map(({ body }) => body)).toEqual(left);
    }
  });

  test('leaves a batch whose function threw until it is seen again', async () => {
    let isBroken = true;
    const { time, executions, begun } = setup(() => {
      if (!isBroken) return [];
      isBroken = false;
      throw new Error('killed');
    });
    const queue = new Queue({ now: time.now, visibilitySeconds: 150 });
    queue.send({ body: 'a' });
    new EventSource(queue, executions, { batchSize: 10, maximumConcurrency: 2 }, time).start(until);
    await time.pass(until);
    expect(begun.map(({ at }) => at)).toEqual([0, 150]);
    expect(queue.messages).toEqual([]);
  });

  test('an asynchronous invocation that is throttled waits, and is dropped when it is too old', async () => {
    for (const [busySeconds, begunAt] of [
      [5, [7]],
      [400, []],
    ] as const) {
      const time = new VirtualTime(0);
      const begun: number[] = [];
      const executions = new Executions(async (event) => {
        if (event === 'tick') begun.push(time.now() / SECOND);
        else await time.sleep(busySeconds * SECOND);
      }, 1);
      executions.begin('events');
      invokeLater(executions, 'tick', 300, time);
      await time.pass(until);
      expect(begun).toEqual(begunAt);
    }
  });
});
