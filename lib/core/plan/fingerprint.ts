// The fingerprint of a plan: what a person approves. It covers all the plan was made from and all it would
// do, so that an approval is good for that plan and no other.

import type { GroupConfig } from '../config/config.ts';
import type { CurrentGroup } from '../group/current.ts';
import type { Wanted } from '../reading/wanted.ts';
import { canonicalJson, setDigest, sha256 } from '../text/digest.ts';
import type { Plan } from './plan.ts';

/** Changes when the text below changes shape, so that approvals of an older release are stale. */
const VERSION = 'plan/3';
/** 128 bits: short enough to paste, too long to meet by chance. */
const LENGTH = 32;

export const FINGERPRINT = /^[0-9a-f]{32}$/;

export function fingerprint(plan: Plan, current: CurrentGroup, wanted: Wanted, group: GroupConfig): string {
  return sha256(planText(plan, current, wanted, group)).slice(0, LENGTH);
}

/**
 * One text for one plan, whatever the order in which members were listed. Members that come or go are in it by name,
 * those that stay in a digest of the current ones; the wanted ones follow from the two. Left out: read times and
 * reasons; neither changes the plan. `lastModifyTime` is in it: a group that somebody wrote to has moved, even if it
 * looks the same.
 */
export function planText(plan: Plan, current: CurrentGroup, wanted: Wanted, group: GroupConfig): string {
  return JSON.stringify([
    VERSION,
    plan.group,
    settingsOf(group),
    currentOf(current),
    wanted.completeness.complete,
    plan.wanted,
    plan.obstacle?.code ?? null,
    plan.actions.map(valuesOf),
  ]);
}

/** Settings that an approval is not bound to, and why. It is bound to all others, whatever they will be. */
export const UNBOUND = {
  key: 'the plan names the group',
  project: 'stands in key',
  name: 'stands in key',
  sources: 'what they give is bound instead: the wanted members, and whether the reading is complete',
} as const satisfies Partial<Record<keyof GroupConfig, string>>;

/** Every setting of the group but those of {@link UNBOUND}, at any depth, by name. */
function settingsOf(group: GroupConfig): string {
  return canonicalJson(
    Object.fromEntries(Object.entries(group).filter(([name]) => !Object.hasOwn(UNBOUND, name))),
  );
}

function currentOf(current: CurrentGroup): unknown[] | null {
  if (current.state === 'absent') return null;
  const { groupType, machineIdentifyType, groupAttribute, createTime, lastModifyTime } = current.definition;
  const { externalName, groupTopic } = groupAttribute;
  const fields = [groupType, machineIdentifyType, externalName, groupTopic, createTime, lastModifyTime];
  return [...fields, setDigest(current.members)];
}

/** Actions are built with their fields in one order each, in one place, so their values tell them apart. */
function valuesOf(action: Plan['actions'][number]): unknown[] {
  return Object.values(action);
}

/** Names a set of removals of a group, whatever their order: what a person who has seen them approves. */
export function removalsFingerprint(group: string, removals: readonly string[]): string {
  return sha256(JSON.stringify(['removals/1', group, setDigest(removals)])).slice(0, LENGTH);
}
