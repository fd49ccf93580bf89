// One group's decision: plan, then policy, then safety, as one value that says what may be written, what is
// held back and why.

import type { GroupConfig } from '../config/config.ts';
import type { CurrentGroup } from '../group/current.ts';
import { agreedRemovals, type GroupWanted, type Wanted } from '../reading/wanted.ts';
import type { Refusal } from '../refusal/codes.ts';
import { defined } from '../text/defined.ts';
import { reasonsInOne } from '../text/few.ts';
import { fingerprint } from './fingerprint.ts';
import { type Action, filterPlan, type Plan, planGroup, removalsOf } from './plan.ts';
import { applyPolicy, type Withheld, type Writer, withhold, writerFor } from './policy.ts';
import { type Figures, figuresOf, judge, withoutRemovals } from './safety.ts';

/** A person's word that one plan may go beyond the limits. */
export interface Approval {
  readonly fingerprint: string;
  readonly reason: string;
}

export interface Decision {
  readonly group: GroupConfig;
  readonly current: CurrentGroup;
  readonly wanted: GroupWanted;
  /** The whole difference, before policy and safety. */
  readonly plan: Plan;
  /** What an approval has to name; none where there is nothing to do. */
  readonly fingerprint?: string;
  /** `nothing` also when all of the plan is withheld. */
  readonly outcome: 'nothing' | 'change' | 'left-alone' | 'refused';
  /** What may be written: no actions unless the outcome is `change`. */
  readonly change: Plan;
  readonly writer: Writer;
  readonly withheld: readonly Withheld[];
  /** Why the group is refused or left alone. */
  readonly refusals: readonly Refusal[];
  /** Refusals that the approval lifted; the approval was needed if there are any. */
  readonly lifted: readonly Refusal[];
  /** The approval, if it names this plan. */
  readonly approval?: Approval;
  readonly figures: Figures;
}

export interface DecisionInput {
  readonly group: GroupConfig;
  readonly current: CurrentGroup;
  readonly wanted: GroupWanted;
  readonly approval?: Approval | undefined;
}

export function decide({ group, current, wanted, approval }: DecisionInput): Decision {
  const plan = planGroup(current, wanted, group);
  const print = plan.actions.length > 0 ? fingerprint(plan, current, wanted, group) : undefined;
  const isApproved = approval !== undefined && approval.fingerprint === print;
  const known = {
    group,
    current,
    wanted,
    plan,
    writer: writerFor(group.policy),
    ...defined({ fingerprint: print, approval: isApproved ? approval : undefined }),
  };
  const filtered = applyPolicy(plan, group.policy);
  const nothing = { change: filterPlan(plan, () => false), withheld: [], refusals: [], lifted: [] };
  if (plan.obstacle) {
    const { kind, code, says } = plan.obstacle;
    return {
      ...known,
      ...nothing,
      outcome: kind,
      refusals: [{ code, says }],
      figures: figuresOf(plan, group.safety),
    };
  }
  const verdict = judge({
    plan: filtered.plan,
    completeness: wanted.completeness,
    safety: group.safety,
    allowEmpty: group.allowEmpty,
    approved: isApproved,
  });
  const { figures } = verdict;
  if (verdict.verdict === 'refused') {
    return {
      ...known,
      ...nothing,
      outcome: 'refused',
      withheld: filtered.withheld,
      refusals: verdict.refusals,
      figures,
    };
  }
  return {
    ...known,
    outcome: outcomeOf(verdict.plan),
    change: verdict.plan,
    withheld: [...filtered.withheld, ...verdict.withheld],
    refusals: [],
    lifted: verdict.lifted,
    figures,
  };
}

/** Whether the inventory has to be read again before this is written. */
export function needsSecondLook({ group, change }: Decision): boolean {
  return group.safety.secondLook && removalsOf(change).length > 0;
}

/**
 * The decision after the second reading: removals that it does not agree to are withheld. If they were part
 * of a plan that went through only by its approval, the group is refused: that plan exists no more. An
 * incomplete second reading proves nothing either way, so it only withholds.
 */
export function afterSecondLook(decision: Decision, second: Wanted): Decision {
  const { gone, spared } = agreedRemovals(removalsOf(decision.change), second);
  if (spared.length === 0) return decision;
  if (!second.completeness.complete) {
    const says = `the second reading was not whole (${reasonsInOne(second.completeness.reasons)})`;
    const { plan, withheld } = withoutRemovals(decision.change, 'second-look', says);
    return withChange(decision, plan, withheld);
  }
  if (decision.lifted.length > 0) {
    const says = `${spared.length} of the approved removals are in the inventory again`;
    return {
      ...decision,
      outcome: 'refused',
      change: filterPlan(decision.change, () => false),
      refusals: [{ code: 'moved-since-approval', says }],
      lifted: [],
    };
  }
  const actions = decision.change.actions.flatMap((action): readonly Action[] => {
    if (action.type !== 'remove') return [action];
    return gone.length > 0 ? [{ type: 'remove', members: gone }] : [];
  });
  const says = 'missing from the first reading of the inventory, there in the second';
  const held = withhold({ type: 'remove', members: spared }, 'second-look', says);
  return withChange(decision, { ...decision.change, actions }, [held]);
}

/** The decision while the memory is of no help: additions go, removals wait. */
export function withoutMemory(decision: Decision, says: string): Decision {
  if (removalsOf(decision.change).length === 0) return decision;
  const { plan, withheld } = withoutRemovals(decision.change, 'memory', says);
  return withChange(decision, plan, withheld);
}

/**
 * An approval that names none of the plans just made: something moved since it was given, or it never named
 * one. The run answers 409 and writes nothing at all.
 */
export function isStale(approval: Approval | undefined, decisions: readonly Decision[]): boolean {
  return (
    approval !== undefined && decisions.every((decision) => decision.fingerprint !== approval.fingerprint)
  );
}

function withChange(decision: Decision, change: Plan, withheld: readonly Withheld[]): Decision {
  return { ...decision, change, outcome: outcomeOf(change), withheld: [...decision.withheld, ...withheld] };
}

function outcomeOf(change: Plan): 'change' | 'nothing' {
  return change.actions.length > 0 ? 'change' : 'nothing';
}
