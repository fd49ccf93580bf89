// Which groups of a run a person has to hear of first.

import type { GroupReport, GroupStatus } from './report.ts';

/** The gravest first. */
export const BY_GRAVITY: readonly GroupStatus[] = [
  'failed',
  'refused',
  'busy',
  'frozen',
  'withheld',
  'left-alone',
  'planned',
  'recorded',
  'written',
  'in-sync',
];

/** The groups with the gravest first, otherwise in their order. */
export function gravestFirst(groups: readonly GroupReport[]): GroupReport[] {
  return BY_GRAVITY.flatMap((status) => groups.filter((group) => group.status === status));
}
