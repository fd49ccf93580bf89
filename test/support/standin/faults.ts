// Faults on demand: what can go wrong between a client and the service, and which request it happens to.
import type { OperationName } from './routes.ts';

/** Which requests a fault happens to, and how often. Requests that are refused as invalid do not count. */
export interface FaultAim {
  readonly operation?: OperationName;
  readonly method?: string;
  readonly path?: RegExp;
  readonly project?: string;
  /** How many matching requests it happens to: 1 by default, `Infinity` for all. */
  readonly times?: number;
  /** How many matching requests pass first: 0 by default. */
  readonly skip?: number;
}

/** Relative to when the operation takes effect. */
export type Moment = 'before' | 'after';

/** An error of the service in its own JSON form. With `effect`, the operation has taken place all the same. */
export interface ErrorFault {
  readonly kind: 'error';
  readonly status: number;
  /** Without a code the answer has no body. */
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly effect?: boolean;
}

/** An answer in somebody else's words: a proxy's HTML page, for one. 502 and text/html by default. */
export interface RawFault {
  readonly kind: 'raw';
  readonly body: string | Buffer;
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly effect?: boolean;
}

/** The answer comes late. The operation takes effect before the wait, unless `moment` says otherwise. */
export interface DelayFault {
  readonly kind: 'delay';
  readonly delayMs: number;
  readonly moment?: Moment;
}

/** The answer comes when `until` settles; closing the server lets go of it. */
export interface HoldFault {
  readonly kind: 'hold';
  readonly until: Promise<unknown>;
  readonly moment?: Moment;
}

/** The connection is reset (TCP RST) without an answer. */
export interface ResetFault {
  readonly kind: 'reset';
  readonly moment: Moment;
}

/** The operation takes effect; its answer promises more bytes than come before the connection ends. */
export interface TruncateFault {
  readonly kind: 'truncate';
}

/** A read of machine groups is answered from before the project's latest write. */
export interface StaleReadFault {
  readonly kind: 'stale-read';
}

export type WaitFault = DelayFault | HoldFault;
export type AnswerFault = ErrorFault | RawFault | ResetFault | TruncateFault | StaleReadFault;
export type Fault = FaultAim & (WaitFault | AnswerFault);

/** What a test does with faults. */
export interface Faults<F> {
  add(fault: F): void;
  clear(): void;
  /** Faults that will still happen. */
  pending(): number;
}

interface Armed<F> {
  readonly fault: F;
  skip: number;
  times: number;
}

/**
 * Faults in the order they were added. A request meets every wait that is aimed at it and the first fault of
 * another kind; the rest stay armed for later requests.
 */
export class FaultBook<F extends { kind: string; times?: number; skip?: number }, T> implements Faults<F> {
  #armed: Armed<F>[] = [];
  readonly #aimedAt: (fault: F, target: T) => boolean;

  constructor(aimedAt: (fault: F, target: T) => boolean) {
    this.#aimedAt = aimedAt;
  }

  add(fault: F): void {
    this.#armed.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  pending(): number {
    return this.#armed.length;
  }

  take(target: T): F[] {
    const taken: F[] = [];
    let answered = false;
    for (const armed of this.#armed) {
      if (!this.#aimedAt(armed.fault, target)) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      const waits = armed.fault.kind === 'delay' || armed.fault.kind === 'hold';
      if (!waits && answered) continue;
      answered ||= !waits;
      armed.times -= 1;
      taken.push(armed.fault);
    }
    this.#armed = this.#armed.filter(({ times }) => times > 0);
    return taken;
  }
}

export interface FaultTarget {
  readonly operation: OperationName | undefined;
  readonly method: string;
  readonly path: string;
  readonly project: string;
}

export function aimedAt(fault: Fault, target: FaultTarget): boolean {
  return (
    (fault.operation === undefined || fault.operation === target.operation) &&
    (fault.method === undefined || fault.method === target.method) &&
    (fault.project === undefined || fault.project === target.project) &&
    (fault.path === undefined || target.path.search(fault.path) >= 0)
  );
}
