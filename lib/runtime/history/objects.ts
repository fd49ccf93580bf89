// Records as objects and as messages: compressed JSON, and the same as text with the name of the object beside it.

import { gunzipSync } from 'node:zlib';
import { readKey } from '../../core/history/key.ts';

/** Bytes of an object. A run over ten thousand groups stays below it, unless it changes most of large ones. */
export const OBJECT_MAX_BYTES = 8 * 1024 * 1024;
/** Bytes of a record before it is compressed: whoever reads it has no more room. */
export const RECORD_MAX_BYTES = 24 * 1024 * 1024;

export function messageOf(key: string, bytes: Uint8Array): string {
  return JSON.stringify({ key, object: Buffer.from(bytes).toString('base64') });
}

/** Undefined for what is no such message. */
export function readMessage(text: string): { readonly key: string; readonly bytes: Uint8Array } | undefined {
  try {
    const { key, object } = Object(JSON.parse(text)) as { key?: unknown; object?: unknown };
    if (typeof key !== 'string' || readKey(key) === undefined || typeof object !== 'string') return undefined;
    return { key, bytes: Buffer.from(object, 'base64') };
  } catch {
    return undefined;
  }
}

/** @throws Error for what is not compressed, or larger than `most` bytes once it is not */
export function unzipped(bytes: Uint8Array, most: number): string {
  return gunzipSync(bytes, { maxOutputLength: most }).toString('utf8');
}
