// The places of a JSON value, and the value's text with something else in one of them.

export type Path = readonly (string | number)[];

/** Every place below the top: fields, the first entry of a list, and whatever is in them. */
export function placesIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()].slice(0, 1)
    : Object.entries(value);
  return entries.flatMap(([key, inner]) => [[...at, key], ...placesIn(inner, [...at, key])]);
}

/** `groupAttribute.groupTopic`, `machineList[]`. */
export function nameOf(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? '[]' : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

const MARK = 'here \u00a7 it goes';

/** JSON text of the value with `json` at the path; without it the field or the entry is left out. */
export function textWith(value: unknown, path: Path, json: string | undefined): string {
  const [key] = path.slice(-1);
  if (key === undefined) return json ?? '';
  const copy = structuredClone(value);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  if (json !== undefined) {
    parent[key] = MARK;
    return JSON.stringify(copy).replace(JSON.stringify(MARK), () => json);
  }
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return JSON.stringify(copy);
}

/** JSON text of the value with a second field of the same name behind the one at the path. */
export function textWithTwice(value: unknown, path: Path): string {
  const good = JSON.stringify(valueAt(value, path));
  return textWith(value, path, `${good},${JSON.stringify(path.at(-1))}:${good}`);
}

/** JSON text of the value with one more field in the object at the path. */
export function textWithField(value: unknown, path: Path, name: string): string {
  const good = JSON.stringify(valueAt(value, path));
  const field = `${JSON.stringify(name)}:{"polluted":true}`;
  return textWith(value, path, good === '{}' ? `{${field}}` : `{${field},${good.slice(1)}`);
}
