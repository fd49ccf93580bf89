// What a configuration may say and hardly anybody means: lines like those of its faults, by path.
import { type Cidr, covers, parseCidr } from '../address/cidr.ts';
import type { GroupConfig, SyncConfig } from './config.ts';

/** The limits on removals that a group can have of its own. */
const LIMITS = ['maxRemovalShare', 'maxSmallRemovals'] as const;

/** @param document what the configuration was read from: a default is no choice of anybody's */
export function suspicionsOf(config: SyncConfig, document: unknown): string[] {
  const given = document as Partial<Record<'groups' | 'families', readonly { readonly safety?: object }[]>>;
  return [
    ...(['groups', 'families'] as const).flatMap((list) =>
      config[list].flatMap((group, index) => {
        const safety = given[list]?.[index]?.safety ?? {};
        const found = [...blocksOf(group), ...sourcesOf(group, list)];
        if (group.policy === 'sync' && !LIMITS.some((limit) => Object.hasOwn(safety, limit)))
          found.unshift(`.policy: is sync, and the group has no limit on removals of its own: set safety`);
        return found.map((line) => `${list}[${index}]${line}`);
      }),
    ),
    ...crowdedIn(config),
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
function sourcesOf({ sources }: Pick<GroupConfig, 'sources'>, list: 'groups' | 'families'): string[] {
  return sources.flatMap((source, index) => {
    const wrong = (field: string, says: string) => `.sources[${index}].${field}: ${says}`;
    if ('all' in source && source.all && list === 'groups')
      return [wrong('all', 'has no filter: every instance is a member')];
    if (source.type === 'file' && source.url.startsWith('file:'))
      return [wrong('url', 'is file://, which no deployment reads')];
    if (source.type !== 'http') return [];
    if (source.allowLoopback) return [wrong('allowLoopback', 'is for the local run: no deployment takes it')];
    return source.format === 'netbox' && !source.url.includes('?')
      ? [wrong('url', 'has no filter: every device is a member')]
      : [];
  });
}

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
