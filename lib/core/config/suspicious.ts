// What a configuration may say and hardly anybody means: lines like those of its faults, by path.
import { normaliseAddress } from '../address/address.ts';
import { type Cidr, covers, parseCidr } from '../address/cidr.ts';
import { GROUP_NAME } from '../group/machine-group.ts';
import type { GroupConfig, SyncConfig } from './config.ts';

/** @param local whether it is for the local run, which may read files of its machine and ask what runs there */
export function suspicionsOf(config: SyncConfig, local = false): string[] {
  return [
    ...config.groups.flatMap((group, index) =>
      [...nameOf(group), ...placesOf(group, 'groups', local)].map((line) => `groups[${index}]${line}`),
    ),
    ...config.families.flatMap((family, index) =>
      placesOf(family, 'families', local).map((line) => `families[${index}]${line}`),
    ),
    ...crowdedIn(config),
  ];
}

const placesOf = (group: Placed, list: 'groups' | 'families', local: boolean): string[] => [
  ...blocksOf(group),
  ...sourcesOf(group, list, local),
];

type Placed = Pick<GroupConfig, 'allow' | 'deny' | 'identify' | 'sources'>;

/** Older groups have names that SLS gives to none any more. */
function nameOf({ name }: Pick<GroupConfig, 'name'>): string[] {
  return GROUP_NAME.pattern.test(name)
    ? []
    : [
        `.name: SLS makes no group of this name, so it has to be there already: a new one has ${GROUP_NAME.says}`,
      ];
}

/** Groups that a project of SLS takes, unless it was raised. */
const PROJECT_GROUPS = 200;

function crowdedIn({ groups, families }: SyncConfig): string[] {
  const named = Map.groupBy(groups, ({ project }) => project);
  const room = new Map<string, number>();
  return families.flatMap(({ project, maxGroups }, index) => {
    const left = (room.get(project) ?? PROJECT_GROUPS - (named.get(project)?.length ?? 0)) - maxGroups;
    room.set(project, left);
    return left >= 0
      ? []
      : `families[${index}].maxGroups: is more than the project has room for: SLS takes ${PROJECT_GROUPS} groups a project unless raised, those of the document and of other families included`;
  });
}

/** @param list a family of all instances is one of those that carry its tags */
function sourcesOf({ sources, identify }: Placed, list: 'groups' | 'families', local: boolean): string[] {
  return sources.flatMap((source, index) => {
    const wrong = (field: string, says: string) => `.sources[${index}].${field}: ${says}`;
    if ('all' in source && source.all && list === 'groups')
      return [wrong('all', 'has no filter: every instance is a member')];
    if (source.type === 'static' && identify === 'userdefined' && areAddresses(source.members))
      return [
        wrong(
          'members',
          'are all addresses, and the group is one of user-defined ids: should identify be ip?',
        ),
      ];
    if (source.type === 'ec2') {
      const at = source.regions.findIndex((region) => !REGION.test(region));
      return at < 0
        ? []
        : [wrong(`regions[${at}]`, 'is not named as regions of AWS are, such as eu-central-1')];
    }
    if (!local && source.type === 'file' && source.url.startsWith('file:'))
      return [wrong('url', 'is file://, which no deployment reads')];
    if (source.type !== 'http') return [];
    if (!local && source.allowLoopback)
      return [wrong('allowLoopback', 'is for the local run: no deployment takes it')];
    return source.format === 'netbox' && !source.url.includes('?')
      ? [wrong('url', 'has no filter: every device is a member')]
      : [];
  });
}

const areAddresses = (members: readonly string[]): boolean =>
  members.length > 0 && members.every((member) => normaliseAddress(member).ok);

/** Part of the world, what lies in it, number. */
const REGION =
  /^[a-z]{2}(?:-(?:gov|iso[a-z]?))?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/;

interface Block {
  readonly field: string;
  readonly list: 'allow' | 'deny';
  readonly cidr: Cidr;
}

/** Blocks that change nothing, since another one says as much or the opposite. */
function blocksOf({ allow = [], deny }: Pick<GroupConfig, 'allow' | 'deny'>): string[] {
  const read = (list: Block['list'], texts: readonly string[]) =>
    texts.map((text, index): Block => ({ field: `${list}[${index}]`, list, cidr: parseCidr(text) }));
  const denied = read('deny', deny);
  const all = [...read('allow', allow), ...denied];
  return all.flatMap((block, at) => {
    const other = all.find(
      (one, index) =>
        index !== at &&
        covers(one.cidr, block.cidr) &&
        // Of two that are the same, the second is told; what is allowed inside of what is denied always is.
        (one.list === block.list ? index < at || !covers(block.cidr, one.cidr) : one.list === 'deny'),
    );
    if (!other) return [];
    const says =
      other.list === block.list
        ? `lies in ${other.field}, so it changes nothing`
        : `lies in ${other.field}, so nothing of it is allowed`;
    return [`.${block.field}: ${says}`];
  });
}
