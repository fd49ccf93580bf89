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
 * Reads it anew with every call. A text that is the one of before is not checked once more: a worker takes batch after batch
 * with the same document, which for ten thousand groups takes longer to check than to read.
 * @param endpoints and `secrets` are checked where they are given: by those who call SLS and read inventories
 * @throws InvalidSyncConfig, ReadError
 */
export function configLoader(
  { configLocation, configBucketOwner, local }: SyncEnvironment,
  permitted: Omit<Permitted, 'local'> = {},
): () => Promise<SyncConfig> {
  const read = documentReader({ files: local });
  const limits = { ...CONFIG_LIMITS, bucketOwner: configBucketOwner };
  let last: { readonly text: string; readonly config: SyncConfig } | undefined;
  return async () => {
    const { text } = await read(configLocation, limits);
    if (last?.text !== text) {
      const config = checkPermitted(readSyncConfig(text), { ...permitted, local });
      last = { text, config: { ...config, digest: sha256(text) } };
    }
    return last.config;
  };
}
