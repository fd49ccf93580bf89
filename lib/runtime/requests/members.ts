// Members as callers spell them: each in its one spelling, with what is wrong about the others.
import type { IdentifyType } from '../../core/machine-group.ts';
import { canonicalMember } from '../../inventory/address.ts';

export interface Members {
  /** In their one spelling, each once. */
  readonly members: string[];
  readonly wrong: readonly { readonly index: number; readonly says: string }[];
}

export function readMembers(identify: IdentifyType, given: readonly string[]): Members {
  const members = new Set<string>();
  const wrong: { index: number; says: string }[] = [];
  given.forEach((raw, index) => {
    const verdict = canonicalMember(identify, raw);
    if (verdict.ok) members.add(verdict.member);
    else wrong.push({ index, says: verdict.reason });
  });
  return { members: [...members], wrong };
}
