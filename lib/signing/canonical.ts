// What both signatures share: headers in canonical form, ordering, digests.
import { createHash } from 'node:crypto';
import type { Headers } from './types.ts';

const LINE_BREAK = /[\r\n]/;

/**
 * Copies headers with lower-case names.
 * @throws TypeError when a name or value holds a line break (it could forge a signed line), or when two
 *   names differ only in case (which of the two would be sent is anybody's guess).
 */
export function lowerCaseHeaders(given: Readonly<Record<string, string>>): Headers {
  const headers: Headers = Object.create(null);
  for (const name of Object.keys(given)) {
    const value = given[name] as string;
    const lower = name.toLowerCase();
    if (LINE_BREAK.test(name)) throw new TypeError('header name contains a line break');
    if (LINE_BREAK.test(value)) throw new TypeError(`header ${lower} contains a line break`);
    if (lower in headers) throw new TypeError(`header ${lower} is given twice`);
    headers[lower] = value;
  }
  return headers;
}

/** Service headers: the prefixes both signatures cover. */
export function isServiceHeader(lowerCaseName: string): boolean {
  return lowerCaseName.startsWith('x-log-') || lowerCaseName.startsWith('x-acs-');
}

/** True when there are bytes to hash: an empty body counts as none, as on the wire. */
export function hasBody(body: string | Uint8Array | undefined): body is string | Uint8Array {
  return body !== undefined && body.length > 0;
}

/** Keys of a query in the order both signatures use: by UTF-16 code unit, as the official SDKs sort. */
export function sortedKeys(query: Readonly<Record<string, string>>): string[] {
  return Object.keys(query).sort();
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
