// A call from start to answer: attempts within a deadline, each signed afresh, repeated only where a repeat
// is safe. A refused key is refreshed once, a wrong clock is corrected once.
import type { SigningCredentials } from '../signing/index.ts';
import { type CallTarget, SlsError } from './errors.ts';
import { type Call, type Destination, exchange, requestIdOf, targetOf } from './exchange.ts';
import { isPassing, waitMs } from './retry.ts';
import type { Transport, WireAnswer } from './transport.ts';

/** Where credentials come from. */
export interface CredentialsSource {
  /** Credentials to use now; may reject. */
  get(): Promise<SigningCredentials>;
  /** Called when SLS refused `refused`: resolves to others if by now there are others. */
  refresh(refused: SigningCredentials): Promise<SigningCredentials | undefined>;
}

export interface CallLimits {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Milliseconds for one attempt. */
  readonly attemptTimeoutMs: number;
  /** Milliseconds for the whole call, waits included. */
  readonly totalTimeoutMs: number;
}

/** An attempt that is over, without what the answer held. */
export interface Outcome {
  /** The call that the attempt is part of: one object for all attempts of a call. */
  readonly call: CallTarget;
  readonly status: number | undefined;
  /** The service's id of the request, where it gave one. */
  readonly requestId: string | undefined;
  /** Why the attempt failed; none after a success. */
  readonly error?: SlsError;
}

/** What the calls of one request or one run have in common; see `SlsClient.with`. */
export interface CallTerms {
  /** When each call has to be over, in milliseconds since the epoch, if that is before the client's own limit. */
  readonly due?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of every attempt, for logs and reports. */
  readonly observe?: ((outcome: Outcome) => void) | undefined;
  /**
   * Called right before a request is sent once more: what it found to be safe a wait ago may be so no longer.
   * What it rejects with ends the call.
   */
  readonly beforeRepeat?: (() => Promise<void>) | undefined;
}

export interface Caller extends CallTerms {
  readonly destination: Destination;
  readonly credentials: CredentialsSource;
  readonly transport: Transport;
  readonly limits: CallLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** What to add to `now` to get the service's time; learnt once, kept for the calls that follow. */
  readonly clock: { offsetMs: number };
}

/** The same caller for calls that are parts of one: together they take no longer than the one may. */
export function asOneCall(caller: Caller): Caller {
  return { ...caller, due: dueOf(caller) };
}

function dueOf({ limits, now, due = Number.POSITIVE_INFINITY }: Caller): number {
  return Math.min(now() + limits.totalTimeoutMs, due);
}

/** @throws SlsError when no attempt succeeded; whatever `credentials` and `beforeRepeat` reject with. */
export async function perform(caller: Caller, call: Call): Promise<WireAnswer> {
  const { limits, now } = caller;
  const due = dueOf(caller);
  const target = targetOf(call);
  let credentials = await caller.credentials.get();
  let ambiguous = false;
  let refreshed = false;
  let corrected = false;
  for (let failures = 0, isRepeat = false; ; isRepeat = true) {
    if (isRepeat) await caller.beforeRepeat?.();
    const timeoutMs = Math.min(limits.attemptTimeoutMs, due - now());
    if (timeoutMs <= 0) throw outOfTime(call, ambiguous);
    const error = await attemptOnce();
    if (!(error instanceof SlsError)) return error;
    ambiguous = error.ambiguous;

    if (error.kind === 'credentials' && !refreshed) {
      refreshed = true;
      const others = await caller.credentials.refresh(credentials);
      if (!others) throw error;
      credentials = others;
    } else if (error.kind === 'clock' && !corrected && error.serverTimeMs !== undefined) {
      corrected = true;
      caller.clock.offsetMs = error.serverTimeMs - now();
    } else {
      failures += 1;
      if (!isPassing(error) || failures >= limits.attempts || caller.signal?.aborted) throw error;
      const pause = waitMs(error, failures, caller.random);
      if (now() + pause >= due) throw error;
      await caller.sleep(pause);
    }

    async function attemptOnce(): Promise<WireAnswer | SlsError> {
      const date = new Date(now() + caller.clock.offsetMs);
      const attempt = { credentials, date, timeoutMs, signal: caller.signal, ambiguous };
      const outcome = await exchange(caller.transport, caller.destination, call, attempt).catch(
        (failure: unknown) => {
          if (failure instanceof SlsError) return failure;
          throw failure;
        },
      );
      caller.observe?.(outcomeOf(target, outcome));
      return outcome;
    }
  }
}

function outcomeOf(call: CallTarget, outcome: WireAnswer | SlsError): Outcome {
  const { status } = outcome;
  if (outcome instanceof SlsError) return { call, status, requestId: outcome.requestId, error: outcome };
  return { call, status, requestId: requestIdOf(outcome) };
}

function outOfTime(call: Call, ambiguous: boolean): SlsError {
  const details = { kind: 'timeout', code: 'Timeout', ambiguous } as const;
  return new SlsError('no time is left for this call', { ...targetOf(call), ...details });
}
