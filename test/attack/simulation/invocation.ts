// One invocation of the function: it waits, is called back, ends or is killed.

import type { RunRecord } from './record.ts';
import type { VirtualTime } from './time.ts';

/** A process that makes calls; one that was killed is never called back. */
export interface Caller {
  readonly record: RunRecord;
  resume(next: () => void): void;
}

export type End =
  | { readonly how: 'returned'; readonly value: unknown }
  | { readonly how: 'threw'; readonly error: unknown }
  | { readonly how: 'killed' };

export class Invocation implements Caller {
  readonly record: RunRecord;
  readonly #time: VirtualTime;
  readonly #killAfter: number;
  readonly #onKill: () => void;
  #resumed = 0;

  constructor(record: RunRecord, time: VirtualTime, killAfter: number, onKill: () => void) {
    this.record = record;
    this.#time = time;
    this.#killAfter = killAfter;
    this.#onKill = onKill;
  }

  resume(next: () => void): void {
    if (this.record.killed) return;
    this.#resumed += 1;
    if (this.#resumed === this.#killAfter) this.kill();
    else next();
  }

  kill(): void {
    if (this.record.killed || this.record.overAt !== undefined) return;
    this.record.killed = true;
    this.#onKill();
  }

  readonly wait = (ms: number): Promise<void> =>
    new Promise((resolve) => this.#time.at(this.#time.now() + ms, () => this.resume(resolve)));
}
