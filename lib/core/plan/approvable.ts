// What a person can approve of a group: removals that its plan has at this moment, with an inventory that was read whole.

import type { Canonical } from '../group/current.ts';
import { few } from '../text/few.ts';
import { quoted } from '../text/issues.ts';
import type { Decision } from './decide.ts';
import { removalsFingerprint } from './fingerprint.ts';
import { removalsOf } from './plan.ts';
import { applyPolicy } from './policy.ts';

/** What somebody approves: everything missing, by its fingerprint, or these members in any spelling. */
export type Asked = (
  | { readonly fingerprint: string; readonly removals?: undefined }
  | { readonly removals: readonly string[]; readonly fingerprint?: undefined }
) & {
  /** Whoever asks knows that the inventory has no machine for the group. */
  readonly emptyInventory?: boolean;
};

export interface Approvable {
  /** Canonical members, at least one. */
  readonly removals: readonly string[];
  /** Those asked for that are not missing, in their canonical spelling where they have one. */
  readonly notMissing: readonly string[];
}

export const UNAPPROVABLE = [
  'NothingMissing',
  'RemovalsChanged',
  'InventoryIncomplete',
  'InventoryEmpty',
  'NothingRemoved',
  'GroupNotPlanned',
] as const;

export interface Unapprovable {
  readonly code: (typeof UNAPPROVABLE)[number];
  readonly says: string;
}

const NAMES_SHOWN = 5;

export function approvable(
  { group, plan, wanted }: Pick<Decision, 'group' | 'plan' | 'wanted'>,
  asked: Asked,
  canonical: Canonical,
): Approvable | Unapprovable {
  if (plan.obstacle)
    return { code: 'GroupNotPlanned', says: `${plan.obstacle.says}: nothing is removed from it` };
  const { completeness } = wanted;
  if (!completeness.complete) {
    const reasons = few(completeness.reasons, NAMES_SHOWN, 'reasons').join('; ');
    const says = `the inventory was not read completely, so nobody knows what is missing: ${reasons}`;
    return { code: 'InventoryIncomplete', says };
  }
  if (applyPolicy(plan, group.policy).withheld.some(({ action }) => action === 'remove'))
    return { code: 'NothingRemoved', says: `policy ${group.policy} removes nothing, approved or not` };
  const missing = removalsOf(plan);
  if (missing.length === 0)
    return { code: 'NothingMissing', says: 'every member of the group is in the inventory' };
  const fingerprint = removalsFingerprint(group.key, missing);
  // An inventory that is empty is seldom meant, and approving all that is missing empties the group.
  if (wanted.members.size === 0 && !group.allowEmpty && !asked.emptyInventory) {
    const says = `the inventory has no machine for the group, and all of its ${missing.length} members are missing: look at the inventory first; if that is meant, approve with emptyInventory: true, and by fingerprint with ${fingerprint}`;
    return { code: 'InventoryEmpty', says };
  }
  if (asked.removals) return named(asked.removals, missing, (raw) => canonical(group.identify, raw) ?? raw);
  if (fingerprint === asked.fingerprint) return { removals: missing, notMissing: [] };
  const says = `this fingerprint is of other removals; missing now are ${missing.length}, with the fingerprint ${fingerprint}: look at them, and approve that one`;
  return { code: 'RemovalsChanged', says };
}

function named(
  asked: readonly string[],
  missing: readonly string[],
  read: (raw: string) => string,
): Approvable | Unapprovable {
  const all = new Set(missing);
  const members = [...new Set(asked.map(read))];
  const removals = members.filter((member) => all.has(member)).sort();
  const notMissing = members.filter((member) => !all.has(member));
  if (removals.length > 0) return { removals, notMissing };
  const says = `none of these removals is missing: ${few(notMissing.map(quoted), NAMES_SHOWN).join(', ')}`;
  return { code: 'NothingMissing', says };
}
