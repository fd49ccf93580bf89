// The guard: may the removals of a plan be carried out? In words:
//   - an incomplete reading removes nothing; its additions flow;
//   - nothing wanted at all empties a group only if its configuration expects that (allowEmpty), and then no
//     other limit applies;
//   - in a group of `minMembersForShare` or more, a run removes at most `maxRemovalShare` of the members it
//     has (30 % of 10 is 3: three go, four are refused);
//   - in a smaller one, at most `maxSmallRemovals`;
//   - and there a run never takes every member the group has: they wait until the new ones are in.
// Beyond a limit the whole group is refused, additions too, so that a person looks at what is odd about it.
// An approval lifts every rule but the first.

import type { SafetySettings } from '../config/settings.ts';
import type { Wanted } from '../reading/wanted.ts';
import type { Refusal } from '../refusal/codes.ts';
import { wholeShare } from '../removal/limit.ts';
import { type AtLeastOne, isAtLeastOne, reasonsInOne } from '../text/few.ts';
import { additionsOf, filterPlan, type Plan, removalsOf } from './plan.ts';
import { type Withheld, withhold } from './policy.ts';

/** The figures a person needs to judge a plan, refused or not. */
export interface Figures {
  readonly members: number;
  readonly wanted: number;
  readonly additions: number;
  readonly removals: number;
  /** Removals over members, 0 to 1; 0 for a group without members. */
  readonly share: number;
  /** Most removals that a run may make in a group of this size. */
  readonly limit: number;
}

export type SafetyRefusal = Refusal<'empty' | 'share' | 'count'>;

export interface SafetyCase {
  /** After policy. */
  readonly plan: Plan;
  readonly completeness: Wanted['completeness'];
  readonly safety: SafetySettings;
  readonly allowEmpty: boolean;
  /** An approval names exactly this plan. */
  readonly approved: boolean;
}

export type Verdict =
  | {
      readonly verdict: 'allowed';
      /** What may be written. */
      readonly plan: Plan;
      readonly figures: Figures;
      readonly withheld: readonly Withheld[];
      /** Refusals that the approval lifted. */
      readonly lifted: readonly SafetyRefusal[];
    }
  | {
      readonly verdict: 'refused';
      readonly figures: Figures;
      readonly refusals: AtLeastOne<SafetyRefusal>;
    };

export function judge({ plan, completeness, safety, allowEmpty, approved }: SafetyCase): Verdict {
  const figures = figuresOf(plan, safety);
  const allowed = { verdict: 'allowed', plan, figures, withheld: [], lifted: [] } as const;
  if (figures.removals === 0) return allowed;
  if (!completeness.complete) {
    const says = `the inventory was not read whole (${reasonsInOne(completeness.reasons)}): what is missing from it may still exist`;
    return { ...allowed, ...withoutRemovals(plan, 'incomplete', says) };
  }
  if (figures.wanted === 0 && allowEmpty) return allowed;
  const refusals = refusalsOf(figures, safety);
  if (approved) return { ...allowed, lifted: refusals };
  if (isAtLeastOne(refusals)) return { verdict: 'refused', figures, refusals };
  if (safety.keepLast && isSmall(figures.members, safety) && figures.removals === figures.members) {
    const says = 'the plan would remove every member that the group has at once';
    return { ...allowed, ...withoutRemovals(plan, 'keep-last', says) };
  }
  return allowed;
}

/** The plan without its removals, and those as withheld. */
export function withoutRemovals(
  plan: Plan,
  by: Withheld['by'],
  says: string,
): { plan: Plan; withheld: Withheld[] } {
  const withheld = plan.actions
    .filter((action) => action.type === 'remove')
    .map((action) => withhold(action, by, says));
  return { plan: filterPlan(plan, (action) => action.type !== 'remove'), withheld };
}

export function figuresOf(plan: Plan, safety: SafetySettings): Figures {
  const { members, wanted } = plan;
  const removals = removalsOf(plan).length;
  const limit = isSmall(members, safety)
    ? safety.maxSmallRemovals
    : wholeShare(members, safety.maxRemovalShare);
  return {
    members,
    wanted,
    additions: additionsOf(plan).length,
    removals,
    share: members === 0 ? 0 : removals / members,
    limit,
  };
}

function isSmall(members: number, safety: SafetySettings): boolean {
  return members < safety.minMembersForShare;
}

function refusalsOf(figures: Figures, safety: SafetySettings): SafetyRefusal[] {
  const { members, wanted, removals, limit } = figures;
  const { minMembersForShare, maxRemovalShare } = safety;
  const refusals: SafetyRefusal[] = [];
  if (wanted === 0) {
    refusals.push({ code: 'empty', says: `the inventory is empty, the group has ${members} members` });
  }
  if (removals <= limit) return refusals;
  const would = `would remove ${removals} of ${members} members`;
  if (isSmall(members, safety)) {
    const says = `${would}; groups under ${minMembersForShare} may lose ${limit} (maxSmallRemovals)`;
    refusals.push({ code: 'count', says });
  } else {
    const says = `${would}; this group may lose ${limit} (maxRemovalShare ${percent(maxRemovalShare)}, rounded down)`;
    refusals.push({ code: 'share', says });
  }
  return refusals;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
