// JSON that is no larger than whoever takes it allows.

import { cut } from './few.ts';

const utf8 = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return utf8.encode(text).length;
}

/** Bytes of a text once it stands in a JSON document: with quotes, escapes and in UTF-8. */
export function jsonBytesOf(text: string): number {
  return bytesOf(JSON.stringify(text));
}

/** Ever tighter: characters of a text, entries of a list or fields of an object, levels. */
const CUTS = [
  [1_000, 100, 8],
  [250, 20, 6],
  [100, 5, 4],
  [50, 1, 2],
] as const;

/** Fields that an object keeps in any case. */
const FIELDS = 20;

/**
 * The value, as it is where its JSON fits. Otherwise long texts are cut and long lists counted beyond their first
 * entries, as little as will do; what does not fit even so is left out.
 * @param value of the kind that JSON has
 */
export function within(value: unknown, fits: (value: unknown) => boolean): unknown {
  if (fits(value)) return value;
  return CUTS.map(([characters, entries, levels]) => shrunk(value, characters, entries, levels)).find(fits);
}

function shrunk(value: unknown, characters: number, entries: number, levels: number): unknown {
  if (typeof value === 'string') return cut(value, characters);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  const inner = (one: unknown) => shrunk(one, characters, entries, levels - 1);
  const more = (all: number) => (all > entries ? [`and ${all - entries} more`] : []);
  if (Array.isArray(value)) return [...value.slice(0, entries).map(inner), ...more(value.length)];
  const fields = Object.entries(value);
  const kept = fields.slice(0, Math.max(entries, FIELDS));
  const left = fields.length - kept.length;
  return Object.fromEntries([
    ...kept.map(([name, one]) => [cut(name, characters), inner(one)]),
    ...(left > 0 ? [['…', `and ${left} more`]] : []),
  ]);
}
