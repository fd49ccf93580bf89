// Which groups of the configuration a trigger concerns. Many triggers are put together first, so that each group is
// looked at once: a batch of a thousand messages and ten thousand groups are ten million pairs.

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
  const groups = concernedBy([trigger], config.groups);
  const found = new Set(groups.map(({ key }) => key));
  return { groups, unknown: (namesIn(trigger) ?? []).filter((name) => !found.has(name)) };
}

/** Every group that some trigger concerns, once, in the order given. */
export function concernedBy(
  triggers: readonly Trigger[],
  groups: readonly GroupConfig[],
): readonly GroupConfig[] {
  if (triggers.some(concernsAll)) return groups;
  const names = new Set(triggers.flatMap((trigger) => namesIn(trigger) ?? []));
  const changes = changesIn(
    triggers.flatMap((trigger) => (trigger.kind === 'inventory' ? trigger.hint : [])),
  );
  const files = new Set(triggers.flatMap((trigger) => (trigger.kind === 'file' ? trigger.url : [])));
  return groups.filter(
    ({ key, sources }) =>
      names.has(key) ||
      (files.size > 0 && sources.some((source) => source.type === 'file' && files.has(source.url))) ||
      (changes.size > 0 && sources.some((source) => source.type === 'ec2' && hasChanged(source, changes))),
  );
}

/** Groups with a source that the hook speaks for. */
export function usersOf(hook: string, config: SyncConfig): readonly GroupConfig[] {
  return config.groups.filter(({ sources }) =>
    sources.some((source) => 'hook' in source && source.hook === hook),
  );
}

function concernsAll(trigger: Trigger): boolean {
  return trigger.kind === 'schedule' || (trigger.kind === 'request' && trigger.request.groups === undefined);
}

function namesIn(trigger: Trigger): readonly string[] | undefined {
  if (trigger.kind === 'work') return trigger.work.groups;
  return trigger.kind === 'request' ? trigger.request.groups : undefined;
}

/** Keys of tags that changed, or that anything may have. */
type Changed = Set<string> | 'anything';

/** What changed in a region, by account; undefined stands for an account that no hint names. */
interface Region {
  readonly accounts: Map<string | undefined, Changed>;
  /** In whichever account. */
  any: Changed;
}

/** By region; undefined stands for one that no hint names. */
type Changes = ReadonlyMap<string | undefined, Region>;

function changesIn(hints: readonly Hint[]): Changes {
  const changes = new Map<string | undefined, Region>();
  for (const { account, region, tagKeys } of hints) {
    const known: Region = changes.get(region) ?? { accounts: new Map(), any: new Set() };
    changes.set(region, known);
    known.any = and(known.any, tagKeys);
    known.accounts.set(account, and(known.accounts.get(account) ?? new Set(), tagKeys));
  }
  return changes;
}

function and(changed: Changed, tagKeys: Hint['tagKeys']): Changed {
  if (changed === 'anything' || tagKeys === undefined) return 'anything';
  for (const key of tagKeys) changed.add(key);
  return changed;
}

function hasChanged(source: Ec2Source, changes: Changes): boolean {
  const keys = keysOf(source);
  const matters = (changed: Changed | undefined) => {
    if (changed === undefined || changed === 'anything') return changed !== undefined;
    return keys === undefined ? changed.size > 0 : keys.some((key) => changed.has(key));
  };
  return [...source.regions, undefined].some((name) => {
    const region = changes.get(name);
    if (region === undefined) return false;
    // A source without roles reads the function's own account, which the configuration does not name.
    if (source.roleArns.length === 0) return matters(region.any);
    return [...source.roleArns.map(accountOf), undefined].some((account) =>
      matters(region.accounts.get(account)),
    );
  });
}

function accountOf(roleArn: string): string | undefined {
  return roleArn.split(':', 5)[4];
}

/** Keys of tags that a source looks at; undefined where any change of a tag may matter to it. */
function keysOf({ tags, filters, id }: Ec2Source): string[] | undefined {
  const names = Object.keys(filters);
  // A filter on tag keys may hold wildcards.
  if (names.includes('tag-key')) return undefined;
  const filtered = names.filter((name) => name.startsWith('tag:')).map((name) => name.slice('tag:'.length));
  return [...Object.keys(tags), ...filtered, ...(typeof id === 'object' ? [id.tag] : [])];
}
