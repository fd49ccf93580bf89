// Is a request to a hook one that the holder of the key made, and made just now? Nothing else of it counts: it says
// that something changed, and what changed is read from the source.

import * as z from 'zod/mini';
import type { HookSchemeName, HookSettings } from '../config/hooks.ts';
import { sha256 } from '../text/digest.ts';
import type { NameRule } from '../text/rule.ts';
import { EVENTBRIDGE_WINDOW_MS, HOOK_WINDOW_MS } from '../time/timeouts.ts';
import { eventBridgeClaim, eventBridgeTime, isOfAccount } from './eventbridge-hook.ts';

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
  /** Where a certificate signs in place of a key: its URL. The key is the token then, which stands in the request. */
  readonly certificate?: string;
  readonly token?: string;
}

export interface HookCrypto {
  /** Lower-case hex of the HMAC over the parts, one after the other; texts as UTF-8. */
  readonly hmac: (hash: Hash, key: string, parts: readonly (string | Uint8Array)[]) => string;
  /** Compares texts of one length, in a time that does not tell where they differ. */
  readonly equal: (a: string, b: string) => boolean;
}

type Hash = 'sha256' | 'sha512';

interface Scheme<Hook extends HookSettings = HookSettings> {
  readonly claim: (headers: HookRequest['headers'], hook: Hook) => Claim | undefined;
  /** Whether the holder of the key made the claim. */
  readonly isMadeBy: (key: string, claim: Claim, body: Uint8Array, crypto: HookCrypto) => boolean;
  /** When the request was made, in milliseconds since the epoch. Asked only of one whose signature holds. */
  readonly madeAt: (request: HookRequest) => number | undefined;
  /** How much older or newer than now it may be, in milliseconds, both ends included. */
  readonly windowMs: number;
  /** Whether a request that is signed is for this hook. */
  readonly isMeant?: (request: HookRequest, hook: Hook) => boolean;
}

const signedWith =
  (hash: Hash): Scheme['isMadeBy'] =>
  (key, { signature, before }, body, { hmac, equal }) =>
    equal(hmac(hash, key, [before, body]), signature);

type SchemeOf<Name extends HookSchemeName> = Scheme<Extract<HookSettings, { scheme: Name }>>;

const SCHEMES: { readonly [Name in HookSchemeName]: SchemeOf<Name> } = {
  // NetBox documentation, Integrations, Webhooks. There is no header with a time, but the body holds one.
  netbox: {
    claim({ 'x-hook-signature': signature = '' }) {
      return /^[0-9a-f]{128}$/.test(signature) ? { signature, before: '' } : undefined;
    },
    isMadeBy: signedWith('sha512'),
    madeAt: ({ body }) => timestampIn(body),
    windowMs: HOOK_WINDOW_MS,
  },
  generic: {
    claim({ 'x-signature': given = '', 'x-signature-timestamp': seconds = '' }) {
      const [, signature] = /^sha256=([0-9a-f]{64})$/.exec(given) ?? [];
      return signature && UNIX_SECONDS.test(seconds) ? { signature, before: `${seconds}.` } : undefined;
    },
    isMadeBy: signedWith('sha256'),
    madeAt: ({ headers }) => Number(headers['x-signature-timestamp']) * 1000,
    windowMs: HOOK_WINDOW_MS,
  },
  'alibaba-eventbridge': {
    claim: eventBridgeClaim,
    // Anybody with an account can have EventBridge sign for any URL: the token tells whose rule it was.
    isMadeBy: (key, { token = '' }, _body, { equal }) => equal(sha256(token), sha256(key)),
    madeAt: ({ headers }) => eventBridgeTime(headers),
    windowMs: EVENTBRIDGE_WINDOW_MS,
    isMeant: ({ body }, { account }) => isOfAccount(body, account),
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
export function claimOf(hook: HookSettings, { headers }: HookRequest): Claim | undefined {
  return schemeOf(hook).claim(headers, hook);
}

/** Whether one of the keys made the claim. Every key is tried, whichever fits. */
export function isSigned(
  scheme: HookSchemeName,
  claim: Claim,
  { body }: HookRequest,
  keys: readonly string[],
  crypto: HookCrypto,
): boolean {
  const { isMadeBy } = SCHEMES[scheme];
  return keys.map((key) => isMadeBy(key, claim, body, crypto)).includes(true);
}

/** Whether a signed request is for this hook, and not for another account's. */
export function isMeant(hook: HookSettings, request: HookRequest): boolean {
  return schemeOf(hook).isMeant?.(request, hook) ?? true;
}

/** Milliseconds since a request was made, below 0 for one from a clock ahead; undefined if it does not say. */
export function ageOf(scheme: HookSchemeName, request: HookRequest, now: number): number | undefined {
  const madeAt = SCHEMES[scheme].madeAt(request);
  return madeAt === undefined ? undefined : now - madeAt;
}

export function isCurrent(scheme: HookSchemeName, age: number): boolean {
  return Math.abs(age) <= SCHEMES[scheme].windowMs;
}

/** Each scheme takes the settings of its own kind, which this hook's are. */
const schemeOf = (hook: HookSettings): Scheme => SCHEMES[hook.scheme] as Scheme;

/**
 * The id of the run that a request asks for: the same for the same request, so that a repeated one is known. A UUID
 * of version 8 (RFC 9562, 5.8).
 */
export function hookRunId(hook: string, { signature }: Claim): string {
  const hex = sha256(`hook ${hook} ${signature}`);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
