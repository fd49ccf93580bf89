// The figures that decide how long a removal waits and how many may go without proof.

export interface RemovalSettings {
  /** Seconds that a member has to be missing before it may go. */
  readonly removeAfter: number;
  /** Seconds: a heartbeat younger than this says that the machine is alive. */
  readonly silentAfter: number;
  /** Part of the older members that may go without proof in 24 hours, 0 to 1. */
  readonly maxRemovalShare: number;
  /** Members that may always go without proof in 24 hours, and in 7 days. */
  readonly maxSmallRemovals: number;
}

export const REMOVAL_DEFAULTS: RemovalSettings = {
  removeAfter: 3_600,
  silentAfter: 900,
  maxRemovalShare: 0.3,
  maxSmallRemovals: 2,
};

/** Complete readings that have to lack a member before it may go. */
export const READINGS_MIN = 3;

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
