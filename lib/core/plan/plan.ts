// The heart of the sync: what would make one group equal to what is wanted of it. Algorithm:
//   1. whose is the group? not ours and not to be adopted: leave it alone;
//   2. absent: create it with everything wanted;
//   3. present: mark it if it is being adopted, correct its topic, add what is missing, remove what is not wanted.
// Members are compared in canonical form, so order, duplicates and spelling never make a change. A plan says
// nothing about whether it may be carried out: policy and safety do.

import type { GroupConfig } from '../config/config.ts';
import { type CurrentGroup, membersOf, type PresentGroup } from '../group/current.ts';
import { GROUP_NAME } from '../group/machine-group.ts';
import { type Mark, ownerMark, readMark } from '../group/owner.ts';
import type { Wanted } from '../reading/wanted.ts';
import type { LeftAloneCode, Refusal, RefusedCode } from '../refusal/codes.ts';
import { defined } from '../text/defined.ts';
import { quoted } from '../text/issues.ts';

/** One change. There is none that deletes a group: that would detach its Logtail configurations. */
export type Action =
  /** Makes the group, with its members, topic and owner mark. */
  | {
      readonly type: 'create';
      readonly topic: string;
      readonly mark: string;
      readonly members: readonly string[];
    }
  /** Puts the owner mark where `from` stood. */
  | { readonly type: 'adopt'; readonly from: string; readonly mark: string }
  | { readonly type: 'topic'; readonly from: string; readonly to: string }
  | { readonly type: 'add'; readonly members: readonly string[] }
  | { readonly type: 'remove'; readonly members: readonly string[] };

export type ActionType = Action['type'];

/** Why a group is not planned for. Left alone: it is not ours. Refused: it is, but something is wrong. */
export type Obstacle =
  | ({ readonly kind: 'left-alone' } & Refusal<LeftAloneCode>)
  | ({ readonly kind: 'refused' } & Refusal<RefusedCode>);

export interface Plan {
  /** `project/name`. */
  readonly group: string;
  /** In the order in which they are carried out; members sorted by code unit, each once. */
  readonly actions: readonly Action[];
  /** Set if the group is not to be touched; there are no actions then. */
  readonly obstacle?: Obstacle;
  /** Distinct members the group has. */
  readonly members: number;
  /** Distinct members it should have. */
  readonly wanted: number;
}

export function planGroup(current: CurrentGroup, wanted: Wanted, group: GroupConfig): Plan {
  const obstacle = obstacleTo(current, group);
  return {
    group: group.key,
    actions: obstacle ? [] : actionsFor(current, wanted, group),
    ...defined({ obstacle }),
    members: membersOf(current).size,
    wanted: wanted.members.size,
  };
}

/** The plan with only those of its actions that `keep` lets through. */
export function filterPlan(plan: Plan, keep: (action: Action) => boolean): Plan {
  return { ...plan, actions: plan.actions.filter(keep) };
}

/** Members the plan adds, those of a new group included. */
export function additionsOf(plan: Plan): readonly string[] {
  for (const action of plan.actions) {
    if (action.type === 'add' || action.type === 'create') return action.members;
  }
  return [];
}

export function removalsOf(plan: Plan): readonly string[] {
  for (const action of plan.actions) if (action.type === 'remove') return action.members;
  return [];
}

function actionsFor(current: CurrentGroup, wanted: Wanted, group: GroupConfig): Action[] {
  const mark = ownerMark(group.owner);
  if (current.state === 'absent') {
    return [{ type: 'create', topic: group.topic ?? '', mark, members: [...wanted.members.keys()].sort() }];
  }
  const { externalName, groupTopic } = current.definition.groupAttribute;
  const actions: Action[] = [];
  if (externalName !== mark) actions.push({ type: 'adopt', from: externalName, mark });
  if (group.topic !== undefined && group.topic !== groupTopic) {
    actions.push({ type: 'topic', from: groupTopic, to: group.topic });
  }
  const missing = missingFrom(current.members, wanted.members.keys());
  const surplus = missingFrom(wanted.members, current.members);
  if (missing.length > 0) actions.push({ type: 'add', members: missing });
  if (surplus.length > 0) actions.push({ type: 'remove', members: surplus });
  return actions;
}

function missingFrom(known: { has(member: string): boolean }, members: Iterable<string>): string[] {
  const missing: string[] = [];
  for (const member of members) if (!known.has(member)) missing.push(member);
  return missing.sort();
}

function obstacleTo(current: CurrentGroup, group: GroupConfig): Obstacle | undefined {
  if (current.state === 'absent') {
    if (GROUP_NAME.pattern.test(group.name)) return undefined;
    return {
      kind: 'refused',
      code: 'name',
      says: `the group does not exist, and SLS does not create groups with this name: a name has ${GROUP_NAME.says}`,
    };
  }
  return notOurs(current, group) ?? wrongKind(current, group);
}

function notOurs(current: PresentGroup, group: GroupConfig): Obstacle | undefined {
  const { externalName } = current.definition.groupAttribute;
  const mark: Mark = readMark(externalName);
  if (mark.kind === 'owner') {
    if (mark.owner === group.owner || group.formerOwners.includes(mark.owner)) return undefined;
    const says = `the group belongs to owner ${quoted(mark.owner)}`;
    if (!group.adopt) return { kind: 'left-alone', code: 'other-owner', says };
    return {
      kind: 'refused',
      code: 'other-owner',
      says: `${says}, and adopt: true does not take a group from another owner`,
    };
  }
  if (group.adopt) return undefined;
  if (mark.kind === 'foreign') {
    return {
      kind: 'left-alone',
      code: 'foreign',
      says: `the group carries another system’s mark ${quoted(externalName)}`,
    };
  }
  return {
    kind: 'left-alone',
    code: 'unmarked',
    says: 'the group carries no owner mark: it never had one, or a tool that does not keep externalName removed it',
  };
}

function wrongKind(current: PresentGroup, group: GroupConfig): Obstacle | undefined {
  const kind = current.definition.machineIdentifyType;
  if (kind === group.identify) return undefined;
  return {
    kind: 'refused',
    code: 'identify-mismatch',
    says: `the group identifies machines by ${quoted(kind)}, the configuration by ${quoted(group.identify)}: a sync cannot change that`,
  };
}
