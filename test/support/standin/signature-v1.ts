// Signature V1 as the service checks it, from the raw request. Written against the "Request signatures" page
// and shares nothing with the module that signs: two mistakes would have to agree to go unnoticed.
import { createHmac } from 'node:crypto';
import type { ByteText, WireRequest } from './wire.ts';

/** `hmac-sha1` is the documented method; `hmac-sha256` is what the official TypeScript client sends. */
export const V1_DIGESTS: Readonly<Record<string, 'sha1' | 'sha256'>> = {
  'hmac-sha1': 'sha1',
  'hmac-sha256': 'sha256',
};

/** @param date value that stands in the DATE line: the `Date` header, or what replaced it on the way */
export function stringToSignV1(request: WireRequest, date: ByteText): ByteText {
  const { headers } = request;
  const lines = [request.method, headers.get('content-md5') ?? '', headers.get('content-type') ?? '', date];
  const named = [...headers].filter(([name]) => isSigned(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...lines, ...named.map(([name, value]) => `${name}:${value}`), resource(request)].join('\n');
}

export function signatureV1(secret: string, stringToSign: ByteText, digest: 'sha1' | 'sha256'): string {
  return createHmac(digest, secret).update(stringToSign, 'latin1').digest('base64');
}

/** `x-log-date` replaces a `Date` that a proxy dropped and takes no part in the signature. */
function isSigned(name: string): boolean {
  return (name.startsWith('x-log-') || name.startsWith('x-acs-')) && name !== 'x-log-date';
}

function resource({ path, query }: WireRequest): ByteText {
  const pairs = [...query].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}
