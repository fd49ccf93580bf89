// What the signatures share: headers in canonical form, ordering, digests. Written as plain loops: this runs
// for every call, and a closure per header costs as much as the HMAC.
import { hash } from 'node:crypto';
import type { SignedNames } from './latest.ts';
import type { Headers } from './types.ts';

export function hasLineBreak(text: string): boolean {
  return text.includes('\n') || text.includes('\r');
}

/** Credentials and region end up in headers too; the value itself is never quoted in the error. */
export function singleLine(value: string): string {
  if (hasLineBreak(value)) throw new TypeError('credentials or region contain a line break');
  return value;
}

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
    if (hasLineBreak(lower)) throw new TypeError('header name contains a line break');
    if (lower === '__proto__') throw new TypeError('__proto__ is no header');
    if (hasLineBreak(value)) throw new TypeError(`header ${lower} contains a line break`);
    if (isRenamed && Object.hasOwn(headers, lower)) throw new TypeError(`header ${lower} is given twice`);
    headers[lower] = value;
  }
  return headers;
}

/** Service headers: the prefixes both signatures cover. */
export function isServiceHeader(lowerCaseName: string): boolean {
  return lowerCaseName.startsWith('x-log-') || lowerCaseName.startsWith('x-acs-');
}

/** `name:value` lines, values trimmed, each line ending in a newline. */
export function headerLines(headers: Headers, { sorted, labels }: SignedNames): string {
  let lines = '';
  for (let index = 0; index < sorted.length; index += 1) {
    lines += `${labels[index]}${trimmed(headers[sorted[index] as string] as string)}\n`;
  }
  return lines;
}

function trimmed(value: string): string {
  const isPlain = isVisible(value.charCodeAt(0)) && isVisible(value.charCodeAt(value.length - 1));
  return isPlain ? value : value.trim();
}

/** ASCII, and no blank of any kind. */
function isVisible(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

/** True when there are bytes to hash: an empty body counts as none, as on the wire. */
export function hasBody(body: string | Uint8Array | undefined): body is string | Uint8Array {
  return body !== undefined && body.length > 0;
}

/** Keys of a query in the order all signatures use: by UTF-16 code unit, as the official SDKs sort. */
export function sortedKeys(query: Readonly<Record<string, string>>): string[] {
  return Object.keys(query).sort();
}

export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
