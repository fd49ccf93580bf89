// Instances by the values of a tag, so that many groups select from one reading and none of them goes through all of it.

import type { Part, Shown } from '../core/reading/part.ts';
import { type Collector, collector } from './found.ts';

type Values = Map<string, unknown[]>;

const indexes = new WeakMap<readonly unknown[], Map<string, Values>>();

/** Those of a reading that carry a tag with one of the values; each key is looked through once a reading. */
export function carrying<T>(
  instances: readonly T[],
  key: string,
  values: readonly string[],
  tagOf: (instance: T, key: string) => string | undefined,
): readonly T[] {
  let index = indexes.get(instances);
  if (index === undefined) {
    index = new Map();
    indexes.set(instances, index);
  }
  let byValue = index.get(key);
  if (byValue === undefined) {
    byValue = new Map();
    for (const instance of instances) {
      const value = tagOf(instance, key);
      if (value === undefined) continue;
      const known = byValue.get(value);
      if (known === undefined) byValue.set(value, [instance]);
      else known.push(instance);
    }
    index.set(key, byValue);
  }
  const found = byValue;
  return [...new Set(values)].flatMap((value) => (found.get(value) ?? []) as T[]);
}

/** Those of a reading that carry all tags of a part. */
export function partOf<T>(
  instances: readonly T[],
  [first, ...others]: Part,
  tagOf: (instance: T, key: string) => string | undefined,
): readonly T[] {
  if (first === undefined) return instances;
  const found = carrying(instances, first[0], [first[1]], tagOf);
  if (others.length === 0) return found;
  return found.filter((instance) => others.every(([key, value]) => tagOf(instance, key) === value));
}

/**
 * The values of tags that selected instances carry.
 * @param select fills the collector with those that are members, and those of which it cannot be told: both are shown
 */
export function shownOf<T>(
  instances: Iterable<T>,
  keys: readonly string[],
  { idOf, tagOf, select }: Showing<T>,
): Shown {
  const counted = new Set<string>();
  select({
    ...collector(''),
    machine: (id) => void counted.add(id),
    unclear: (id) => void counted.add(id),
    skip: () => {},
    doubt: () => {},
  });
  const combinations = new Map<string, readonly string[]>();
  let without = 0;
  for (const instance of instances) {
    const id = idOf(instance);
    if (id === undefined || !counted.has(id)) continue;
    const values = keys.map((key) => tagOf(instance, key));
    if (values.every((value) => value !== undefined)) combinations.set(JSON.stringify(values), values);
    else without += 1;
  }
  return { combinations: [...combinations.values()], without };
}

interface Showing<T> {
  readonly idOf: (instance: T) => string | undefined;
  readonly tagOf: (instance: T, key: string) => string | undefined;
  readonly select: (into: Collector) => unknown;
}
