// The sync configuration, from where the environment says it is, and no more in it than the deployer permits.

import { documentReader } from '../../aws/document.ts';
import { readSyncConfig, type SyncConfig } from '../../core/config/config.ts';
import { checkPermitted, type Permitted } from '../../core/config/permitted.ts';
import { sha256 } from '../../core/text/digest.ts';
import { CONFIG_READ_MS } from '../../core/time/timeouts.ts';
import type { SyncEnvironment } from '../environment.ts';

/** Within which a configuration is read, whoever reads it. */
export const CONFIG_LIMITS = { maxBytes: 4_194_304, timeoutMs: CONFIG_READ_MS };

/**
 * Reads it anew with every call.
 * @param endpoints and `secrets` are checked where they are given: by those who call SLS and read inventories
 * @throws InvalidSyncConfig, ReadError
 */
export function configLoader(
  { configLocation, configBucketOwner, local }: SyncEnvironment,
  permitted: Omit<Permitted, 'local'> = {},
): () => Promise<SyncConfig> {
  const read = documentReader({ files: local });
  const limits = { ...CONFIG_LIMITS, bucketOwner: configBucketOwner };
  return async () => {
    const { text } = await read(configLocation, limits);
    return { ...checkPermitted(readSyncConfig(text), { ...permitted, local }), digest: sha256(text) };
  };
}
