// The latest things that happened, for whoever has to find out why a life went wrong.

const KEPT = 120;

export class Journal {
  readonly #lines: (readonly [at: number, says: () => string])[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param says asked only if somebody reads the journal; what it tells of must not change any more */
  note(says: () => string): void {
    this.#lines.push([this.#now(), says]);
    if (this.#lines.length > KEPT * 2) this.#lines.splice(0, KEPT);
  }

  toString(): string {
    return this.#lines
      .slice(-KEPT)
      .map(([at, says]) => `${new Date(at).toISOString()}  ${says()}`)
      .join('\n');
  }
}
