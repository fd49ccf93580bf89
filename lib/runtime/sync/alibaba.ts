// What ECS sources reach Alibaba Cloud through: real sockets, the deployment's AccessKey or one that it binds.
import { randomUUID } from 'node:crypto';
import type { SecretReader } from '../../aws/secrets.ts';
import { boundSecret, type SecretBinding } from '../../core/config/secret-binding.ts';
import { once } from '../../core/text/once.ts';
import { resolveBySystem } from '../../inventory/egress.ts';
import type { AlibabaApis } from '../../inventory/sources/alibaba-ecs/api.ts';
import type { CredentialsSource } from '../../sls/call.ts';
import { createTransport } from '../../sls/transport.ts';
import { parseAccessKey } from '../access-key.ts';
import { sleep } from '../wire.ts';
import { slsLookup } from './sls-lookup.ts';

export interface AlibabaOptions {
  /** The deployment's own. */
  readonly accessKey: CredentialsSource;
  readonly read: SecretReader;
  readonly bindings: readonly SecretBinding[];
}

export function alibabaApis({ accessKey, read, bindings }: AlibabaOptions): AlibabaApis {
  return {
    send: createTransport({ lookup: slsLookup(resolveBySystem, undefined) }),
    accessKey: (secretId, origins) =>
      secretId === undefined ? accessKey : boundKey(secretId, origins, read, bindings),
    sleep,
    random: Math.random,
    newNonce: randomUUID,
  };
}

/** Read when it is first asked for: each run opens a key of its own. */
function boundKey(
  secretId: string,
  origins: readonly string[],
  read: SecretReader,
  bindings: readonly SecretBinding[],
): CredentialsSource {
  const load = async () => {
    const [arn = ''] = origins.map((origin) => boundSecret(bindings, secretId, origin));
    return parseAccessKey(await read(arn));
  };
  return { get: once(load), refresh: async () => undefined };
}
