// The AccessKey that signs: read from its secret, kept in memory, replaced when SLS stops taking it.
import * as z from 'zod/mini';
import { cached } from '../aws/cached.ts';
import { SecretError, type SecretReader } from '../aws/secrets.ts';
import { once } from '../core/text/once.ts';
import type { SigningCredentials } from '../signing/index.ts';
import type { CredentialsSource } from '../sls/call.ts';
import { parseSecret } from './secret-json.ts';

const singleLine = () => z.string().check(z.regex(/^[\x21-\x7e]+$/));

/** The secret's JSON. Other keys may stand beside: people keep notes and rotation state there. */
const accessKeySecret = once(() =>
  z.object({
    accessKeyId: singleLine(),
    accessKeySecret: singleLine(),
    securityToken: z.optional(singleLine()),
  }),
);

export interface AccessKeyOptions {
  readonly secretId: string;
  readonly read: SecretReader;
  readonly ttlMs: number;
  readonly staleMs: number;
  readonly now: () => number;
  readonly onFailure?: (error: unknown, served: 'stale' | 'nothing') => void;
}

/** @throws SecretError from `get`, its message never showing a value. */
export function accessKeySource(options: AccessKeyOptions): CredentialsSource {
  const { secretId, read, ttlMs, staleMs, now, onFailure } = options;
  const load = async () => parseAccessKey(await read(secretId));
  const isPassing = (error: unknown) => error instanceof SecretError && error.passing;
  const key = cached({ load, ttlMs, staleMs, isPassing, now, ...(onFailure && { onFailure }) });
  return {
    get: key.get,
    async refresh(refused) {
      try {
        // Another call may have fetched the new key already.
        const known = await key.get();
        if (isDifferent(known, refused)) return known;
        const fresh = await key.reload();
        return isDifferent(fresh, refused) ? fresh : undefined;
      } catch (error) {
        // What SLS said about the old key tells the caller more than this does.
        onFailure?.(error, 'nothing');
        return undefined;
      }
    },
  };
}

/** @throws SecretError `SecretMalformed` */
export function parseAccessKey(text: string): SigningCredentials {
  return guarded(parseSecret(text, accessKeySecret(), 'an AccessKey'));
}

/** Credentials that print as a fixed word wherever they are logged by accident. */
function guarded(key: SigningCredentials): SigningCredentials {
  const hidden = () => '[AccessKey]';
  const hide = { value: hidden, enumerable: false };
  return Object.defineProperties(
    { ...key },
    { toJSON: hide, toString: hide, [Symbol.for('nodejs.util.inspect.custom')]: hide },
  );
}

function isDifferent(a: SigningCredentials, b: SigningCredentials): boolean {
  return (
    a.accessKeyId !== b.accessKeyId ||
    a.accessKeySecret !== b.accessKeySecret ||
    a.securityToken !== b.securityToken
  );
}
