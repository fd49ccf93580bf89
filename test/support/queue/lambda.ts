// How Lambda sets a function off, in virtual time: from a queue in batches, and asynchronously. Sources: "Using Lambda with
// Amazon SQS" with its pages on scaling and errors, and "Asynchronous invocation" (Lambda developer guide).
import type { VirtualTime } from '../../attack/simulation/time.ts';
import type { Queue, Received } from './queue.ts';

/** A function's executions, as many at once as are reserved for it. */
export class Executions {
  running = 0;
  readonly #limit: number;
  readonly #run: (event: unknown) => Promise<unknown>;

  constructor(run: (event: unknown) => Promise<unknown>, reserved = Number.POSITIVE_INFINITY) {
    this.#run = run;
    this.#limit = reserved;
  }

  /** Undefined if the invocation is throttled. */
  begin(event: unknown): Promise<unknown> | undefined {
    if (this.running >= this.#limit) return undefined;
    this.running += 1;
    return this.#run(event).finally(() => {
      this.running -= 1;
    });
  }
}

export interface EventSourceOptions {
  readonly batchSize: number;
  /** How long records are gathered from the first one on. */
  readonly windowSeconds?: number;
  /** Batches of this queue at once. */
  readonly maximumConcurrency: number;
}

/** Bytes of an invocation's event, at which no more records are gathered ("Batching behavior"). */
const PAYLOAD_BYTES = 6 * 2 ** 20;
/** What a record has that the played one leaves out: a receipt of some hundred characters, digests, who sent it. */
const LEFT_OUT_BYTES = 500;

/** Milliseconds between two looks at a queue, or two attempts to invoke. */
const POLL_MS = 1_000;
const ARN = 'arn:aws:sqs:eu-central-1:123456789012:queue';

/** A queue as an event source whose function reports failures record by record. */
export class EventSource {
  /** Message groups in which something was done although a record before it had failed. */
  readonly outOfOrder: string[] = [];
  #busy = 0;
  #gathered: Received[] = [];
  #gatheredBytes = 0;
  #gatheredSince = 0;
  readonly #queue: Queue;
  readonly #executions: Executions;
  readonly #options: EventSourceOptions;
  readonly #time: VirtualTime;

  constructor(queue: Queue, executions: Executions, options: EventSourceOptions, time: VirtualTime) {
    this.#queue = queue;
    this.#executions = executions;
    this.#options = options;
    this.#time = time;
  }

  /** Polls from now on. */
  start(until: number): void {
    this.#poll();
    const next = this.#time.now() + POLL_MS;
    if (next <= until) this.#time.at(next, () => this.start(until));
  }

  #poll(): void {
    const { batchSize, windowSeconds = 0, maximumConcurrency } = this.#options;
    // It does not take in what it could not pass on.
    while (this.#busy < maximumConcurrency) {
      while (this.#gathered.length < batchSize && this.#gatheredBytes < PAYLOAD_BYTES) {
        const received = this.#queue.receive(Math.min(10, batchSize - this.#gathered.length));
        if (received.length === 0) break;
        if (this.#gathered.length === 0) this.#gatheredSince = this.#time.now();
        this.#gathered.push(...received);
        for (const one of received)
          this.#gatheredBytes += JSON.stringify(recordOf(one)).length + LEFT_OUT_BYTES;
      }
      const isFull = this.#gathered.length >= batchSize || this.#gatheredBytes >= PAYLOAD_BYTES;
      const isOver = this.#time.now() >= this.#gatheredSince + windowSeconds * 1000;
      if (this.#gathered.length === 0 || !(isFull || isOver)) return;
      this.#gatheredBytes = 0;
      this.#pass(this.#gathered.splice(0));
    }
  }

  #pass(batch: readonly Received[]): void {
    this.#busy += 1;
    const attempt = () => {
      const run = this.#executions.begin({ Records: batch.map(recordOf) });
      // Throttled: it is offered again, while its messages are hidden.
      if (!run) return this.#time.at(this.#time.now() + POLL_MS, attempt);
      run
        .then(
          (answer) => this.#settle(batch, failuresIn(answer)),
          () => {},
        )
        .finally(() => {
          this.#busy -= 1;
        });
    };
    attempt();
  }

  #settle(batch: readonly Received[], failed: ReadonlySet<string>): void {
    const stopped = new Set<string>();
    for (const { id, groupId, receipt } of batch) {
      if (failed.has(id)) {
        if (groupId !== undefined) stopped.add(groupId);
        continue;
      }
      if (groupId !== undefined && stopped.has(groupId)) this.outOfOrder.push(groupId);
      try {
        this.#queue.delete(receipt);
      } catch {
        // Its receipt ran out, so it comes again.
      }
    }
  }
}

/** Waits between attempts of an asynchronous invocation that is throttled: from a second up to five minutes. */
const THROTTLED_MS = [1_000, 300_000] as const;

/**
 * An asynchronous invocation: a throttled one is tried again until it is too old, a failed one once more after a minute.
 * @param maximumAgeSeconds after which it is dropped
 */
export function invokeLater(
  executions: Executions,
  event: unknown,
  maximumAgeSeconds: number,
  time: VirtualTime,
  retries = 1,
): void {
  const dropped = time.now() + maximumAgeSeconds * 1000;
  const attempt = (pause: number, left: number) => {
    if (time.now() > dropped) return;
    const run = executions.begin(event);
    if (!run) return time.at(time.now() + pause, () => attempt(Math.min(2 * pause, THROTTLED_MS[1]), left));
    run.catch(() => {
      if (left > 0) time.at(time.now() + 60_000, () => attempt(THROTTLED_MS[0], left - 1));
    });
  };
  attempt(THROTTLED_MS[0], retries);
}

/** As the function sees it. */
export function recordOf({ id, body, receipt, receiveCount, groupId, sentAt }: Received): object {
  return {
    messageId: id,
    receiptHandle: receipt,
    eventSource: 'aws:sqs',
    eventSourceARN: groupId === undefined ? ARN : `${ARN}.fifo`,
    awsRegion: 'eu-central-1',
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      ...(groupId !== undefined && { MessageGroupId: groupId }),
    },
    messageAttributes: {},
  };
}

export function failuresIn(answer: unknown): ReadonlySet<string> {
  const { batchItemFailures = [] } = (answer ?? {}) as {
    batchItemFailures?: readonly { itemIdentifier: string }[];
  };
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}
