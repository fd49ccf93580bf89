// Verifies ACS3-HMAC-SHA256 from what came over the wire, with code of its own: nothing here is shared with the signer.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A key as the service knows it. */
export interface KnownKey {
  readonly secret: string;
  readonly token?: string;
  readonly account: string;
}

/** Who signed, or the code of the refusal. */
export type Verdict = { readonly accessKeyId: string; readonly account: string } | { readonly code: string };

/** Milliseconds that a date may be away from the service's clock. */
const WINDOW_MS = 15 * 60_000;

export class SignatureCheck {
  readonly #nonces = new Set<string>();
  readonly #keys: ReadonlyMap<string, KnownKey>;
  readonly #clock: () => number;

  constructor(keys: ReadonlyMap<string, KnownKey>, clock: () => number) {
    this.#keys = keys;
    this.#clock = clock;
  }

  verify(request: IncomingMessage, body: Buffer): Verdict {
    const { headers, method = '', url = '' } = request;
    const given = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
    if (!given) return { code: 'IncompleteSignature' };
    const [, accessKeyId = '', list = '', signature = ''] = given;
    const known = this.#keys.get(accessKeyId);
    if (!known) return { code: 'InvalidAccessKeyId.NotFound' };
    const signed = list.split(';');
    const due = Object.keys(headers).filter(
      (name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'),
    );
    if (due.some((name) => !signed.includes(name)) || signed.join() !== signed.toSorted().join())
      return { code: 'IncompleteSignature' };
    const hashed = createHash('sha256').update(body).digest('hex');
    const [path, search = ''] = url.split('?') as [string, string?];
    // Sorted as bytes, each pair as it stands in the URL: what is not encoded as it should be is another signature.
    const pairs = search.split('&').filter((pair) => pair !== '');
    const query = pairs
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const lines = signed.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`);
    const canonical = [method, path, query.map(reencoded).join('&'), lines.join(''), list, hashed].join('\n');
    const digest = createHash('sha256').update(canonical).digest('hex');
    const expected = createHmac('sha256', known.secret).update(`ACS3-HMAC-SHA256\n${digest}`).digest();
    if (
      headers['x-acs-content-sha256'] !== hashed ||
      !timingSafeEqual(expected, Buffer.from(signature, 'hex'))
    )
      return { code: 'SignatureDoesNotMatch' };
    if ((known.token ?? '') !== (headers['x-acs-security-token'] ?? ''))
      return { code: 'InvalidSecurityToken.Malformed' };
    const date = String(headers['x-acs-date']);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) return { code: 'InvalidTimeStamp.Format' };
    if (Math.abs(Date.parse(date) - this.#clock()) > WINDOW_MS) return { code: 'InvalidTimeStamp.Expired' };
    const nonce = String(headers['x-acs-signature-nonce'] ?? '');
    if (nonce === '' || this.#nonces.has(nonce)) return { code: 'SignatureNonceUsed' };
    this.#nonces.add(nonce);
    return { accessKeyId, account: known.account };
  }
}

function keyOf(pair: string): string {
  return decodeURIComponent(pair.slice(0, pair.indexOf('=')));
}

/** A pair in the encoding that is signed, whichever the URL has. */
function reencoded(pair: string): string {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)]
    .map((part) =>
      Array.from(Buffer.from(decodeURIComponent(part.replaceAll('+', '%20'))), (byte) => {
        const sign = String.fromCharCode(byte);
        return /[A-Za-z0-9_.~-]/.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      }).join(''),
    )
    .join('=');
}
