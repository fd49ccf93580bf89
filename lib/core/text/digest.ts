// Digests by which things are known again: approvals, runs, messages. SHA-256, so that nobody can make up two that are
// taken for one.
import { hash } from 'node:crypto';

/** Hexadecimal SHA-256 of bytes, or of a text's as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Digest of a set of texts: the same in whichever order they come. */
export function setDigest(texts: Iterable<string>): string {
  return sha256(JSON.stringify([...texts].sort()));
}

/** JSON with the fields of every object by name, so that equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) => {
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    const fields = new Map(Object.entries(field));
    return Object.fromEntries([...fields.keys()].sort().map((name) => [name, fields.get(name)]));
  });
}
