// Instances by the values of a tag, so that many groups select from one reading and none of them goes through all of it.

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
