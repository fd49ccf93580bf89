// Signature V1, `LOG id:base64(hmac-sha1)`, in stages from the inside out.
// Source: Alibaba Cloud "Request signatures" page; test vectors of the Go, Node.js and Rust SDKs.
import { hash } from 'node:crypto';
import { hasBody, headerLines, isServiceHeader, sortedKeys } from './canonical.ts';
import { HEADER } from './header-names.ts';
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import { dateTexts, keyFor, signedNames } from './latest.ts';
import type { Headers, SignableRequest, SigningCredentials } from './types.ts';

/** Content-MD5 as SLS wants it: upper-case hex, not base64. */
export function contentMd5(body: string | Uint8Array): string {
  return hash('md5', body, 'hex').toUpperCase();
}

/**
 * The `x-log-*` and `x-acs-*` headers as sorted `name:value` lines, each ending in a newline. Without any such
 * header there is no line at all, as in the Node.js, Python, Rust and C++ SDKs (Go, Java and PHP leave an empty
 * one; the client always sends `x-log-apiversion`, so the two never differ on the wire).
 * `x-log-date` takes no part in V1: it may be added after signing to survive proxies that strip `Date`.
 */
export function canonicalHeaders(headers: Headers): string {
  return headerLines(headers, signedNames(headers, isSigned));
}

function isSigned(name: string): boolean {
  return isServiceHeader(name) && name !== HEADER.date;
}

/** Path and query with nothing percent-encoded; an empty value keeps its `=`. */
export function canonicalResource(path: string, query?: Readonly<Record<string, string>>): string {
  let resource = path;
  let separator = '?';
  for (const key of query ? sortedKeys(query) : []) {
    resource += `${separator}${key}=${query?.[key]}`;
    separator = '&';
  }
  return resource;
}

export function stringToSign(request: SignableRequest, headers: Headers): string {
  const { method, path, query } = request;
  const { 'content-md5': md5 = '', 'content-type': type = '', date = '' } = headers;
  const resource = canonicalResource(path, query);
  return `${method.toUpperCase()}\n${md5}\n${type}\n${date}\n${canonicalHeaders(headers)}${resource}`;
}

export function signature(accessKeySecret: string, text: string): string {
  return hmac(keyOf(accessKeySecret), text, 'base64');
}

function keyOf(accessKeySecret: string): HmacKey {
  return hmacKey('sha1', accessKeySecret);
}

/** Adds what V1 needs to `headers` where it is absent: `date` and, with a body, `content-md5`. */
export function completeHeaders(headers: Headers, body: SignableRequest['body'], date: Date): void {
  headers.date ??= dateTexts(date).http;
  if (hasBody(body)) headers['content-md5'] ??= contentMd5(body);
}

export function authorization(
  request: SignableRequest,
  headers: Headers,
  credentials: SigningCredentials,
): string {
  const { accessKeyId, accessKeySecret } = credentials;
  const key = keyFor(accessKeySecret, 'v1', () => keyOf(accessKeySecret));
  return `LOG ${accessKeyId}:${hmac(key, stringToSign(request, headers), 'base64')}`;
}
