// The books of whoever judges a row of runs: readings, removals without proof, approvals. Kept apart from what the memory
// holds, and corrected only for what a loss of it makes unknowable.

import type { Loss } from './memory.ts';
import type { Round, RunRecord } from './record.ts';
import { CLOCKS_APART, DAY } from './spans.ts';

/** A reading that is over, in a run that may write. */
export interface NotedReading {
  readonly run: RunRecord;
  readonly round: Round;
}

interface LedgerApproval {
  readonly removals: ReadonlySet<string>;
  /** All in milliseconds since the epoch. */
  readonly at: number;
  readonly until: number;
  revokedAt?: number | undefined;
}

/** A freeze that was stored for certain; times in milliseconds since the epoch. */
interface LedgerFreeze {
  /** A key, or `*`. */
  readonly group: string;
  readonly from: number;
  until: number;
  /** Nobody knows whether it stands until then: it may have been lifted. */
  mayBeOverAt?: number;
}

interface Counted {
  readonly at: number;
  readonly count: number;
}

const READINGS_KEPT = 150;

export class Ledger {
  readonly #readings = new Map<string, NotedReading[]>();
  readonly #weak = new Map<string, Counted[]>();
  readonly #added = new Map<string, Counted[]>();
  #freezes: LedgerFreeze[] = [];
  /** Until when some freeze may stand or end, of which nobody knows for certain. */
  #mayThawUntil = 0;
  readonly #approvals = new Map<string, LedgerApproval[]>();
  /** Since when the memory can know anything: a life begins with none. */
  bornAt: number;
  /** When it was last restored: what it says of who is missing may be of before. */
  restoredAt = 0;

  constructor(bornAt: number) {
    this.bornAt = bornAt;
  }

  readonly lose = ({ knowsUntil }: Loss, now: number): void => {
    if (knowsUntil === 0) this.bornAt = now;
    else this.restoredAt = now;
    // What it says of freezes, and of those that are over, is of before.
    if (this.#mayThawUntil > 0) this.#mayThawUntil = now + DAY;
    this.#freezes = [];
    for (const book of [this.#weak, this.#added])
      for (const [key, counted] of book)
        book.set(
          key,
          counted.filter(({ at }) => at <= knowsUntil),
        );
    for (const approval of [...this.#approvals.values()].flat())
      if (approval.at <= knowsUntil && (approval.revokedAt ?? 0) > knowsUntil) approval.revokedAt = undefined;
  };

  noteReading(key: string, noted: NotedReading): void {
    this.#readings.set(key, [noted, ...this.readings(key).slice(0, READINGS_KEPT)]);
  }

  /** The latest first. */
  readings(key: string): readonly NotedReading[] {
    return this.#readings.get(key) ?? [];
  }

  noteWeak(key: string, at: number, count: number): void {
    note(this.#weak, key, at, count);
  }

  noteAdded(key: string, at: number, count: number): void {
    note(this.#added, key, at, count);
  }

  weak(key: string, from: number): number {
    return sum(this.#weak, key, from);
  }

  added(key: string, from: number): number {
    return sum(this.#added, key, from);
  }

  approve(key: string, approval: LedgerApproval): void {
    this.#approvals.set(key, [...(this.#approvals.get(key) ?? []), approval]);
  }

  approvals(key: string): readonly LedgerApproval[] {
    return this.#approvals.get(key) ?? [];
  }

  froze(freeze: LedgerFreeze): void {
    this.#freezes.push(freeze);
    this.#mayThawUntil = Math.max(this.#mayThawUntil, freeze.until);
  }

  /** Until when nobody can say for how long patience has gone on. */
  mayThawUntil(now: number): number {
    return Math.min(now, this.#mayThawUntil);
  }

  /** Somebody begins to lift it. */
  lifts(group: string, at: number): void {
    for (const freeze of this.#freezes)
      if (freeze.group === group) freeze.mayBeOverAt = Math.min(at, freeze.mayBeOverAt ?? at);
  }

  /** It is over for certain, since then or a little later. */
  lifted(group: string, at: number): void {
    for (const freeze of this.#freezes) if (freeze.group === group && freeze.until > at) freeze.until = at;
  }

  /** Nobody knows what became of it: nothing is promised of these freezes. */
  doubtFreezes(group: string, until: number): void {
    this.#mayThawUntil = Math.max(this.#mayThawUntil, until);
    this.#freezes = this.#freezes.filter((freeze) => freeze.group !== group);
  }

  /** Whether something stood for the whole span. */
  isFrozen(key: string, from: number, to: number): boolean {
    return this.#freezesOf(key).some(
      (freeze) => freeze.from <= from && to < Math.min(freeze.until, freeze.mayBeOverAt ?? freeze.until),
    );
  }

  /** When the last freeze that is over ended, of those that are less than six days old; 0 if none did. */
  thawedAt(key: string, now: number): number {
    const ends = this.#freezesOf(key).map(({ until }) => until);
    return Math.max(0, ...ends.filter((end) => end <= now && now - end < 6 * DAY));
  }

  #freezesOf(key: string): LedgerFreeze[] {
    return this.#freezes.filter(({ group }) => group === '*' || group === key);
  }

  /**
   * Whether a person's word on a removal stood when the run began, or came later; by clocks that are apart.
   * @param overAt what was said before is over
   */
  isApproved(key: string, member: string, run: RunRecord, overAt: number): boolean {
    const began = run.startedAtMs - CLOCKS_APART;
    return this.approvals(key).some(({ removals, at, until, revokedAt }) => {
      const stands = at > overAt - CLOCKS_APART && began < Math.min(until, revokedAt ?? until);
      return removals.has(member) && stands;
    });
  }
}

function note(book: Map<string, Counted[]>, key: string, at: number, count: number): void {
  if (count === 0) return;
  const known = (book.get(key) ?? []).filter((one) => one.at > at - 8 * DAY);
  book.set(key, [...known, { at, count }]);
}

function sum(book: ReadonlyMap<string, readonly Counted[]>, key: string, from: number): number {
  let total = 0;
  for (const { at, count } of book.get(key) ?? []) if (at > from) total += count;
  return total;
}
