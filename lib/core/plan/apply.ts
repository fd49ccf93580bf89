// From a plan to the write that carries it out, as a value: what to send, and what a read must show afterwards.

import type { GroupConfig } from '../config/config.ts';
import { type CurrentGroup, membersOf, type PresentGroup } from '../group/current.ts';
import {
  type GroupAttribute,
  type IdentifyType,
  type MachineGroupDefinition,
  withoutTimes,
} from '../group/machine-group.ts';
import { additionsOf, type Plan, removalsOf } from './plan.ts';

/** One call to the service. */
export type Write =
  | { readonly operation: 'create'; readonly definition: MachineGroupDefinition }
  /** Replaces the whole group: the definition holds every field that was read. */
  | { readonly operation: 'update'; readonly definition: MachineGroupDefinition };

/** The call that carries out a change, which has to be one: a plan without actions needs none. */
export function writeFor(current: CurrentGroup, change: Plan, group: GroupConfig): Write {
  return current.state === 'absent'
    ? { operation: 'create', definition: newDefinition(change, group) }
    : { operation: 'update', definition: mergeDefinition(current, change) };
}

/** The definition to create. */
export function newDefinition(change: Plan, group: GroupConfig): MachineGroupDefinition {
  const create = change.actions.find((action) => action.type === 'create');
  if (!create) throw new TypeError(`the plan for ${change.group} creates nothing`);
  return {
    groupName: group.name,
    groupType: '',
    machineIdentifyType: group.identify,
    groupAttribute: { groupTopic: create.topic, externalName: create.mark },
    machineList: create.members,
  };
}

/**
 * What was read, with the plan worked in and every other field as it was, those this code does not know
 * included. A list that changes is written in canonical spelling, each member once: those that stay keep
 * their order, new ones follow. A list that does not change is written back to the letter.
 */
export function mergeDefinition(current: PresentGroup, change: Plan): MachineGroupDefinition {
  const fields = withoutTimes(current.definition);
  const isListed = change.actions.some(({ type }) => type === 'add' || type === 'remove');
  return {
    ...fields,
    // A group of another kind is refused by the plan, so this is one of the two.
    machineIdentifyType: fields.machineIdentifyType as IdentifyType,
    groupAttribute: attributeAfter(current, change),
    machineList: isListed ? [...membersAfter(current, change)] : fields.machineList,
  };
}

/**
 * Every difference between what the change should have made of the group and what a read shows now; none
 * means it is in place. The members have to be exactly the expected ones.
 */
export function mismatches(before: CurrentGroup, change: Plan, after: CurrentGroup): string[] {
  if (after.state === 'absent') return ['the group does not exist'];
  const expected = attributeAfter(before, change);
  const actual = after.definition.groupAttribute;
  const found: string[] = [];
  if (actual.externalName !== expected.externalName) found.push('externalName differs');
  if (actual.groupTopic !== expected.groupTopic) found.push('groupTopic differs');
  const wanted = membersAfter(before, change);
  const missing = countMissing(wanted, after.members);
  const extra = countMissing(after.members, wanted);
  if (missing > 0) found.push(`${missing} of the members are missing`);
  if (extra > 0) found.push(`${extra} members are there that should not be`);
  return found;
}

/** Canonical members once the change is in place: those that stay, in their order, then the new ones. */
export function membersAfter(before: CurrentGroup, change: Plan): ReadonlySet<string> {
  const members = new Set(membersOf(before));
  for (const member of removalsOf(change)) members.delete(member);
  for (const member of additionsOf(change)) members.add(member);
  return members;
}

function attributeAfter(before: CurrentGroup, change: Plan): GroupAttribute {
  const was =
    before.state === 'present' ? before.definition.groupAttribute : { groupTopic: '', externalName: '' };
  let { groupTopic, externalName } = was;
  for (const action of change.actions) {
    if (action.type === 'create') groupTopic = action.topic;
    if (action.type === 'topic') groupTopic = action.to;
    if (action.type === 'create' || action.type === 'adopt') externalName = action.mark;
  }
  return { ...was, groupTopic, externalName };
}

function countMissing(members: Iterable<string>, from: ReadonlySet<string>): number {
  let missing = 0;
  for (const member of members) if (!from.has(member)) missing += 1;
  return missing;
}
