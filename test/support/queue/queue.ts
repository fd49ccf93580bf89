// A queue as SQS keeps one, standard or FIFO, by whatever clock it is given: what is received is hidden and comes again,
// what came too often goes to the dead letters, and a message in flight blocks its message group. Sources: the pages on
// visibility timeout, dead-letter queues, delay, exactly-once processing and FIFO delivery logic (SQS developer guide).
import { randomUUID } from 'node:crypto';

export interface QueueOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly fifo?: boolean;
  /** How long what is received is hidden. */
  readonly visibilitySeconds?: number;
  /** Where a message goes instead of being received once more than so often. */
  readonly redrive?: { readonly maxReceiveCount: number; readonly deadLetters: Queue };
}

export interface Sent {
  readonly body: string;
  /** FIFO: messages of one group are received in their order. */
  readonly groupId?: string;
  /** FIFO: a second message with the same within five minutes is dropped. */
  readonly deduplicationId?: string;
  /** Standard: hidden at first. A FIFO queue takes none with a message. */
  readonly delaySeconds?: number;
}

export interface Received extends Sent {
  readonly id: string;
  /** What this receipt is called: the next one has another name. */
  readonly receipt: string;
  /** This one included. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

interface Message extends Sent {
  readonly id: string;
  readonly sentAt: number;
  receipt?: string;
  receives: number;
  visibleAt: number;
}

/** As the service refuses a call. */
export class QueueRefusal extends Error {
  override readonly name = 'QueueRefusal';
}

const DEDUPLICATION_MS = 300_000;
const MOST_RECEIVED = 10;
const LONGEST_DELAY_SECONDS = 900;

export class Queue {
  readonly fifo: boolean;
  readonly #options: QueueOptions;
  /** In the order in which they were sent. */
  #messages: Message[] = [];
  readonly #known = new Map<string, { readonly id: string; readonly until: number }>();

  constructor(options: QueueOptions) {
    this.#options = options;
    this.fifo = options.fifo ?? false;
  }

  /** @returns the message's id: that of the first, for one that is known already */
  send(sent: Sent): string {
    const { fifo } = this;
    const now = this.#options.now();
    const { groupId, deduplicationId, delaySeconds } = sent;
    if (fifo !== (groupId !== undefined))
      throw new QueueRefusal('a message group is for FIFO queues, and needed');
    if (fifo !== (deduplicationId !== undefined))
      throw new QueueRefusal('deduplication is for FIFO queues, and needed');
    if (fifo && delaySeconds !== undefined) throw new QueueRefusal('a FIFO message has no delay of its own');
    if ((delaySeconds ?? 0) > LONGEST_DELAY_SECONDS)
      throw new QueueRefusal('a delay is 900 seconds at the most');
    const known = deduplicationId === undefined ? undefined : this.#known.get(deduplicationId);
    if (known && known.until > now) return known.id;
    const id = randomUUID();
    if (deduplicationId !== undefined)
      this.#known.set(deduplicationId, { id, until: now + DEDUPLICATION_MS });
    this.#messages.push({
      ...sent,
      id,
      sentAt: now,
      receives: 0,
      visibleAt: now + (delaySeconds ?? 0) * 1000,
    });
    return id;
  }

  /** Those that can be seen, ten at the most: of a group in their order, and none behind one in flight. */
  receive(most = MOST_RECEIVED, visibilitySeconds = this.#options.visibilitySeconds ?? 30): Received[] {
    const now = this.#options.now();
    const blocked = new Set<string>();
    const given = new Set<Message>();
    const received: Received[] = [];
    for (const message of this.#messages) {
      if (received.length === Math.min(most, MOST_RECEIVED)) break;
      const { id, sentAt, body, groupId } = message;
      if (groupId !== undefined && blocked.has(groupId)) continue;
      if (message.visibleAt > now) {
        // In flight, as FIFO messages have no delay.
        if (groupId !== undefined) blocked.add(groupId);
        continue;
      }
      if (this.#giveUp(message)) {
        given.add(message);
        continue;
      }
      message.receives += 1;
      const receipt = randomUUID();
      message.receipt = receipt;
      message.visibleAt = now + visibilitySeconds * 1000;
      const receiveCount = message.receives;
      received.push({ id, sentAt, receipt, receiveCount, body, ...(groupId !== undefined && { groupId }) });
    }
    if (given.size > 0) this.#messages = this.#messages.filter((message) => !given.has(message));
    return received;
  }

  /** @throws QueueRefusal if a FIFO queue has shown it again since: its receipt has run out */
  delete(receipt: string): void {
    const message = this.#messages.find((candidate) => candidate.receipt === receipt);
    if (this.fifo && message && message.visibleAt <= this.#options.now())
      throw new QueueRefusal('the receipt has expired');
    if (message) this.#messages.splice(this.#messages.indexOf(message), 1);
  }

  /** @throws QueueRefusal if it is not in flight under this receipt */
  changeVisibility(receipt: string, seconds: number): void {
    const now = this.#options.now();
    const message = this.#messages.find((candidate) => candidate.receipt === receipt);
    if (!message || message.visibleAt <= now) throw new QueueRefusal('the message is not in flight');
    message.visibleAt = now + seconds * 1000;
  }

  /** Everything that is in it, received or not, oldest first. */
  get messages(): readonly Sent[] {
    return this.#messages;
  }

  get inFlight(): number {
    const now = this.#options.now();
    return this.#messages.filter(({ receives, visibleAt }) => receives > 0 && visibleAt > now).length;
  }

  /** When the next of what is hidden can be seen, in milliseconds since the epoch. */
  get nextAt(): number | undefined {
    const now = this.#options.now();
    const times = this.#messages.flatMap(({ visibleAt }) => (visibleAt > now ? visibleAt : []));
    return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
  }

  /** Whether it went to the dead letters. */
  #giveUp({ receives, body, groupId, deduplicationId, id }: Message): boolean {
    const { redrive } = this.#options;
    if (!redrive || receives < redrive.maxReceiveCount) return false;
    redrive.deadLetters.send({
      body,
      ...(this.fifo && { groupId: groupId ?? '', deduplicationId: deduplicationId ?? id }),
    });
    return true;
  }
}
