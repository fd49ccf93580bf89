// A group as it is now, and the write that changes it: read right before, compare, write, read back, compare.
import { mismatches, type Write, writesFor } from '../../core/apply.ts';
import type { GroupConfig } from '../../core/config.ts';
import { ABSENT, type Canonical, type CurrentGroup, movedSince, presentGroup } from '../../core/current.ts';
import type { Decision } from '../../core/decide.ts';
import { planGroup, removalsOf } from '../../core/plan.ts';
import { judge } from '../../core/safety.ts';
import { canonicalMember } from '../../inventory/address.ts';
import { SlsError } from '../../sls/errors.ts';
import type { Calls } from './calls.ts';

/** A write that was not made, or not seen to have worked, although SLS refused nothing. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  /** `GroupMoved`: somebody wrote since it was read. `NotConfirmed`: what is read back is not what was written. */
  readonly code: 'GroupMoved' | 'NotConfirmed';
  constructor(code: WriteError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The one spelling of a member, as inventories and groups are compared in. */
export const canonical: Canonical = (identify, raw) => {
  const verdict = canonicalMember(identify, raw);
  return verdict.ok ? verdict.member : undefined;
};

export async function readCurrent(group: GroupConfig, calls: Calls): Promise<CurrentGroup> {
  try {
    const { project, name } = group;
    const found = await calls.make('GetMachineGroup', (sls, options) =>
      sls.getMachineGroup(project, name, options),
    );
    return presentGroup(found, canonical);
  } catch (error) {
    if (error instanceof SlsError && error.kind === 'group-missing') return ABSENT;
    throw error;
  }
}

/** Pauses before each further read back, in milliseconds: the service may show a write a little late. */
const READ_BACK_PAUSES = [500, 1_000, 2_000];

export interface WriteOutcome {
  /** Writes that were not made or not confirmed; none after success. */
  readonly unwritten: readonly Write[];
  readonly error?: unknown;
}

/** Carries out a decision's change. Never rejects: what failed and what is left undone is the outcome. */
export async function writeChange(
  decision: Decision,
  calls: Calls,
  sleep: (ms: number) => Promise<void>,
): Promise<WriteOutcome> {
  const { group, change } = decision;
  let left = writesFor(decision.current, change, group);
  try {
    const before = await readCurrent(group, calls);
    const moved = reasonNotToWrite(decision, before);
    if (moved) throw new WriteError('GroupMoved', `the group changed since it was read: ${moved}`);
    const writes = writesFor(before, change, group);
    for (const [index, write] of writes.entries()) {
      left = writes.slice(index);
      await send(group, write, calls);
    }
    await confirm(decision, before, calls, sleep);
    return { unwritten: [] };
  } catch (error) {
    return { unwritten: left, error };
  }
}

/**
 * A full update replaces everything, so nothing may have moved; nor may it where somebody approved the plan.
 * Deltas leave the work of others alone; there it is enough that the group is still there, still ours and still
 * of its kind, and that what goes is within the limits for the group as it is now.
 */
function reasonNotToWrite(decision: Decision, now: CurrentGroup): string | undefined {
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

async function send(group: GroupConfig, write: Write, calls: Calls): Promise<void> {
  const { project, name } = group;
  switch (write.operation) {
    case 'create':
      await calls.make('CreateMachineGroup', (sls, o) =>
        sls.createMachineGroup(project, write.definition, o),
      );
      return;
    case 'update':
      await calls.make('UpdateMachineGroup', (sls, o) =>
        sls.updateMachineGroup(project, write.definition, o),
      );
      return;
    default:
      await calls.make('UpdateMachineGroupMachine', (sls, o) =>
        sls.updateMachines(project, name, write.operation, write.machines, o),
      );
  }
}

async function confirm(
  { group, change }: Decision,
  before: CurrentGroup,
  calls: Calls,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  for (const pause of [...READ_BACK_PAUSES, undefined]) {
    const found = mismatches(before, change, group, await readCurrent(group, calls));
    if (found.length === 0) return;
    if (pause === undefined) throw new WriteError('NotConfirmed', `read back: ${found.join('; ')}`);
    await sleep(pause);
  }
}
