// Groups as they are, as a configuration that changes nothing: `observe`, and every member listed in it. A source in
// the place of the list makes a group a kept one.
import { type Canonical, presentGroup } from '../group/current.ts';
import { knownIdentify, type MachineGroup } from '../group/machine-group.ts';
import { readMark } from '../group/owner.ts';
import { defined } from '../text/defined.ts';
import { quoted } from '../text/issues.ts';
import { InvalidSyncConfig, parseSyncConfig } from './config.ts';

export interface Exported {
  /** The configuration; undefined where there is no group to put into it. */
  readonly document: object | undefined;
  /** What could not be put into it, by group. */
  readonly leftOut: readonly string[];
}

/** @param owner of groups that carry no mark of ours */
export function exported(
  project: string,
  groups: readonly MachineGroup[],
  owner: string,
  canonical: Canonical,
): Exported {
  const leftOut: string[] = [];
  const entries = groups.flatMap((group) => {
    const { entry, lacks } = entryOf(project, group, owner, canonical);
    leftOut.push(...lacks.map((says) => `${project}/${group.groupName}: ${says}`));
    return entry ?? [];
  });
  return {
    document: entries.length === 0 ? undefined : { owner, policy: 'observe', groups: entries },
    leftOut,
  };
}

function entryOf(project: string, group: MachineGroup, owner: string, canonical: Canonical) {
  const { groupName: name, machineIdentifyType, groupAttribute } = group;
  const identify = knownIdentify(machineIdentifyType);
  if (identify === undefined)
    return { lacks: [`identifies machines by ${quoted(machineIdentifyType)}, which no configuration can`] };
  const mark = readMark(groupAttribute.externalName);
  const withMembers = (members: readonly string[]) => ({
    project,
    name,
    ...defined({ owner: mark.kind === 'owner' && mark.owner !== owner ? mark.owner : undefined }),
    identify,
    topic: groupAttribute.groupTopic,
    // Where nobody is a member, nobody being one is no fault of the inventory.
    ...(members.length === 0 && { allowEmpty: true }),
    sources: [{ type: 'static', members }],
  });
  const members = [...presentGroup(group, canonical).members].sort();
  // What a configuration may say is for its schema to know.
  const isTaken = (entry: object) => faultsOf({ owner, policy: 'observe', groups: [entry] }).length === 0;
  if (isTaken(withMembers(members))) return { entry: withMembers(members), lacks: [] };
  const { taken = [], refused = [] } = Object.groupBy(members, (member) =>
    isTaken(withMembers([member])) ? 'taken' : 'refused',
  );
  const lacks = refused.map((member) => `has the member ${quoted(member)}, which no configuration can name`);
  const entry = withMembers(taken);
  const others = faultsOf({ owner, policy: 'observe', groups: [entry] });
  return others.length > 0 ? { lacks: others } : { entry, lacks };
}

function faultsOf(document: object): readonly string[] {
  try {
    parseSyncConfig(document);
    return [];
  } catch (error) {
    if (error instanceof InvalidSyncConfig) return error.problems;
    throw error;
  }
}
