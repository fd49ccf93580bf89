// From a family and what its inventory shows to groups. Whoever may set a tag can ask for any name, so that a name is made by
// one combination or by none, is never one of the document, and groups that exist come before new ones.

import type { FamilyConfig, GroupConfig, Made } from '../config/config.ts';
import { GROUP_NAME, groupKey } from '../group/machine-group.ts';
import { couldMake, nameFrom } from '../group/name-template.ts';
import type { Shown } from '../reading/part.ts';
import { quoted } from '../text/issues.ts';

type Values = Made['values'];

export interface LeftOut {
  readonly values: Values;
  readonly says: string;
}

/** Names that combinations make. */
export interface Names {
  /** Sorted by code unit, each made by one combination. */
  readonly possible: ReadonlyMap<string, Values>;
  readonly leftOut: readonly LeftOut[];
  /** Every name that the inventory asks for, also where it is made by none for now. */
  readonly asked: ReadonlySet<string>;
}

/** @param named names of the document's own groups in the project */
export function namesOf(family: FamilyConfig, { combinations }: Shown, named: Iterable<string>): Names {
  const taken = new Set([...named].map((name) => name.toLowerCase()));
  const placeholders = [...family.by.keys()];
  const left: LeftOut[] = [];
  const byName = new Map<string, Values[]>();
  // Several sources may show the same.
  for (const combination of new Map(combinations.map((one) => [JSON.stringify(one), one])).values()) {
    const values = placeholders.map((name, index) => [name, combination[index] ?? ''] as const);
    const of = new Map(values);
    const name = nameFrom(family.template, (placeholder) => of.get(placeholder) ?? '');
    if (combination.includes('')) left.push({ values, says: 'has an empty value, which makes no name' });
    else if (!GROUP_NAME.pattern.test(name)) left.push(leftOut(values, name, NO_NAME));
    else if (taken.has(name)) left.push(leftOut(values, name, NAMED));
    else {
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [values]);
      else same.push(values);
    }
  }
  const possible = new Map<string, Values>();
  for (const name of [...byName.keys()].sort()) {
    const [only, ...others] = byName.get(name) ?? [];
    if (only === undefined) continue;
    if (others.length === 0) possible.set(name, only);
    else for (const values of [only, ...others]) left.push(leftOut(values, name, SHARED));
  }
  return { possible, leftOut: inOrder(left), asked: new Set(byName.keys()) };
}

/** Whatever order the inventory has them in. */
function inOrder(left: readonly LeftOut[]): readonly LeftOut[] {
  const keyed = left.map((one) => ({ one, key: JSON.stringify(one.values) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ one }) => one);
}

const NO_NAME = `which is no name for a group: a name has ${GROUP_NAME.says}`;
const NAMED = 'which a group of the document has';
const SHARED = 'as another combination does: of two that make one name, neither is made';

/**
 * Groups of the project whose marks have to be known to tell which come first; none while there is room for all.
 * @param listed names of all groups of the project
 */
export function toTell(
  family: FamilyConfig,
  { possible }: Names,
  listed: ReadonlySet<string>,
  named: ReadonlySet<string>,
): readonly string[] {
  const own = [...listed].filter((name) => !named.has(name) && couldMake(family.template, name));
  const fresh = [...possible.keys()].filter((name) => !listed.has(name)).length;
  const isRoom = possible.size <= family.maxGroups && (fresh === 0 || own.length + fresh <= family.maxGroups);
  return isRoom ? [] : own;
}

export interface Expansion {
  /** Sorted by name; never more than `maxGroups`. */
  readonly groups: readonly GroupConfig[];
  readonly leftOut: readonly LeftOut[];
  readonly asked: ReadonlySet<string>;
}

/** @param marked of the groups that {@link toTell} asks about those that exist, and whether each is the family's owner's */
export function expandFamily(
  family: FamilyConfig,
  names: Names,
  marked: ReadonlyMap<string, boolean>,
): Expansion {
  const { possible, asked } = names;
  const all = [...possible.keys()];
  const kept = all.filter((name) => marked.get(name) === true);
  const foreign = all.filter((name) => marked.get(name) === false);
  const fresh = all.filter((name) => !marked.has(name));
  // Groups of values that vanished take up room as well: whoever sets one value after another makes no more of them.
  const ours = [...marked.values()].filter((isOurs) => isOurs).length;
  const room = Math.max(0, family.maxGroups - ours);
  const over = [...kept.slice(family.maxGroups), ...fresh.slice(room)];
  const because = (says: string) => (name: string) => leftOut(possible.get(name) ?? [], name, says);
  return {
    groups: [...kept.slice(0, family.maxGroups), ...fresh.slice(0, room)]
      .sort()
      .map((name) => groupOf(family, name, possible.get(name) ?? [])),
    leftOut: [
      ...names.leftOut,
      ...foreign.map(because(FOREIGN)),
      ...over.map(because(`${OVER} (${family.maxGroups}) lets no more be kept: those that exist come first`)),
    ],
    asked,
  };
}

const FOREIGN = 'a group that exists and does not carry our mark: a family takes none over';
const OVER = 'but maxGroups';

function leftOut(values: Values, name: string, says: string): LeftOut {
  return { values, says: `makes ${quoted(name)}, ${says}` };
}

function groupOf(family: FamilyConfig, name: string, values: Values): GroupConfig {
  const { template: _, by, maxGroups: __, configs, ...group } = family;
  const part = values.map(([placeholder, value]) => [by.get(placeholder) ?? '', value] as const);
  const key = groupKey({ project: family.project, name });
  return { ...group, key, name, made: { family: family.key, values, part, configs } };
}

/** `team="web", role="api"`. */
export function valuesText(values: Values): string {
  return values.map(([placeholder, value]) => `${placeholder}=${quoted(value)}`).join(', ');
}
