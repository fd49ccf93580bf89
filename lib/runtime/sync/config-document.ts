// The sync configuration, from where the environment says it is.
import { documentReader } from '../../aws/document.ts';
import { InvalidSyncConfig, readSyncConfig, type SyncConfig } from '../../core/config.ts';
import { shortened } from '../../core/issues.ts';
import { type SecretBinding, unboundSecrets } from '../../core/secret-binding.ts';

const LIMITS = { maxBytes: 1_048_576, timeoutMs: 10_000 };

/** Reads it anew with every call. @throws InvalidSyncConfig, ReadError */
export function configLoader(location: string): () => Promise<SyncConfig> {
  const read = documentReader();
  return async () => readSyncConfig((await read(location, LIMITS)).text);
}

/**
 * The same for those who read inventories: a configuration that would send a secret where the deployer did not bind
 * it is refused whole.
 */
export function boundConfigLoader(
  location: string,
  bindings: readonly SecretBinding[],
): () => Promise<SyncConfig> {
  const load = configLoader(location);
  return async () => {
    const config = await load();
    const problems = unboundSecrets(config, bindings);
    if (problems.length > 0) throw new InvalidSyncConfig(shortened(problems));
    return config;
  };
}
