// Spans of time, in milliseconds.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** By which the clocks of two processes are apart at most. */
export const CLOCKS_APART = 10_000;
