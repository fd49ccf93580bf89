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

/** What a group should be in peace, when nothing is left to wait for. */
export interface InPeace {
  readonly present: boolean;
  /** Members that have to be there, and those that may be. */
  readonly least: ReadonlySet<string>;
  readonly most: ReadonlySet<string>;
  /** What is left is for a person: to approve it where it is ours, otherwise nothing helps. */
  readonly verdict: 'done' | 'asks' | 'refused' | 'left-alone' | 'policy';
}

/** @param goes members of those missing that nothing may hold back */
export function inPeace(
  seen: Seen,
  wanted: ReadonlySet<string>,
  group: SimGroup,
  goes: (missing: ReadonlySet<string>, members: ReadonlySet<string>) => ReadonlySet<string>,
): InPeace {
  const { policy } = group.config;
  const members = membersOf(seen, group);
  const exactly = (verdict: InPeace['verdict'], is: ReadonlySet<string>): InPeace => {
    return { present: true, least: is, most: is, verdict };
  };
  if (policy === 'observe') return { ...exactly('policy', members), present: seen !== undefined };
  if (seen === undefined) return exactly('done', wanted);
  const ours = standing(seen, group);
  if (ours !== 'ours') return exactly(ours, members);
  if (policy === 'create-only') return exactly('policy', members);
  const grown = new Set([...members, ...wanted]);
  if (policy === 'upsert-only') return exactly('policy', grown);
  // Some may be approved already.
  if (policy === 'approve-removals') return { present: true, least: wanted, most: grown, verdict: 'asks' };
  const missing = without(members, wanted);
  const most = without(grown, goes(missing, members));
  return { present: true, least: wanted, most, verdict: most.size === wanted.size ? 'done' : 'asks' };
}
