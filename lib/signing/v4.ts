// Signature V4, `SLS4-HMAC-SHA256`, in stages from the inside out.
// Source: vectors shared by the Go, Java and Python SDKs; the shipped dialect, in which query keys are raw.
import { createHmac } from 'node:crypto';
import { hasBody, headerLines, isServiceHeader, sha256Hex, sortedKeys } from './canonical.ts';
import { HEADER } from './header-names.ts';
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import { dateTexts, keyFor, signedNames } from './latest.ts';
import type { Headers, SignableRequest, SigningCredentials } from './types.ts';

const ALGORITHM = 'SLS4-HMAC-SHA256';
const TERMINATOR = 'aliyun_v4_request';
/** SHA-256 of nothing: what `x-log-content-sha256` holds for a request without a body. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const UNRESERVED = /^[\w.~-]*$/;

/** RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` becomes `%XX` of its UTF-8 bytes, in upper case. */
export function percentEncode(text: string): string {
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Keys raw, values percent-encoded; `=` only where there is a value. */
export function canonicalQuery(query?: Readonly<Record<string, string>>): string {
  let text = '';
  let separator = '';
  for (const key of query ? sortedKeys(query) : []) {
    const value = query?.[key];
    text += value ? `${separator}${key}=${percentEncode(value)}` : `${separator}${key}`;
    separator = '&';
  }
  return text;
}

/** Names that V4 signs, sorted: `host`, `content-type` and the service headers. */
export function signedHeaderNames(headers: Headers): readonly string[] {
  return signedNames(headers, isSigned).sorted;
}

function isSigned(name: string): boolean {
  return isServiceHeader(name) || name === 'host' || name === 'content-type';
}

export function canonicalHeaders(headers: Headers): string {
  return headerLines(headers, signedNames(headers, isSigned));
}

export function canonicalRequest(request: SignableRequest, headers: Headers): string {
  const names = signedNames(headers, isSigned);
  const path = request.path === '' ? '/' : request.path;
  const head = `${request.method.toUpperCase()}\n${path}\n${canonicalQuery(request.query)}\n`;
  return `${head}${headerLines(headers, names)}\n${names.list}\n${headers[HEADER.contentSha256]}`;
}

/** `20220808/cn-hangzhou/sls/aliyun_v4_request`. */
export function credentialScope(dateTime: string, region: string): string {
  return `${dateTime.slice(0, 8)}/${region}/sls/${TERMINATOR}`;
}

export function stringToSign(dateTime: string, scope: string, canonical: string): string {
  return `${ALGORITHM}\n${dateTime}\n${scope}\n${sha256Hex(canonical)}`;
}

export function signingKey(accessKeySecret: string, dateTime: string, region: string): Buffer {
  const dateKey = hmacOnce(`aliyun_v4${accessKeySecret}`, dateTime.slice(0, 8));
  return hmacOnce(hmacOnce(hmacOnce(dateKey, region), 'sls'), TERMINATOR);
}

function hmacOnce(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function signature(signingKey: Uint8Array, text: string): string {
  return hmac(keyOf(signingKey), text, 'hex');
}

function keyOf(signingKey: Uint8Array): HmacKey {
  return hmacKey('sha256', signingKey);
}

/** Adds what V4 needs to `headers` where it is absent: `x-log-date` and `x-log-content-sha256`. */
export function completeHeaders(headers: Headers, body: SignableRequest['body'], date: Date): void {
  headers[HEADER.date] ??= dateTexts(date).basic;
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
  const { accessKeyId, accessKeySecret } = credentials;
  // Deriving the key takes four HMACs, and gives another one once a day.
  const key = keyFor(accessKeySecret, scope, () => keyOf(signingKey(accessKeySecret, dateTime, region)));
  const text = stringToSign(dateTime, scope, canonicalRequest(request, headers));
  return `${ALGORITHM} Credential=${accessKeyId}/${scope},Signature=${hmac(key, text, 'hex')}`;
}
