// Which groups of the configuration a trigger concerns. Many triggers are put together first, so that each group is
// looked at once: a batch of a thousand messages and ten thousand groups are ten million pairs.

import type { Ec2Source } from '../../inventory/sources/ec2/settings.ts';
import type { FamilyConfig, GroupConfig, SyncConfig } from '../config/config.ts';
import { couldMakeGroup, type FamilyAsked, isFamily, type Unit, unitsOf } from '../family/units.ts';
import type { Hint, Trigger } from './trigger.ts';

export interface Affected {
  /** Of the document itself, in its order. */
  readonly groups: readonly GroupConfig[];
  readonly families: readonly FamilyAsked[];
  /** Groups asked for by name that the configuration does not have, and no family could make. */
  readonly unknown: readonly string[];
}

type Document = Pick<SyncConfig, 'groups' | 'families'>;

export function affectedBy(trigger: Trigger, config: Document): Affected {
  const { groups, families } = affectedByAll([trigger], config);
  const found = new Set(groups.map(({ key }) => key));
  const isFound = (name: string) => found.has(name) || families.some(({ family }) => isOf(family, name));
  return { groups, families, unknown: (namesIn(trigger) ?? []).filter((name) => !isFound(name)) };
}

/** The same for many triggers together. */
export function affectedByAll(
  triggers: readonly Trigger[],
  { groups, families }: Document,
): Pick<Affected, 'groups' | 'families'> {
  const named = triggers.flatMap((trigger) => namesIn(trigger) ?? []);
  const unnamed = triggers.filter((trigger) => namesIn(trigger) === undefined);
  const whole = new Set(concernedBy(unnamed, families).map(({ key }) => key));
  const own = new Set(groups.map(({ key }) => key));
  return {
    groups: concernedBy(triggers, groups),
    families: families.flatMap((family): FamilyAsked[] => {
      if (whole.has(family.key) || named.includes(family.key)) return [{ family }];
      const only = named.filter((name) => !own.has(name) && couldMakeGroup(family, name));
      return only.length > 0 ? [{ family, only: new Set(only) }] : [];
    }),
  };
}

function isOf(family: FamilyConfig, name: string): boolean {
  return name === family.key || couldMakeGroup(family, name);
}

/** Every group or family that some trigger concerns, once, in the order given. */
export function concernedBy<T extends Unit>(triggers: readonly Trigger[], units: readonly T[]): readonly T[] {
  if (triggers.some(concernsAll)) return units;
  const names = new Set(triggers.flatMap((trigger) => namesIn(trigger) ?? []));
  const changes = changesIn(
    triggers.flatMap((trigger) => (trigger.kind === 'inventory' ? trigger.hint : [])),
  );
  const files = new Set(triggers.flatMap((trigger) => (trigger.kind === 'file' ? trigger.url : [])));
  return units.filter((unit) => {
    const { key, sources } = unit;
    if (names.has(key)) return true;
    const by = isFamily(unit) ? [...unit.by.values()] : [];
    if (isFamily(unit) && [...names].some((name) => couldMakeGroup(unit, name))) return true;
    return (
      (files.size > 0 && sources.some((source) => source.type === 'file' && files.has(source.url))) ||
      (changes.size > 0 && sources.some((source) => source.type === 'ec2' && hasChanged(source, by, changes)))
    );
  });
}

/** Groups and families with a source that the hook speaks for. */
export function usersOf(hook: string, config: Document): readonly Unit[] {
  return unitsOf(config).filter(({ sources }) =>
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

/** @param by keys of tags that tell the groups of a family apart */
function hasChanged(source: Ec2Source, by: readonly string[], changes: Changes): boolean {
  const own = keysOf(source);
  const keys = own && [...own, ...by];
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
