// Which groups of the configuration a trigger concerns.

import type { Ec2Source } from '../../inventory/sources/ec2/settings.ts';
import type { GroupConfig, SyncConfig } from '../config/config.ts';
import type { Hint, Trigger } from './trigger.ts';

export interface Affected {
  /** In the order of the configuration. */
  readonly groups: readonly GroupConfig[];
  /** Groups asked for by name that the configuration does not have. */
  readonly unknown: readonly string[];
}

export function affectedBy(trigger: Trigger, config: SyncConfig): Affected {
  switch (trigger.kind) {
    case 'schedule':
      return { groups: config.groups, unknown: [] };
    case 'inventory':
      return { groups: config.groups.filter((group) => concerns(trigger.hint, group)), unknown: [] };
    case 'request':
      return trigger.request.groups
        ? byName(trigger.request.groups, config)
        : { groups: config.groups, unknown: [] };
    case 'work':
      return byName([trigger.work.group], config);
    default:
      return { groups: [], unknown: [] };
  }
}

/** Groups with a source that the hook speaks for. */
export function usersOf(hook: string, config: SyncConfig): readonly GroupConfig[] {
  return config.groups.filter(({ sources }) =>
    sources.some((source) => 'hook' in source && source.hook === hook),
  );
}

function byName(names: readonly string[], config: SyncConfig): Affected {
  const asked = new Set(names);
  const groups = config.groups.filter((group) => asked.delete(group.key));
  return { groups, unknown: [...asked] };
}

function concerns(hint: Hint, group: GroupConfig): boolean {
  return group.sources.some((source) => source.type === 'ec2' && reads(source, hint));
}

function reads(source: Ec2Source, { account, region, tagKeys }: Hint): boolean {
  if (region !== undefined && !source.regions.includes(region)) return false;
  if (account !== undefined && !readsAccount(source, account)) return false;
  return tagKeys === undefined || tagKeys.some((key) => looksAt(source, key));
}

/** A source without roles reads the function's own account, which the configuration does not name. */
function readsAccount(source: Ec2Source, account: string): boolean {
  return source.roleArns.length === 0 || source.roleArns.some((arn) => arn.split(':')[4] === account);
}

function looksAt({ tags, filters, id }: Ec2Source, key: string): boolean {
  if (Object.hasOwn(tags, key) || Object.hasOwn(filters, `tag:${key}`)) return true;
  // A filter on tag keys may hold wildcards: any change of a key may matter to it.
  if (Object.hasOwn(filters, 'tag-key')) return true;
  return typeof id === 'object' && id.tag === key;
}
