// What both signatures share: headers in canonical form, ordering, digests. Written as plain loops: this runs
// for every call, and a closure per header costs as much as the HMAC.
import { hash } from 'node:crypto';
import type { Headers } from './types.ts';

const LINE_BREAK = /[\r\n]/;

/**
 * Copies headers with lower-case names.
 * @throws TypeError when a name or value holds a line break (it could forge a signed line), or when two
 *   names differ only in case (which of the two would be sent is anybody's guess).
 */
export function lowerCaseHeaders(given: Readonly<Record<string, string>>): Headers {
  const headers: Headers = {};
  // Only a name that changes can meet another one.
  let isRenamed = false;
  for (const name of Object.keys(given)) {
    const value = given[name] as string;
    const lower = name.toLowerCase();
    isRenamed ||= lower !== name;
    if (LINE_BREAK.test(lower)) throw new TypeError('header name contains a line break');
    if (LINE_BREAK.test(value)) throw new TypeError(`header ${lower} contains a line break`);
    if (isRenamed && Object.hasOwn(headers, lower)) throw new TypeError(`header ${lower} is given twice`);
    if (lower === '__proto__') throw new TypeError('__proto__ is no header');
    headers[lower] = value;
  }
  return headers;
}

/**
 * The same text for every moment of a second is made once: dates in headers are whole seconds, and formatting
 * one costs as much as hashing a small body.
 */
export function perSecond(format: (date: Date) => string): (date: Date) => string {
  let second = Number.NaN;
  let text = '';
  return (date) => {
    const now = Math.floor(date.getTime() / 1000);
    if (now !== second) {
      text = format(date);
      second = now;
    }
    return text;
  };
}

/** Service headers: the prefixes both signatures cover. */
export function isServiceHeader(lowerCaseName: string): boolean {
  return lowerCaseName.startsWith('x-log-') || lowerCaseName.startsWith('x-acs-');
}

/** `name:value` lines of the named headers, values trimmed, each line ending in a newline. */
export function headerLines(headers: Headers, names: readonly string[]): string {
  let lines = '';
  for (const name of names) lines += `${name}:${(headers[name] as string).trim()}\n`;
  return lines;
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
  return hash('sha256', data, 'hex');
}
