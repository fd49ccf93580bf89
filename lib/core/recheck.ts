// Whether a decision still holds for the group as it is read right before the write.

import { type CurrentGroup, movedSince } from './current.ts';
import type { Decision } from './decide.ts';
import { planGroup, removalsOf } from './plan.ts';
import { judge } from './safety.ts';

/**
 * A full update replaces everything, so nothing may have moved; nor may it where somebody approved the plan.
 * Deltas leave the work of others alone; there it is enough that the group is still there, still ours and still
 * of its kind, and that what goes is within the limits for the group as it is now.
 */
export function reasonNotToWrite(decision: Decision, now: CurrentGroup): string | undefined {
  const { group, current, wanted, change, approval } = decision;
  const moved = movedSince(current, now);
  if (moved === undefined || group.write === 'full' || approval || current.state === 'absent') return moved;
  if (now.state === 'absent') return moved;
  const plan = planGroup(now, wanted, group);
  if (plan.obstacle) return plan.obstacle.says;
  const members = removalsOf(change).filter((member) => now.members.has(member));
  const verdict = judge({
    plan: { ...plan, actions: members.length > 0 ? [{ type: 'remove', members }] : [] },
    completeness: wanted.completeness,
    safety: group.safety,
    allowEmpty: group.allowEmpty,
    approved: false,
  });
  return verdict.verdict === 'refused' ? verdict.refusals[0].says : verdict.withheld[0]?.says;
}
