// Time that passes only when everything waits for it. Whoever sleeps is woken in the order of the clock, one at
// a time, and all that follows from it without waiting is done before the next: two runs interleave, always the
// same way for the same seed.

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

export class VirtualTime {
  #now: number;
  /** Latest first; of those at one time the first set is rung first. */
  readonly #alarms: Alarm[] = [];

  /** @param start milliseconds since the epoch */
  constructor(start: number) {
    this.#now = start;
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.#now;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => this.at(this.#now + ms, () => resolve()));

  at(when: number, ring: () => void): void {
    const at = Math.max(when, this.#now);
    let low = 0;
    let high = this.#alarms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#alarms[middle] as Alarm).at > at) low = middle + 1;
      else high = middle;
    }
    this.#alarms.splice(low, 0, { at, ring });
  }

  /** Lets time pass until then. @param check called after every step @throws what an alarm or the check throws */
  async pass(until: number, check: () => void = () => {}): Promise<void> {
    await settled();
    for (let next = this.#alarms.at(-1); next && next.at <= until; next = this.#alarms.at(-1)) {
      this.#alarms.pop();
      this.#now = next.at;
      next.ring();
      await settled();
      check();
    }
    this.#now = until;
  }
}

/** Resolves once no promise has anything left to do but wait for the clock. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
