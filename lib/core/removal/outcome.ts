// What a judgement says of a single member: it goes, or it waits, and why.

import type { WitnessClass } from './witness.ts';

export interface Removal {
  readonly member: string;
  readonly class: 'approved' | 'moved' | 'reused' | 'silent' | 'unheard';
  /** Without proof: it counts against the limit. */
  readonly weak: boolean;
  readonly says: string;
}

export type WaitsFor =
  | 'incomplete'
  | 'older-reading'
  | 'patience'
  | 'unlisted'
  | Extract<WitnessClass, 'alive' | 'shared' | 'unsure'>
  | 'silent-share'
  | 'empty'
  | 'limit'
  | 'breaker'
  | 'memory';

export interface Waiting {
  readonly member: string;
  readonly for: WaitsFor;
  /** Since when it is ripe, in milliseconds since the epoch; none if it is not. */
  readonly ripeSince?: number;
  readonly says: string;
}

/** Ripe, and not kept by the witness: it goes unless a limit holds it. */
export interface Candidate extends Removal {
  readonly ripeSince: number;
}
