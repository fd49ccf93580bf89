// Changes of groups as records keep them: from what was read right before a write and right after it.

import { type CurrentGroup, membersOf } from '../group/current.ts';
import type { MachineGroup } from '../group/machine-group.ts';
import type { ChangeOutcome, ChangeRecord, GroupFields, MachineSeen } from './record.ts';

/** A write that was sent, as it was seen. */
export interface SeenWrite {
  readonly outcome: ChangeOutcome;
  /** `project/name`. */
  readonly group: string;
  readonly was: CurrentGroup;
  /** As it was read after the write; undefined where it was not. */
  readonly is?: CurrentGroup | undefined;
  /** What was asked for, in canonical spelling. */
  readonly additions: readonly string[];
  readonly removals: readonly string[];
  /** Of those removals, which machines they were. */
  readonly machines?: readonly MachineSeen[];
}

export function changeOf({
  group,
  outcome,
  was,
  is,
  additions,
  removals,
  machines = [],
}: SeenWrite): ChangeRecord {
  const before = membersOf(was);
  const after = is && membersOf(is);
  return {
    group,
    outcome,
    before: fieldsOf(was),
    members: [...before],
    ...(is && { after: fieldsOf(is) }),
    came: after ? without(after, before) : additions,
    went: after ? without(before, after) : removals,
    ...(machines.length > 0 && { machines }),
  };
}

/** Sorted, since SLS lists members in no order that means anything. */
function without(members: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...members].filter((member) => !others.has(member)).sort();
}

/** Two writes of one run to a group are one: from what was before the first to what was after the second. */
export function joined(first: SeenWrite, second: SeenWrite): SeenWrite {
  return {
    ...second,
    outcome: second.outcome === 'failed' ? first.outcome : second.outcome,
    was: first.was,
    is: second.is ?? (second.outcome === 'failed' ? first.is : undefined),
    additions: without(new Set([...first.additions, ...second.additions]), new Set(second.removals)),
    machines: [...(first.machines ?? []), ...(second.machines ?? [])],
    removals: without(new Set([...first.removals, ...second.removals]), new Set(second.additions)),
  };
}

function fieldsOf(current: CurrentGroup): GroupFields | null {
  return current.state === 'absent' ? null : fieldsIn(current.definition);
}

export function fieldsIn(
  group: Pick<MachineGroup, 'machineIdentifyType' | 'groupType' | 'groupAttribute'>,
): GroupFields {
  const { machineIdentifyType: identify, groupType: type, groupAttribute } = group;
  return { identify, type, topic: groupAttribute.groupTopic, mark: groupAttribute.externalName };
}
