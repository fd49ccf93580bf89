// What is known of a request that has arrived.
import type { AnswerFault, Fault } from './faults.ts';
import type { Refusal } from './refusal.ts';
import type { Route } from './routes.ts';
import type { WireRequest } from './wire.ts';

/** A request between its arrival and its answer: who it is for and what happens to it. */
export interface Received {
  readonly wire: WireRequest;
  readonly route: Route | undefined;
  /** '' where the host names none. */
  readonly project: string;
  readonly requestId: string;
  readonly refused: Refusal | undefined;
  readonly faults: readonly Fault[];
  /** The one of them that decides the answer. */
  readonly fault: AnswerFault | undefined;
}
