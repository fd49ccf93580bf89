// Logtail configs that are to be applied to a group: when they are looked for, and what may be done about those that are not.
// In words:
//   - one call an hour looks whether they are; while one is missing, every run looks; so it is at once when other names are
//     configured, and when the group was just made: a new group has none and collects nothing;
//   - `keep` applies what is missing, as a policy lets it: with `create-only` to a group that was just made, with
//     `observe` never. Nothing is ever removed.

import type { GroupConfig } from '../config/config.ts';
import type { KeptBindings } from '../memory/group.ts';
import { HOUR } from '../removal/settings.ts';
import { setDigest } from '../text/digest.ts';

/** Milliseconds between two looks at a group that has what it should. */
export const BINDINGS_EVERY = HOUR;

type Bound = Pick<GroupConfig, 'configs' | 'configsMode' | 'policy'>;

export const configsOf = ({ configs = [] }: Pick<Bound, 'configs'>): readonly string[] => configs;

/** @param kept what the last look found; undefined if nobody has looked yet */
export function looksAtBindings(
  group: Bound,
  kept: KeptBindings | undefined,
  isMade: boolean,
  now: number,
): boolean {
  const names = configsOf(group);
  if (names.length === 0) return false;
  if (isMade || kept === undefined) return true;
  return (
    kept.missing.length > 0 || kept.digest !== setDigest(names) || Math.abs(now - kept.at) >= BINDINGS_EVERY
  );
}

export function mayApply({ configsMode, policy }: Bound, isMade: boolean): boolean {
  if (configsMode !== 'keep' || policy === 'observe') return false;
  return policy !== 'create-only' || isMade;
}

/** What is to be remembered of a look. @param now milliseconds since the epoch */
export function keptBindings(
  names: readonly string[],
  { missing, says }: { readonly missing: readonly string[]; readonly says?: string },
  now: number,
): KeptBindings {
  return { at: now, digest: setDigest(names), missing, ...(says !== undefined && { says }) };
}
