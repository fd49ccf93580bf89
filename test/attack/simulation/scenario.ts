// What one life begins with: a configuration, inventories, and the groups that the project already has.

import { type GroupConfig, parseSyncConfig, type SyncConfig } from '../../../lib/core/config/config.ts';
import { PROJECT } from '../../support/names.ts';
import type { StoredGroup } from '../../support/standin/index.ts';
import type { Dice } from './dice.ts';
import { DENIED, type Machines, machinesOf } from './machines.ts';

export const REGIONS = ['eu-central-1', 'us-east-1'] as const;
export const OWNER = 'sim-owner';
export const OUR_MARK = `sls-machine-groups/${OWNER}`;
export const OTHER_MARKS = ['testgroup', 'sls-machine-groups/somebody-else', 'sls-machine-groups/Sim-Owner'];

export interface Scenario {
  /** Nothing goes wrong in this life: only what happens every day does. */
  readonly isPeaceful: boolean;
  readonly config: SyncConfig;
  /** By key. */
  readonly groups: ReadonlyMap<string, SimGroup>;
  /** Every member that is there or wanted at the start. */
  readonly members: ReadonlySet<string>;
  /** What the project holds at the start, groups that no configuration names among them. */
  readonly stored: readonly StoredGroup[];
}

export interface SimGroup {
  readonly config: GroupConfig;
  readonly machines: Machines;
  /** Machines each source has at the start. */
  readonly sources: readonly (readonly string[])[];
  /** `maxRemovalShare` in whole percent, so that whoever checks it has no fraction to round. */
  readonly percent: number;
}

const START = 1_790_000_000;

export function createScenario(dice: Dice): Scenario {
  const isPeaceful = dice.chance(0.15);
  const count = dice.between(2, 4);
  // One that is much larger than the others.
  const bigOne = dice.chance(0.06) ? dice.between(0, count - 1) : -1;
  const drafts = Array.from({ length: count }, (_, index) =>
    draftGroup(index, index === bigOne, isPeaceful, dice),
  );
  const config = parseSyncConfig({
    owner: OWNER,
    policy: 'sync',
    concurrency: dice.pick([1, 2, 8]),
    groups: drafts.map(({ document }) => document),
  });
  const groups = new Map<string, SimGroup>();
  drafts.forEach(({ machines, sources, percent }, index) => {
    const group = config.groups[index] as GroupConfig;
    groups.set(group.key, { config: group, machines, sources, percent });
  });
  const bystanders = ['console-made', 'of-terraform', 'forgotten'].map((name, index) =>
    storedGroup(
      name,
      ['', 'terraform', isPeaceful ? 'terraform' : OUR_MARK][index] as string,
      ['10.99.0.1', '10.99.0.2'],
      'ip',
      dice,
    ),
  );
  const known = [...groups.values()].flatMap((group) => existing(group, isPeaceful, dice) ?? []);
  const members = new Set([...groups.values()].flatMap(({ sources }) => sources.flat()));
  return { isPeaceful, config, groups, members, stored: [...known, ...bystanders] };
}

interface Draft {
  readonly document: object;
  readonly machines: Machines;
  readonly sources: readonly (readonly string[])[];
  readonly percent: number;
}

function draftGroup(index: number, isBig: boolean, isPeaceful: boolean, dice: Dice): Draft {
  const identify = dice.chance(0.75) ? 'ip' : 'userdefined';
  const machines = machinesOf(identify, index, isBig ? 900 : 60);
  const size = isBig
    ? dice.between(520, 700)
    : isPeaceful
      ? dice.between(8, 40)
      : dice.pick([dice.between(0, 4), dice.between(3, 12), dice.between(10, 40)]);
  const all = dice.sample(machines.all, size);
  const sources = dice.chance(0.3) ? [all.slice(size >> 1), all.slice(0, (size >> 1) + 1)] : [all];
  const percent = dice.pick([10, 30, 30, 30, 50]);
  const topic = dice.pick([undefined, undefined, '', 'web']);
  return {
    machines,
    sources,
    percent,
    document: {
      project: PROJECT,
      name: `group-${index}`,
      identify,
      ...(topic !== undefined && { topic }),
      adopt: dice.chance(0.25),
      allowEmpty: dice.chance(0.25),
      policy: isPeaceful ? 'sync' : dice.weighted(POLICIES),
      safety: {
        maxRemovalShare: percent / 100,
        maxSmallRemovals: dice.pick([2, 2, 3, 1]),
        removeAfter: dice.pick([600, 3_600, 3_600, 5_400]),
        heartbeats: !isPeaceful && dice.chance(0.15) ? 'ignore' : 'use',
      },
      ...(identify === 'ip' && { deny: [`${DENIED}0.0/16`] }),
      sources: sources.map(() => sourceDocument(index, dice)),
    },
  };
}

const POLICIES = { sync: 16, 'approve-removals': 2, 'upsert-only': 2, 'create-only': 1, observe: 1 };

/** Only what the configuration needs to say: what is read is the simulation's own, and no two groups share it. */
function sourceDocument(group: number, dice: Dice): object {
  return dice.chance(0.5)
    ? { type: 'ec2', regions: [dice.pick(REGIONS)], tags: { group: `group-${group}` } }
    : { type: 'http', url: `https://inventory.example/machines/${group}`, format: 'list' };
}

/** The group as an earlier deployment, or somebody else, may have left it. */
function existing(
  { config, machines, sources }: SimGroup,
  isPeaceful: boolean,
  dice: Dice,
): StoredGroup | undefined {
  if (dice.chance(0.3)) return undefined;
  const mark = isPeaceful || dice.chance(0.75) ? OUR_MARK : dice.pick(['', ...OTHER_MARKS]);
  const members = sources.flat().filter(() => dice.chance(0.9));
  const extra = dice.sample(machines.all, dice.between(0, 2));
  const list = [...new Set([...members, ...extra])].map((member) =>
    dice.chance(0.1) ? machines.spell(member, dice) : member,
  );
  return storedGroup(config.name, mark, list, config.identify, dice);
}

/** The other groups that may have the same members. */
export function othersLike({ key, identify }: GroupConfig, { groups }: Scenario): SimGroup[] {
  return [...groups.values()].filter(({ config }) => config.identify === identify && config.key !== key);
}

export function storedGroup(
  groupName: string,
  externalName: string,
  machineList: readonly string[],
  machineIdentifyType: string,
  dice: Dice,
): StoredGroup {
  const known: StoredGroup = {
    groupName,
    groupType: dice.pick(['', '', 'Armory', 'test']),
    machineIdentifyType,
    groupAttribute: { groupTopic: dice.pick(['', 'web', 'old']), externalName },
    machineList,
    createTime: START - 86_400,
    lastModifyTime: START - 3_600,
  };
  return dice.chance(0.3) ? withUnknownFields(known, dice) : known;
}

/** Fields that a service newer than this code may have. */
function withUnknownFields(group: StoredGroup, dice: Dice): StoredGroup {
  const novelty = { labels: { team: `team-${dice.between(1, 9)}` }, revision: dice.between(1, 99) };
  return { ...group, ...novelty, groupAttribute: { ...group.groupAttribute, ...{ note: 'kept' } } };
}

export const START_MS = START * 1000;
