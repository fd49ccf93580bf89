// The composition root of functions that keep what people say in the memory, and ask nothing of SLS.
import { randomUUID } from 'node:crypto';
import type { MemoryTable } from '../core/memory/table.ts';
import { ConfigError, type Kept, noPlace, readSyncEnvironment, type SyncEnvironment } from './environment.ts';
import { type Log, log } from './log.ts';
import { memoryTable } from './memory-table.ts';
import { started } from './wire.ts';

export interface MemoryRuntime {
  readonly environment: SyncEnvironment;
  readonly table: MemoryTable;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Of approvals and of runs. */
  readonly newId: () => string;
}

/** @throws ConfigError also where there is no memory */
export function createMemoryRuntime(
  kept: Kept,
  env: Readonly<Record<string, string | undefined>>,
): MemoryRuntime {
  const environment = readSyncEnvironment(env);
  if (environment.table === undefined) throw new ConfigError(`environment: ${noPlace('SYNC_TABLE', kept)}`);
  return { environment, table: memoryTable(environment.table), log, now: Date.now, newId: randomUUID };
}

/** The runtime of this process; see `startRuntime`. */
export function startMemoryRuntime(kept: Kept, env = process.env): () => MemoryRuntime {
  return started(
    () => createMemoryRuntime(kept, env),
    async () => {},
  );
}
