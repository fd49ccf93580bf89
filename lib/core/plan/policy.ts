// Policies: how far a run may go. A policy is a filter over a finished plan that says what it held back; it
// decides nothing else, and nothing downstream asks for it again.

import type { Policy } from '../config/settings.ts';
import type { WaitsCode, WithheldCode } from '../refusal/codes.ts';
import { type Action, type ActionType, filterPlan, type Plan } from './plan.ts';

/** What carries out a plan: the one that writes, or the one that records what would have been written. */
export type Writer = 'apply' | 'record';

/** Part of a plan that a run does not carry out, and who held it back. */
export interface Withheld {
  readonly action: ActionType;
  /** Members concerned; none for a change of the group itself. */
  readonly members: readonly string[];
  readonly by: WithheldCode | WaitsCode;
  readonly says: string;
}

export interface Filtered {
  readonly plan: Plan;
  readonly withheld: readonly Withheld[];
}

const ALL: readonly ActionType[] = ['create', 'adopt', 'topic', 'add', 'remove'];

/**
 * Each policy in one row. `observe` passes what `sync` passes, so that the report tells what `sync` would do
 * and where safety would stop it; that nothing is written is the recording writer's doing. `approve-removals` passes
 * removals, and leaves it to their judgement that only approved ones go.
 */
const ROWS: Readonly<Record<Policy, { readonly passes: readonly ActionType[]; readonly writer: Writer }>> = {
  observe: { passes: ALL, writer: 'record' },
  'create-only': { passes: ['create'], writer: 'apply' },
  'upsert-only': { passes: ['create', 'adopt', 'topic', 'add'], writer: 'apply' },
  'approve-removals': { passes: ALL, writer: 'apply' },
  sync: { passes: ALL, writer: 'apply' },
};

/** Whether removals are in question at all. Where they are not, nobody keeps count of who is missing. */
export function mayRemove(policy: Policy): boolean {
  return ROWS[policy].passes.includes('remove');
}

export function writerFor(policy: Policy): Writer {
  return ROWS[policy].writer;
}

export function applyPolicy(plan: Plan, policy: Policy): Filtered {
  const { passes } = ROWS[policy];
  const isPassed = (action: Action) => passes.includes(action.type);
  const withheld = plan.actions.filter((action) => !isPassed(action));
  if (withheld.length === 0) return { plan, withheld: [] };
  const says = `policy ${policy} lets only ${passes.join(', ')} through`;
  return {
    plan: filterPlan(plan, isPassed),
    withheld: withheld.map((action) => withhold(action, 'policy', says)),
  };
}

export function withhold(action: Action, by: Withheld['by'], says: string): Withheld {
  return { action: action.type, members: 'members' in action ? action.members : [], by, says };
}
