// What a source saw: the machines, where each came from, when, and whether that is all of them.
// "Empty" and "could not tell" are different values here, so that nobody can mistake one for the other.

import { type AtLeastOne, isAtLeastOne } from '../text/few.ts';

/** Where a machine was found: the source's label and the id the source knows it by. */
export interface Origin {
  /** Label of the source, unique in its group: `sources[0] ec2 eu-central-1`. */
  readonly source: string;
  /** Instance id, device name, line number: what a person would look for in that source. */
  readonly id: string;
}

/** A machine as the source spells it; `value` is an address or a user-defined id, not yet normalised. */
export interface FoundMachine {
  readonly value: string;
  readonly origin: Origin;
}

/** A machine the source saw and left out on purpose, and why (wrong state, filtered, no address). */
export interface SkippedMachine {
  readonly origin: Origin;
  readonly reason: string;
  /** The address or id, where there was one. */
  readonly value?: string;
}

/** Complete with the evidence (pages read, total matched), or incomplete with every reason. */
export type Completeness =
  | { readonly complete: true; readonly proof: string }
  | { readonly complete: false; readonly reasons: AtLeastOne<string> };

/** Complete, unless there is a reason why not. */
export function completenessOf(reasons: readonly string[], proof: string): Completeness {
  return isAtLeastOne(reasons) ? { complete: false, reasons } : { complete: true, proof };
}

export interface Snapshot {
  readonly source: string;
  /** When the read began, in milliseconds since the epoch. */
  readonly takenAt: number;
  readonly machines: readonly FoundMachine[];
  readonly skipped: readonly SkippedMachine[];
  readonly completeness: Completeness;
  /** Version of what was read, where the source has one (ETag, index). */
  readonly revision?: string;
  /** What was read for it: snapshots that have one of these in common come of one reading. */
  readonly readings?: readonly string[];
}
