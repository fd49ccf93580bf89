// Is a request to a hook one that the holder of the key made, and made just now? Nothing else of it counts: it says
// that something changed, and what changed is read from the source.

import * as z from 'zod/mini';
import type { HookSchemeName } from '../config/hooks.ts';
import { sha256 } from '../text/digest.ts';
import type { NameRule } from '../text/rule.ts';

/** Largest body in bytes. Nothing is read of it but a time, so it need not be as large as the gateway lets through. */
export const HOOK_BODY_MAX_BYTES = 1_048_576;

/** Keys as text of a secret: long enough that nobody finds one from a signature, and nothing that a copy loses. */
export const HOOK_KEY: NameRule = {
  pattern: /^[\x21-\x7e]{16,256}$/,
  says: '16 to 256 visible ASCII characters',
};

export interface HookRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came, byte by byte. */
  readonly body: Uint8Array;
}

/** What a request says of itself before anything of it is believed. */
export interface Claim {
  /** Lower-case hex, of the length of the scheme's hash. */
  readonly signature: string;
  /** Signed ahead of the body. */
  readonly before: string;
}

export interface HookCrypto {
  /** Lower-case hex of the HMAC over the parts, one after the other; texts as UTF-8. */
  readonly hmac: (hash: Hash, key: string, parts: readonly (string | Uint8Array)[]) => string;
  /** Compares texts of one length, in a time that does not tell where they differ. */
  readonly equal: (a: string, b: string) => boolean;
}

type Hash = 'sha256' | 'sha512';

interface Scheme {
  readonly hash: Hash;
  readonly claim: (headers: HookRequest['headers']) => Claim | undefined;
  /** When the request was made, in milliseconds since the epoch. Asked only of one whose signature holds. */
  readonly madeAt: (request: HookRequest) => number | undefined;
}

const SCHEMES: Readonly<Record<HookSchemeName, Scheme>> = {
  // NetBox documentation, Integrations, Webhooks. There is no header with a time, but the body holds one.
  netbox: {
    hash: 'sha512',
    claim({ 'x-hook-signature': signature = '' }) {
      return /^[0-9a-f]{128}$/.test(signature) ? { signature, before: '' } : undefined;
    },
    madeAt: ({ body }) => timestampIn(body),
  },
  generic: {
    hash: 'sha256',
    claim({ 'x-signature': given = '', 'x-signature-timestamp': seconds = '' }) {
      const [, signature] = /^sha256=([0-9a-f]{64})$/.exec(given) ?? [];
      return signature && UNIX_SECONDS.test(seconds) ? { signature, before: `${seconds}.` } : undefined;
    },
    madeAt: ({ headers }) => Number(headers['x-signature-timestamp']) * 1000,
  },
};

/** Of this century and the next: neither milliseconds nor a second spelling of the same number. */
const UNIX_SECONDS = /^[1-9]\d{9}$/;

/** ISO 8601 with an offset; a blank in place of the T is how older releases write it. */
const NETBOX_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))$/;
const netboxBody = z.looseObject({ timestamp: z.string().check(z.regex(NETBOX_TIME)) });

function timestampIn(body: Uint8Array): number | undefined {
  try {
    const { timestamp } = netboxBody.parse(JSON.parse(new TextDecoder().decode(body)));
    const time = Date.parse(timestamp.replace(' ', 'T'));
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}

/** The signature of a request; undefined for one that has none in the scheme's form. */
export function claimOf(scheme: HookSchemeName, { headers }: HookRequest): Claim | undefined {
  return SCHEMES[scheme].claim(headers);
}

/** Whether one of the keys made the signature. Every key is tried, whichever fits. */
export function isSigned(
  scheme: HookSchemeName,
  { signature, before }: Claim,
  { body }: HookRequest,
  keys: readonly string[],
  { hmac, equal }: HookCrypto,
): boolean {
  const { hash } = SCHEMES[scheme];
  return keys.map((key) => equal(hmac(hash, key, [before, body]), signature)).includes(true);
}

/** Milliseconds since a request was made, below 0 for one from a clock ahead; undefined if it does not say. */
export function ageOf(scheme: HookSchemeName, request: HookRequest, now: number): number | undefined {
  const madeAt = SCHEMES[scheme].madeAt(request);
  return madeAt === undefined ? undefined : now - madeAt;
}

/**
 * The id of the run that a request asks for: the same for the same request, so that a repeated one is known. A UUID
 * of version 8 (RFC 9562, 5.8).
 */
export function hookRunId(hook: string, { signature }: Claim): string {
  const hex = sha256(`hook ${hook} ${signature}`);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
