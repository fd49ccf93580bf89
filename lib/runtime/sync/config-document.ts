// The sync configuration, from where the environment says it is.
import { documentReader } from '../../aws/document.ts';
import { readSyncConfig, type SyncConfig } from '../../core/config.ts';
import { checkPermitted, type Permitted } from '../../core/permitted.ts';
import type { SyncEnvironment } from '../config.ts';

const LIMITS = { maxBytes: 1_048_576, timeoutMs: 10_000 };

/**
 * Reads it anew with every call.
 * @param endpoints those that groups may name; undefined where no call to SLS is made
 * @throws InvalidSyncConfig, ReadError
 */
export function configLoader(
  { configLocation, configBucketOwner, files }: SyncEnvironment,
  endpoints?: Permitted['endpoints'],
): () => Promise<SyncConfig> {
  const read = documentReader({ files });
  const limits = { ...LIMITS, bucketOwner: configBucketOwner };
  return async () =>
    checkPermitted(readSyncConfig((await read(configLocation, limits)).text), { endpoints, files });
}
