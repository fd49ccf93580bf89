// HMAC (RFC 2104) of texts under a key that is used again and again. Node's `createHmac` makes a stream for each
// text, which takes twice as long as the two digests it is made of; digests have a one-shot function.
import { hash } from 'node:crypto';
import type { SigningCredentials } from './types.ts';

const DIGEST_BYTES = { sha1: 20, sha256: 32 } as const;
type Algorithm = keyof typeof DIGEST_BYTES;

/** Bytes of a block, in both algorithms. */
const BLOCK = 64;
/** Bytes of text a key has room for; longer ones take a little longer. */
const ROOM = 2_048;
/** Most bytes of UTF-8 that a unit of a text's length can become. */
const WIDEST = 3;

export interface HmacKey {
  readonly algorithm: Algorithm;
  /** The key as the inner digest takes it, and room for a text. */
  readonly inner: Buffer;
  /** The key as the outer digest takes it, and room for the inner one. */
  readonly outer: Buffer;
}

export function hmacKey(algorithm: Algorithm, secret: string | Uint8Array): HmacKey {
  const given = typeof secret === 'string' ? Buffer.from(secret) : secret;
  const key = given.length > BLOCK ? hash(algorithm, given, 'buffer') : given;
  const padded = (pad: number, room: number): Buffer => {
    const block = Buffer.alloc(BLOCK + room, pad);
    for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
    return block;
  };
  return { algorithm, inner: padded(0x36, ROOM), outer: padded(0x5c, DIGEST_BYTES[algorithm]) };
}

/** The HMAC of a text's UTF-8 bytes. */
export function hmac({ algorithm, inner, outer }: HmacKey, text: string, encoding: 'base64' | 'hex'): string {
  const isShort = text.length * WIDEST <= ROOM;
  const message = isShort
    ? inner.subarray(0, BLOCK + inner.write(text, BLOCK))
    : Buffer.concat([inner.subarray(0, BLOCK), Buffer.from(text)]);
  outer.write(hash(algorithm, message, 'binary'), BLOCK, 'binary');
  return hash(algorithm, outer, encoding);
}

interface Keys {
  readonly secret: string;
  readonly byPurpose: Map<string, HmacKey>;
}

/** Keys for as long as somebody holds the credentials they are made of. */
const made = new WeakMap<SigningCredentials, Keys>();
const KEYS_KEPT = 4;

/** The key kept for these credentials and this purpose, if their secret is still the same. */
export function keptKey(credentials: SigningCredentials, purpose: string): HmacKey | undefined {
  const keys = made.get(credentials);
  return keys?.secret === credentials.accessKeySecret ? keys.byPurpose.get(purpose) : undefined;
}

export function keepKey(credentials: SigningCredentials, purpose: string, key: HmacKey): HmacKey {
  const secret = credentials.accessKeySecret;
  let keys = made.get(credentials);
  if (keys?.secret !== secret) {
    keys = { secret, byPurpose: new Map() };
    made.set(credentials, keys);
  }
  if (keys.byPurpose.size >= KEYS_KEPT) keys.byPurpose.clear();
  keys.byPurpose.set(purpose, key);
  return key;
}
