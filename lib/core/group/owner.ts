// The owner mark: which deployment keeps a group. It stands in the group's `externalName`, because SLS has
// no other field that a person sees and no mark per machine: a group is ours as a whole or not at all.

import type { NameRule } from '../text/rule.ts';

/** First part of every mark this project writes; the owner's id follows. */
const MARK_PREFIX = 'sls-machine-groups/';

/**
 * Ids of owners. Lower case and without "/", so that two ids never differ by case only and no mark is the
 * beginning of a path under another.
 */
export const OWNER_ID: NameRule = {
  pattern: /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
  says: 'up to 64 characters: lower-case letters, digits, ".", "-" and "_", starting and ending with a letter or digit',
};

/** Whose a group is, by its `externalName`: nobody's, one of this project's owners', or another system's. */
export type Mark =
  | { readonly kind: 'none' }
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'foreign' };

/** `sls-machine-groups/<owner>`: what `externalName` holds for a group of this owner. */
export function ownerMark(owner: string): string {
  return MARK_PREFIX + owner;
}

/** Marks are compared whole and exactly: anything that is not a mark of ours to the letter is foreign. */
export function readMark(externalName: string): Mark {
  if (externalName === '') return { kind: 'none' };
  const owner = externalName.startsWith(MARK_PREFIX) ? externalName.slice(MARK_PREFIX.length) : '';
  return OWNER_ID.pattern.test(owner) ? { kind: 'owner', owner } : { kind: 'foreign' };
}

/**
 * Two owners of one document with the same folded id are taken for one by a person, or by a tool that
 * rewrites separators: `prod-eu` and `prod_eu`.
 */
export function foldOwner(owner: string): string {
  return owner.replace(/[._]/g, '-');
}
