// What a judgement says of a single member: it goes, or it waits, and why.

import type { WaitsCode } from '../refusal/codes.ts';

export interface Removal {
  readonly member: string;
  readonly class: 'approved' | 'moved' | 'reused' | 'silent' | 'unheard';
  /** Without proof: it counts against the limit. */
  readonly weak: boolean;
  readonly says: string;
}

export interface Waiting {
  readonly member: string;
  readonly for: WaitsCode;
  /** Since when it is ripe, in milliseconds since the epoch; none if it is not. */
  readonly ripeSince?: number;
  readonly says: string;
}

/** Ripe, and not kept by the witness: it goes unless a limit holds it. */
export interface Candidate extends Removal {
  readonly ripeSince: number;
}
