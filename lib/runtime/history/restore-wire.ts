// The composition root of restores, which read the history, write groups and freeze them.
import { randomUUID } from 'node:crypto';
import { openBucket } from '../../aws/s3.ts';
import type { SyncConfig } from '../../core/config/config.ts';
import type { MemoryTable } from '../../core/memory/table.ts';
import {
  ConfigError,
  readHistoryEnvironment,
  readSyncEnvironment,
  type SyncEnvironment,
} from '../environment.ts';
import { memoryTable } from '../memory-table.ts';
import { configLoader } from '../sync/config-document.ts';
import { createRuntime, type Runtime, started } from '../wire.ts';
import type { HistoryReader } from './look-back.ts';

export interface RestoreRuntime {
  readonly runtime: Runtime;
  readonly environment: SyncEnvironment;
  /** @throws InvalidSyncConfig, ReadError */
  readonly loadConfig: () => Promise<SyncConfig>;
  readonly table: MemoryTable;
  readonly history: HistoryReader;
  readonly newId: () => string;
}

/** The runtime of this process; see `startRuntime`. */
export function startRestoreRuntime(env = process.env): () => RestoreRuntime {
  return started(
    () => {
      const runtime = createRuntime(env);
      const environment = readSyncEnvironment(env);
      const { config, log, now } = runtime;
      if (config.table === undefined)
        throw new ConfigError(
          'environment: SYNC_TABLE: is required, since a restore freezes its group in it',
        );
      const permitted = { endpoints: new Set(config.endpoints.keys()), projects: config.projects };
      return {
        runtime,
        environment,
        loadConfig: configLoader(environment, permitted),
        table: memoryTable(config.table),
        history: { bucket: openBucket(readHistoryEnvironment(env).bucket), log, now },
        newId: randomUUID,
      };
    },
    ({ runtime }) => runtime.accessKey.get(),
  );
}
