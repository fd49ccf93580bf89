// Whether a decision still holds for the group as it is read right before the write.

import { type CurrentGroup, movedSince } from '../group/current.ts';
import { writesWhole } from './apply.ts';
import type { Decision } from './decide.ts';
import { planGroup, removalsOf } from './plan.ts';
import { judge } from './safety.ts';

/**
 * A full update replaces everything, so nothing may have moved; nor may it where the group is to be created or
 * somebody approved the plan. Deltas leave the work of others alone; there less is enough.
 */
export function reasonNotToWrite(decision: Decision, now: CurrentGroup): string | undefined {
  const { group, current, change, approval } = decision;
  const moved = movedSince(current, now);
  const isDelta = current.state === 'present' && !writesWhole(change, group.write);
  return moved !== undefined && isDelta && !approval ? reasonNotToGoOn(decision, now) : moved;
}

/**
 * A delta may go on, also where its own calls have made a part of the change already, if the group is still
 * there, still ours and still of its kind, and if what is left to go is within the limits for the group as it is
 * now.
 */
export function reasonNotToGoOn(decision: Decision, now: CurrentGroup): string | undefined {
  const { group, wanted, change, approval } = decision;
  if (now.state === 'absent') return 'it was deleted';
  const plan = planGroup(now, wanted, group);
  if (plan.obstacle) return plan.obstacle.says;
  const members = removalsOf(change).filter((member) => now.members.has(member));
  if (members.length === 0 || approval) return undefined;
  const verdict = judge({
    plan: { ...plan, actions: [{ type: 'remove', members }] },
    completeness: wanted.completeness,
    safety: group.safety,
    allowEmpty: group.allowEmpty,
    approved: false,
  });
  return verdict.verdict === 'refused' ? verdict.refusals[0].says : verdict.withheld[0]?.says;
}
