// Reading stored fields back. An item may be older, newer, damaged or another system's: what cannot be read is told in one
// sentence, and never thrown.

import type * as z from 'zod/mini';
import type { Fields } from './table.ts';

/** Format of the items. It goes up only when an older release must not touch a newer one's; new fields do not need it. */
export const VERSION = 1;

export type Read<T> =
  | { readonly readable: true; readonly item: T }
  | { readonly readable: false; readonly says: string };

export function unreadable(says: string): { readonly readable: false; readonly says: string } {
  return { readable: false, says };
}

/** Why an item is not one of this release; undefined if it is. */
export function foreignness({ version }: Fields): string | undefined {
  if (version === VERSION) return undefined;
  if (typeof version !== 'number') return 'it carries no version: another system wrote it';
  return `it has version ${version}, and this release reads version ${VERSION}`;
}

/** One field; undefined if the item has none. */
export function readField<T>(fields: Fields, name: string, schema: z.ZodMiniType<T>): T | undefined {
  const value = fields[name];
  return value === undefined ? undefined : valid(value, name, schema);
}

/** A field whose text is JSON. */
export function readJson<T>(fields: Fields, name: string, schema: z.ZodMiniType<T>): T | undefined {
  const text = fields[name];
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new Unreadable(`its field ${name} is no text`);
  return valid(parsed(text, name), name, schema);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable(`its field ${name} is no JSON`);
  }
}

function valid<T>(value: unknown, name: string, schema: z.ZodMiniType<T>): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new Unreadable(`its field ${name} has another shape`);
  return result.data;
}

class Unreadable extends Error {}

/** Runs a reader of fields. */
export function reading<T>(fields: Fields, read: (fields: Fields) => T): Read<T> {
  const foreign = foreignness(fields);
  if (foreign !== undefined) return unreadable(foreign);
  try {
    return { readable: true, item: read(fields) };
  } catch (error) {
    if (error instanceof Unreadable) return unreadable(error.message);
    throw error;
  }
}
