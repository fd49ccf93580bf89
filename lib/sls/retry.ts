// When to try again and how long to wait. Pure: randomness and the time are arguments.
import { RETRY_BASE_MS, RETRY_CEILING_MS, THROTTLE_PAUSE_MS } from '../core/time/timeouts.ts';
import type { SlsError, SlsErrorKind } from './errors.ts';

/** Kinds worth retrying; whether a write may repeat is in `Repeat`. */
const PASSING: ReadonlySet<SlsErrorKind> = new Set(['unreachable', 'timeout', 'server', 'throttled']);

export function isPassing(error: SlsError): boolean {
  return PASSING.has(error.kind);
}

/**
 * Milliseconds to wait before the next attempt: full jitter under an exponentially growing ceiling. A
 * `Retry-After` is a floor, and so is the pause that throttled management calls need.
 * @param failures attempts that have failed so far, 1 or more
 * @param random gives numbers in [0, 1)
 */
export function waitMs(error: SlsError, failures: number, random: () => number): number {
  const ceiling = Math.min(RETRY_CEILING_MS, RETRY_BASE_MS * 2 ** (failures - 1));
  const floor = error.retryAfterMs ?? (error.kind === 'throttled' ? THROTTLE_PAUSE_MS : 0);
  return Math.round(floor + random() * ceiling);
}

/**
 * `Retry-After` in milliseconds from `nowMs`, from either form of RFC 9110 section 10.2.3; undefined when it
 * is absent or not understood.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value.trim()) * 1000;
  // HTTP dates begin with the day's name; Date.parse alone would take "-1" for a year.
  const at = /^\s*[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
