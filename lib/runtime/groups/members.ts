// The members of a group: as callers spell them, and as SLS lists them.
import { type PresentGroup, presentGroup } from '../../core/group/current.ts';
import type { IdentifyType, MachineGroup } from '../../core/group/machine-group.ts';
import { MOST_LINES } from '../../core/text/issues.ts';
import { canonical, canonicalMember } from '../../inventory/members.ts';
import { DOCUMENTED_ERRORS } from '../../sls/operations.ts';
import { invalidParameter } from '../http/errors.ts';

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

/** @throws ProblemError 400 naming them */
export function refuseMembers(field: string, { wrong, more }: Members): void {
  if (wrong.length === 0) return;
  const lines = wrong.map(({ index, says }) => `${field}[${index}]: ${says}`);
  if (more > 0) lines.push(`and ${more} more`);
  throw invalidParameter(DOCUMENTED_ERRORS['invalid-parameter'].message, lines);
}

/** What a list of canonical members brings and takes. */
export function comingAndGoing(
  { members }: PresentGroup,
  list: readonly string[],
): { additions: string[]; removals: string[] } {
  const after = new Set(list);
  return {
    additions: [...after].filter((member) => !members.has(member)),
    removals: [...members].filter((member) => !after.has(member)),
  };
}

/** The group with its members in their one spelling. */
export function presentMembers(group: MachineGroup): PresentGroup {
  return presentGroup(group, canonical);
}
