// Ids of runs that this process has handed over of late. The queue knows repeated messages too, but for five minutes
// from the first: a request of a clock that is ahead may come again for twice as long.
import { HOOK_MEMORY_MS } from '../../core/time/timeouts.ts';

/** Entries after which the oldest is forgotten. */
const MOST = 10_000;

export class Recent {
  /** When each was handed over, the earliest first. */
  readonly #ids = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the id is new, and from now on it is not. */
  add(id: string): boolean {
    const oldest = this.#now() - HOOK_MEMORY_MS;
    for (const [known, at] of this.#ids) {
      if (at >= oldest && this.#ids.size < MOST) break;
      this.#ids.delete(known);
    }
    if (this.#ids.has(id)) return false;
    this.#ids.set(id, this.#now());
    return true;
  }

  forget(id: string): void {
    this.#ids.delete(id);
  }
}
