// The figures that decide how long a removal waits and how many may go without proof.

import { SAFETY_DEFAULTS, type SafetySettings } from '../config/settings.ts';

/** Those of a group's settings that the rules count by; whether heartbeats are asked for is the listing's business. */
export type RemovalSettings = Omit<SafetySettings, 'heartbeats'>;

export const REMOVAL_DEFAULTS: RemovalSettings = SAFETY_DEFAULTS;

/** Complete readings that have to lack a member before it may go. */
export const READINGS_MIN = 3;

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
