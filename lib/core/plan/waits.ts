// A plan without the removals that wait, and those as part of what is withheld.

import type { Waiting } from '../removal/outcome.ts';
import { quoted } from '../text/issues.ts';
import type { Action, Plan } from './plan.ts';
import type { Withheld } from './policy.ts';

/** The plan with only those removals. */
export function withRemovals(plan: Plan, goes: { has(member: string): boolean }): Plan {
  const actions = plan.actions.flatMap((action): readonly Action[] => {
    if (action.type !== 'remove') return [action];
    const members = action.members.filter((member) => goes.has(member));
    return members.length > 0 ? [{ type: 'remove', members }] : [];
  });
  return { ...plan, actions };
}

/** One entry for each reason to wait. */
export function withheldRemovals(waits: readonly Waiting[]): Withheld[] {
  return [...Map.groupBy(waits, (waiting) => waiting.for)].map(([by, all]) => ({
    action: 'remove',
    members: all.map(({ member }) => member),
    by,
    says: saysOfAll(all),
  }));
}

/** What is said of all of them, or else of the first, by name. */
export function saysOfAll(all: readonly { readonly member: string; readonly says: string }[]): string {
  const [first] = all;
  if (first === undefined) return '';
  return all.every(({ says }) => says === first.says) ? first.says : `${quoted(first.member)}: ${first.says}`;
}
