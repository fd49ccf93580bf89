// The rules of the product once more, in the fewest words and by other means, so that the simulation has
// something to hold the real ones against. Nothing here is imported from the code under test but its types.

import type { Seen } from './record.ts';
import { OUR_MARK, type SimGroup } from './scenario.ts';

const OWNERS_MARK = /^sls-machine-groups\/[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** What may be done to a group that is there. */
export function standing(
  seen: Exclude<Seen, undefined>,
  { config }: SimGroup,
): 'ours' | 'left-alone' | 'refused' {
  const mark = seen.groupAttribute.externalName;
  const isTaken = mark !== OUR_MARK && OWNERS_MARK.test(mark);
  if (mark !== OUR_MARK && !config.adopt) return 'left-alone';
  if (isTaken) return 'refused';
  return seen.machineIdentifyType === config.identify ? 'ours' : 'refused';
}

/** In a group that is not of addresses, every text stands for itself. */
export function membersOf(seen: Seen, { machines }: SimGroup): Set<string> {
  const texts = seen?.machineList ?? [];
  return new Set(seen?.machineIdentifyType === 'ip' ? texts.map(machines.meant) : texts);
}

export function without(members: Iterable<string>, others: ReadonlySet<string>): Set<string> {
  return new Set([...members].filter((member) => !others.has(member)));
}

export function equal(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((member) => other.has(member));
}

/** Whether so many of so many members may go without proof, and without anybody's approval. */
export function mayGo(
  removals: number,
  members: number,
  wanted: number,
  { config, percent }: SimGroup,
): boolean {
  if (removals === 0) return true;
  if (wanted === 0) return config.allowEmpty;
  return removals <= config.safety.maxSmallRemovals || removals * 100 <= percent * members;
}

/** What the group should be after one run in which nothing goes wrong. */
export interface After {
  readonly present: boolean;
  readonly members: ReadonlySet<string>;
  /** The run has no more to do, or may not do it. */
  readonly verdict: 'done' | 'over' | 'refused' | 'left-alone' | 'policy';
}

export function afterRun(seen: Seen, wanted: ReadonlySet<string>, group: SimGroup): After {
  const { policy } = group.config;
  if (policy !== 'observe') return afterSync(seen, wanted, group);
  return {
    present: seen !== undefined,
    members: membersOf(seen, group),
    verdict: 'policy',
  };
}

function afterSync(seen: Seen, wanted: ReadonlySet<string>, group: SimGroup): After {
  const { policy } = group.config;
  const members = membersOf(seen, group);
  const becomes = (verdict: After['verdict'], is: ReadonlySet<string>): After => {
    return { present: true, members: is, verdict };
  };
  if (seen === undefined) return becomes('done', wanted);
  const ours = standing(seen, group);
  if (ours !== 'ours') return becomes(ours, members);
  if (policy === 'create-only') return becomes('policy', members);
  const grown = new Set([...members, ...wanted]);
  if (policy === 'upsert-only') return becomes('policy', grown);
  const removals = without(members, wanted).size;
  // Beyond the limit nothing goes; additions do.
  return mayGo(removals, members.size, wanted.size, group) ? becomes('done', wanted) : becomes('over', grown);
}
