// What a configuration can choose between and the figures it can set. The rules that they are for stand in plan/.

/** How far a run may go; see `applyPolicy`. */
export const POLICIES = ['observe', 'create-only', 'upsert-only', 'sync'] as const;
export type Policy = (typeof POLICIES)[number];

export interface SafetySettings {
  readonly maxRemovalShare: number;
  readonly minMembersForShare: number;
  readonly maxSmallRemovals: number;
  readonly keepLast: boolean;
  /** Asks the run to read the inventory twice before removing. */
  readonly secondLook: boolean;
}

export const SAFETY_DEFAULTS: SafetySettings = {
  maxRemovalShare: 0.3,
  minMembersForShare: 10,
  maxSmallRemovals: 2,
  keepLast: true,
  secondLook: true,
};
