// Counts by the hour, kept for a week: at most 169 numbers, whatever happens. An hour that only partly lies in the
// span asked for counts whole, so a sum is never too small.

import { HOUR } from './settings.ts';

/** Hours since the epoch to what was counted in them. */
export type Tally = ReadonlyMap<number, number>;

export const NO_TALLY: Tally = new Map();

const HOURS_KEPT = 168;

/** @param now milliseconds since the epoch */
export function count(tally: Tally, now: number, amount: number): Tally {
  if (amount === 0) return tally;
  const hour = Math.floor(now / HOUR);
  const kept = new Map<number, number>();
  for (const [at, counted] of tally) if (at >= hour - HOURS_KEPT) kept.set(at, counted);
  return kept.set(hour, (kept.get(hour) ?? 0) + amount);
}

/** What was counted in the `span` milliseconds before `now`. */
export function within(tally: Tally, now: number, span: number): number {
  const first = Math.floor((now - span) / HOUR);
  let sum = 0;
  for (const [hour, counted] of tally) if (hour >= first) sum += counted;
  return sum;
}
