// The end of what a person says for a time: an acknowledgement, a freeze.

import { DAY_MS } from './timeouts.ts';

/** Milliseconds for which it may stand. */
export const END_MAX = 30 * DAY_MS;

/** A sentence on why an end cannot be; undefined if it can. @param until both in milliseconds since the epoch */
export function faultOfEnd(until: number, now: number): string | undefined {
  if (until <= now) return 'must be in the future';
  if (until > now + END_MAX) return 'must be within 30 days';
  return undefined;
}
