// Waits that a busy server asks for, within the time of the reading.

import { HTTP_BUSY_LEAST_MS } from '../../../core/time/timeouts.ts';

export interface Pausing {
  /** When the reading has to be over, in milliseconds since the epoch. */
  readonly due: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Of one reading. A server that never gets ready is asked no more often than this. */
const MOST_WAITS = 10;

/** @returns whether the request may be sent again; false at once where there is no wait that the time allows */
export function pauseUntil({
  due,
  now,
  sleep,
}: Pausing): (retryAfter: string | undefined) => Promise<boolean> {
  let pauses = 0;
  return async (retryAfter) => {
    const asked = askedMs(retryAfter, now());
    if (asked === undefined || pauses === MOST_WAITS) return false;
    const ms = Math.max(asked, HTTP_BUSY_LEAST_MS);
    if (now() + ms >= due) return false;
    pauses += 1;
    await sleep(ms);
    return true;
  };
}

/** Seconds, or a date. */
function askedMs(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter) * 1_000;
  const at = /GMT$/.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
