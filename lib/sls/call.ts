// A call from start to answer: attempts within a deadline, each signed afresh, repeated only where a repeat
// is safe. A refused key is refreshed once, a wrong clock is corrected once.
import type { SigningCredentials } from '../signing/index.ts';
import { SlsError } from './errors.ts';
import { type Call, type Destination, exchange, targetOf } from './exchange.ts';
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

/** What the caller of one call may ask for. */
export interface CallOptions {
  /** Milliseconds for this call, when that is less than the client's limit. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of the outcome of every attempt, for logs and metrics. */
  readonly observe?: ((outcome: WireAnswer | SlsError) => void) | undefined;
  /**
   * Called right before the request is sent once more: what it found to be safe a wait ago may be so no longer.
   * What it rejects with ends the call.
   */
  readonly beforeRepeat?: (() => Promise<void>) | undefined;
}

export interface Caller {
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

/** @throws SlsError when no attempt succeeded; whatever `credentials` and `beforeRepeat` reject with. */
export async function perform(caller: Caller, call: Call, options: CallOptions = {}): Promise<WireAnswer> {
  const { limits, now } = caller;
  const deadline = now() + Math.min(limits.totalTimeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
  let credentials = await caller.credentials.get();
  let ambiguous = false;
  let refreshed = false;
  let corrected = false;
  for (let failures = 0, isRepeat = false; ; isRepeat = true) {
    if (isRepeat) await options.beforeRepeat?.();
    const timeoutMs = Math.min(limits.attemptTimeoutMs, deadline - now());
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
      if (!isPassing(error) || failures >= limits.attempts || options.signal?.aborted) throw error;
      const pause = waitMs(error, failures, caller.random);
      if (now() + pause >= deadline) throw error;
      await caller.sleep(pause);
    }

    async function attemptOnce(): Promise<WireAnswer | SlsError> {
      const date = new Date(now() + caller.clock.offsetMs);
      const attempt = { credentials, date, timeoutMs, signal: options.signal, ambiguous };
      const outcome = await exchange(caller.transport, caller.destination, call, attempt).catch(
        (failure: unknown) => {
          if (failure instanceof SlsError) return failure;
          throw failure;
        },
      );
      options.observe?.(outcome);
      return outcome;
    }
  }
}

/**
 * Options for calls that are parts of one: together they take no longer than the one may. Called before each.
 */
export function sharedTime({ limits, now }: Caller, options: CallOptions = {}): () => CallOptions {
  const timeoutMs = Math.min(limits.totalTimeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
  const deadline = now() + timeoutMs;
  return () => ({ ...options, timeoutMs: deadline - now() });
}

function outOfTime(call: Call, ambiguous: boolean): SlsError {
  const details = { kind: 'timeout', code: 'Timeout', ambiguous } as const;
  return new SlsError('no time is left for this call', { ...targetOf(call), ...details });
}
