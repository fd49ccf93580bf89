// The sync configuration, from where the environment says it is.
import { documentReader } from '../../aws/document.ts';
import { readSyncConfig, type SyncConfig } from '../../core/config.ts';

const LIMITS = { maxBytes: 1_048_576, timeoutMs: 10_000 };

/** Reads it anew with every call. @throws InvalidSyncConfig, ReadError */
export function configLoader(location: string): () => Promise<SyncConfig> {
  const read = documentReader();
  return async () => readSyncConfig((await read(location, LIMITS)).text);
}
