// Signature V4 (SLS4-HMAC-SHA256) as the service checks it, from the raw request; independent of the module
// that signs. The form is the one the official Go, Java and Python SDKs share vectors for.
import { createHash, createHmac } from 'node:crypto';
import type { ByteText, WireRequest } from './wire.ts';

export const V4_SCHEME = 'SLS4-HMAC-SHA256';

export interface CredentialV4 {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly signature: string;
}

/** Undefined when the header, or the scope in it, does not have the form of V4. */
export function parseAuthorizationV4(header: ByteText): CredentialV4 | undefined {
  const match =
    /^SLS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/sls\/aliyun_v4_request,Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (!match) return undefined;
  const [, accessKeyId = '', date = '', region = '', signature = ''] = match;
  return { accessKeyId, date, region, signature };
}

/** The body is hashed here, whatever `x-log-content-sha256` claims: a false claim fails the signature. */
export function canonicalRequestV4(request: WireRequest): ByteText {
  const headers = [...request.headers]
    .filter(([name]) => isSigned(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    request.method,
    request.path,
    canonicalQuery(request.query),
    headers.map(([name, value]) => `${name}:${value}\n`).join(''),
    headers.map(([name]) => name).join(';'),
    sha256(request.body),
  ].join('\n');
}

/** @param dateTime `YYYYMMDDTHHMMSSZ`, the value of `x-log-date` */
export function stringToSignV4(canonicalRequest: ByteText, dateTime: string, region: string): string {
  const scope = `${dateTime.slice(0, 8)}/${region}/sls/aliyun_v4_request`;
  return [V4_SCHEME, dateTime, scope, sha256(Buffer.from(canonicalRequest, 'latin1'))].join('\n');
}

/** @param date `YYYYMMDD` */
export function signingKeyV4(secret: string, date: string, region: string): Buffer {
  const parts = [date, region, 'sls', 'aliyun_v4_request'];
  return parts.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`aliyun_v4${secret}`));
}

export function signatureV4(key: Buffer, stringToSign: string): string {
  return hmac(key, stringToSign).toString('hex');
}

/** Keys go in as they are, values percent-encoded, and an empty value leaves no `=`. */
function canonicalQuery(query: WireRequest['query']): ByteText {
  return [...query]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => (value === '' ? key : `${key}=${percentEncode(value)}`))
    .join('&');
}

export function percentEncode(text: ByteText): string {
  return text.replace(/[^A-Za-z0-9\-_.~]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

function isSigned(name: string): boolean {
  return name === 'host' || name === 'content-type' || name.startsWith('x-log-') || name.startsWith('x-acs-');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest();
}
