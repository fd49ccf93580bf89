// Signature V4, `SLS4-HMAC-SHA256`, in stages from the inside out.
// Source: vectors shared by the Go, Java and Python SDKs; the shipped dialect, in which query keys are raw.
import { createHmac } from 'node:crypto';
import { hasBody, isServiceHeader, sha256Hex, sortedKeys } from './canonical.ts';
import { HEADER } from './header-names.ts';
import type { Headers, SignableRequest, SigningCredentials } from './types.ts';

const ALGORITHM = 'SLS4-HMAC-SHA256';
const TERMINATOR = 'aliyun_v4_request';
/** SHA-256 of nothing: what `x-log-content-sha256` holds for a request without a body. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** `2022-08-08T03:23:30.000Z` becomes `20220808T032330Z`, the form of `x-log-date` in V4. */
export function basicDateTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` becomes `%XX` of its UTF-8 bytes, in upper case. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Keys raw, values percent-encoded; `=` only where there is a value. */
export function canonicalQuery(query: Readonly<Record<string, string>> = {}): string {
  return sortedKeys(query)
    .map((key) => (query[key] ? `${key}=${percentEncode(query[key])}` : key))
    .join('&');
}

/** Names that V4 signs, sorted: `host`, `content-type` and the service headers. */
export function signedHeaderNames(headers: Headers): string[] {
  return Object.keys(headers)
    .filter((name) => isServiceHeader(name) || name === 'host' || name === 'content-type')
    .sort();
}

/** `name:value` lines, each ending in a newline. */
export function canonicalHeaders(headers: Headers, names: readonly string[]): string {
  return names.map((name) => `${name}:${headers[name]?.trim()}\n`).join('');
}

export function canonicalRequest(request: SignableRequest, headers: Headers): string {
  const names = signedHeaderNames(headers);
  return [
    request.method.toUpperCase(),
    request.path === '' ? '/' : request.path,
    canonicalQuery(request.query),
    canonicalHeaders(headers, names),
    names.join(';'),
    headers[HEADER.contentSha256],
  ].join('\n');
}

/** `20220808/cn-hangzhou/sls/aliyun_v4_request`. */
export function credentialScope(dateTime: string, region: string): string {
  return `${dateTime.slice(0, 8)}/${region}/sls/${TERMINATOR}`;
}

export function stringToSign(dateTime: string, scope: string, canonical: string): string {
  return [ALGORITHM, dateTime, scope, sha256Hex(canonical)].join('\n');
}

export function signingKey(accessKeySecret: string, dateTime: string, region: string): Buffer {
  const dateKey = hmac(`aliyun_v4${accessKeySecret}`, dateTime.slice(0, 8));
  return hmac(hmac(hmac(dateKey, region), 'sls'), TERMINATOR);
}

export function signature(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Adds what V4 needs to `headers` where it is absent: `x-log-date` and `x-log-content-sha256`. */
export function completeHeaders(headers: Headers, body: SignableRequest['body'], date: Date): void {
  headers[HEADER.date] ??= basicDateTime(date);
  headers[HEADER.contentSha256] ??= hasBody(body) ? sha256Hex(body) : EMPTY_SHA256;
}

export function authorization(
  request: SignableRequest,
  headers: Headers,
  credentials: SigningCredentials,
  region: string,
): string {
  const dateTime = headers[HEADER.date] as string;
  const scope = credentialScope(dateTime, region);
  const key = signingKey(credentials.accessKeySecret, dateTime, region);
  const text = stringToSign(dateTime, scope, canonicalRequest(request, headers));
  return `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope},Signature=${signature(key, text)}`;
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
