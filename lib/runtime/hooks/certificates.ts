// Certificates by which EventBridge of Alibaba Cloud signs: read over TLS from the one host that the claim was checked
// for, kept for a day, few of them, and small.

import { createVerify, type KeyObject, X509Certificate } from 'node:crypto';
import { get, type RequestOptions } from 'node:https';
import { type Cached, cached } from '../../aws/cached.ts';
import { CERTIFICATE_READ_MS, CERTIFICATE_STALE_MS, CERTIFICATE_TTL_MS } from '../../core/time/timeouts.ts';

const MOST_BYTES = 16_384;
/** Addresses of certificates known at a time: a region has one, and another while it is changed. */
const MOST_KNOWN = 8;

export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

export interface CertificateOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** For a test: where the host is, and who vouches for it. */
  readonly connection?: Pick<RequestOptions, 'lookup' | 'ca' | 'port'>;
}

export interface Certificates {
  /**
   * Whether the certificate at that URL made the signature.
   * @param signature hex
   * @throws CertificateError if the certificate cannot be had
   */
  verifies(url: string, signature: string, parts: readonly (string | Uint8Array)[]): Promise<boolean>;
}

export function certificates({ now, connection = {} }: CertificateOptions): Certificates {
  const known = new Map<string, Cached<KeyObject>>();
  const keyAt = (url: string): Cached<KeyObject> => {
    const made =
      known.get(url) ??
      cached({
        load: async () => publicKeyOf(await read(url, connection), now()),
        ttlMs: CERTIFICATE_TTL_MS,
        staleMs: CERTIFICATE_STALE_MS,
        isPassing: () => true,
        now,
      });
    // The one asked for last is the last to be forgotten.
    known.delete(url);
    known.set(url, made);
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return made;
  };
  return {
    async verifies(url, signature, parts) {
      const key = await keyAt(url).get();
      const verify = createVerify('RSA-SHA256');
      for (const part of parts) verify.update(part);
      return verify.verify(key, signature, 'hex');
    },
  };
}

function publicKeyOf(pem: string, now: number): KeyObject {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new CertificateError('what EventBridge names as its certificate is not one', { cause });
  }
  const { validFromDate, validToDate, publicKey } = certificate;
  if (now < validFromDate.getTime() || now > validToDate.getTime())
    throw new CertificateError('the certificate of EventBridge is not valid today');
  if (publicKey.asymmetricKeyType !== 'rsa')
    throw new CertificateError('the certificate of EventBridge has no RSA key');
  return publicKey;
}

/** No redirect is followed: an answer other than 200 is a failure. */
function read(url: string, connection: Pick<RequestOptions, 'lookup' | 'ca' | 'port'>): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (says: string, cause?: unknown) =>
      reject(new CertificateError(`the certificate of EventBridge cannot be read: ${says}`, { cause }));
    const signal = AbortSignal.timeout(CERTIFICATE_READ_MS);
    const request = get(url, { ...connection, agent: false, signal }, (response) => {
      response.on('error', (cause) => fail('the connection broke', cause));
      if (response.statusCode !== 200) {
        response.resume();
        fail(`HTTP ${response.statusCode}`);
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) {
          fail(`more than ${MOST_BYTES} bytes`);
          response.destroy();
        } else chunks.push(chunk);
      });
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    request.on('error', (cause) => fail(signal.aborted ? 'no answer in time' : 'no connection', cause));
  });
}
