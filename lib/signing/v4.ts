// Signature V4, `SLS4-HMAC-SHA256`, in stages from the inside out.
// Source: vectors shared by the Go, Java and Python SDKs; the shipped dialect, in which query keys are raw.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { hasBody, headerLines, isServiceHeader, perSecond, sha256Hex, sortedKeys } from './canonical.ts';
import { HEADER } from './header-names.ts';
import type { Headers, SignableRequest, SigningCredentials } from './types.ts';

const ALGORITHM = 'SLS4-HMAC-SHA256';
const TERMINATOR = 'aliyun_v4_request';
/** SHA-256 of nothing: what `x-log-content-sha256` holds for a request without a body. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** `2022-08-08T03:23:30.000Z` becomes `20220808T032330Z`, the form of `x-log-date` in V4. */
export const basicDateTime = perSecond(
  (date) => `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`,
);

/** RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` becomes `%XX` of its UTF-8 bytes, in upper case. */
export function percentEncode(text: string): string {
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
export function signedHeaderNames(headers: Headers): string[] {
  const names: string[] = [];
  for (const name of Object.keys(headers)) {
    if (isServiceHeader(name) || name === 'host' || name === 'content-type') names.push(name);
  }
  return names.sort();
}

export { headerLines as canonicalHeaders } from './canonical.ts';

export function canonicalRequest(request: SignableRequest, headers: Headers): string {
  const names = signedHeaderNames(headers);
  const path = request.path === '' ? '/' : request.path;
  const lines = headerLines(headers, names);
  const head = `${request.method.toUpperCase()}\n${path}\n${canonicalQuery(request.query)}\n`;
  return `${head}${lines}\n${names.join(';')}\n${headers[HEADER.contentSha256]}`;
}

/** `20220808/cn-hangzhou/sls/aliyun_v4_request`. */
export function credentialScope(dateTime: string, region: string): string {
  return `${dateTime.slice(0, 8)}/${region}/sls/${TERMINATOR}`;
}

export function stringToSign(dateTime: string, scope: string, canonical: string): string {
  return `${ALGORITHM}\n${dateTime}\n${scope}\n${sha256Hex(canonical)}`;
}

export function signingKey(accessKeySecret: string, dateTime: string, region: string): Buffer {
  const dateKey = hmac(`aliyun_v4${accessKeySecret}`, dateTime.slice(0, 8));
  return hmac(hmac(hmac(dateKey, region), 'sls'), TERMINATOR);
}

export function signature(key: KeyObject | Uint8Array, text: string): string {
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
  const key = knownKey(credentials, dateTime, region, scope);
  const text = stringToSign(dateTime, scope, canonicalRequest(request, headers));
  return `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope},Signature=${signature(key, text)}`;
}

interface DerivedKeys {
  readonly secret: string;
  readonly byScope: Map<string, KeyObject>;
}

/** Deriving a key takes four of the five HMACs of a signature, and it changes once a day. */
const derived = new WeakMap<SigningCredentials, DerivedKeys>();
const SCOPES_KEPT = 4;

/**
 * The signing key, as the object that OpenSSL takes without copying and checking it every time, kept for
 * as long as somebody holds the credentials it is made of.
 */
function knownKey(
  credentials: SigningCredentials,
  dateTime: string,
  region: string,
  scope: string,
): KeyObject {
  const secret = credentials.accessKeySecret;
  let keys = derived.get(credentials);
  if (keys?.secret !== secret) {
    keys = { secret, byScope: new Map() };
    derived.set(credentials, keys);
  }
  let key = keys.byScope.get(scope);
  if (key === undefined) {
    if (keys.byScope.size >= SCOPES_KEPT) keys.byScope.clear();
    key = createSecretKey(signingKey(secret, dateTime, region));
    keys.byScope.set(scope, key);
  }
  return key;
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
