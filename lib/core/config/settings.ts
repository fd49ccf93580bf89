// What a configuration can choose between and the figures it can set. The rules that they are for stand in plan/ and
// removal/.

import { REMOVE_AFTER_SECONDS, SILENT_AFTER_SECONDS } from '../time/timeouts.ts';

/** How far a run may go; see `applyPolicy`. */
export const POLICIES = ['observe', 'create-only', 'upsert-only', 'approve-removals', 'sync'] as const;
export type Policy = (typeof POLICIES)[number];

/** What is done about a Logtail config that is named and not applied; see docs/bindings.md. */
export const CONFIGS_MODES = ['watch', 'keep'] as const;
export type ConfigsMode = (typeof CONFIGS_MODES)[number];

export const HEARTBEATS = ['use', 'ignore'] as const;

export interface SafetySettings {
  /** Seconds that a member has to be missing before it may go. */
  readonly removeAfter: number;
  /** Seconds: a heartbeat younger than this says that the machine is alive. */
  readonly silentAfter: number;
  /** Whether heartbeats are a witness; without them nothing is proven. */
  readonly heartbeats: (typeof HEARTBEATS)[number];
  /** Part of the older members that may go without proof in 24 hours, 0 to 1. */
  readonly maxRemovalShare: number;
  /** Members that may always go without proof in 24 hours, and in 7 days. */
  readonly maxSmallRemovals: number;
}

export const SAFETY_DEFAULTS: SafetySettings = {
  removeAfter: REMOVE_AFTER_SECONDS[0],
  silentAfter: SILENT_AFTER_SECONDS[0],
  heartbeats: 'use',
  maxRemovalShare: 0.3,
  maxSmallRemovals: 2,
};
