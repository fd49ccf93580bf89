// Members as callers spell them: each in its one spelling, with what is wrong about some of the others.

import type { IdentifyType } from '../../core/group/machine-group.ts';
import { MOST_LINES } from '../../core/text/issues.ts';
import { canonicalMember } from '../../inventory/members.ts';

export interface Members {
  /** In their one spelling, each once. */
  readonly members: string[];
  /** The first {@link MOST_LINES}. */
  readonly wrong: readonly { readonly index: number; readonly says: string }[];
  /** How many more are wrong. */
  readonly more: number;
}

/** @param isKnown tells texts that are no members and not wrong all the same */
export function readMembers(
  identify: IdentifyType,
  given: readonly string[],
  isKnown: (raw: string) => boolean = () => false,
): Members {
  const members = new Set<string>();
  const wrong: { index: number; says: string }[] = [];
  let more = 0;
  given.forEach((raw, index) => {
    const verdict = canonicalMember(identify, raw);
    if (verdict.ok) members.add(verdict.member);
    else if (isKnown(raw)) return;
    else if (wrong.length < MOST_LINES) wrong.push({ index, says: verdict.reason });
    else more += 1;
  });
  return { members: [...members], wrong, more };
}
