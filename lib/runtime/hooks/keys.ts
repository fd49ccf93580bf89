// The keys of a hook: read from their secret, kept in memory, and read again when a signature fits none of them,
// though no more often than every few seconds, however many requests come.
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import { cached } from '../../aws/cached.ts';
import { SecretError, type SecretReader } from '../../aws/secrets.ts';
import { spaced } from '../../aws/spaced.ts';
import type { HookSchemeName } from '../../core/config/hooks.ts';
import {
  type Claim,
  HOOK_KEY,
  type HookCrypto,
  type HookRequest,
  isSigned,
} from '../../core/trigger/hook.ts';
import { parseSecret } from '../secret-json.ts';

/** Milliseconds for which keys are used. A key that was taken out of the secret is still accepted this long. */
export const KEYS_TTL_MS = 300_000;
/** Milliseconds beyond, while Secrets Manager cannot be reached. */
export const KEYS_STALE_MS = 3_600_000;
/** Milliseconds between two reads of a secret at least. */
export const KEYS_SPACING_MS = 10_000;

export const hookCrypto: HookCrypto = {
  hmac(hash, key, parts) {
    const hmac = createHmac(hash, key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  },
  equal: (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex')),
};

const key = z.string().check(z.regex(HOOK_KEY.pattern, HOOK_KEY.says));
/** The secret's JSON. Other fields may stand beside: people keep notes and rotation state there. */
const hookSecret = z.object({ current: key, previous: z.optional(key) });

/** Whether a key made a claim's signature. The keys themselves are out of reach of whoever holds it. */
type Check = (scheme: HookSchemeName, claim: Claim, request: HookRequest) => boolean;

export interface HookKeysOptions {
  readonly secretId: string;
  readonly read: SecretReader;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onFailure: (error: unknown, served: 'stale' | 'nothing') => void;
}

export interface HookKeys {
  /** @throws SecretError when there are no keys to try */
  verify(...claimed: Parameters<Check>): Promise<boolean>;
}

export function hookKeys({ secretId, read, now, onFailure }: HookKeysOptions): HookKeys {
  const load = async () => checkWith(parseSecret(await read(secretId), hookSecret, 'the keys of a hook'));
  const keys = cached({
    load: spaced(load, KEYS_SPACING_MS, now),
    ttlMs: KEYS_TTL_MS,
    staleMs: KEYS_STALE_MS,
    isPassing: (error) => error instanceof SecretError && error.passing,
    now,
    onFailure,
  });
  return {
    async verify(...claimed) {
      const known = await keys.get();
      if (known(...claimed)) return true;
      // The sender may have a key that came since.
      const fresh = await keys.reload().catch((error: unknown) => {
        onFailure(error, 'stale');
        return undefined;
      });
      return fresh !== undefined && fresh !== known && fresh(...claimed);
    },
  };
}

function checkWith({ current, previous }: z.output<typeof hookSecret>): Check {
  const keys = previous === undefined ? [current] : [current, previous];
  return (scheme, claim, request) => isSigned(scheme, claim, request, keys, hookCrypto);
}
