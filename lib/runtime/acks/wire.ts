// The composition root of acknowledgements: the memory, and nothing of SLS.
import type { MemoryTable } from '../../core/memory/table.ts';
import { ConfigError, readSyncEnvironment } from '../environment.ts';
import { memoryTable } from '../memory-table.ts';
import { started } from '../wire.ts';

export interface AckRuntime {
  /** @throws ConfigError if no memory is configured */
  readonly table: () => MemoryTable;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** @throws ConfigError */
export function createAckRuntime(env: Readonly<Record<string, string | undefined>>): AckRuntime {
  const { table } = readSyncEnvironment(env);
  const opened = table === undefined ? undefined : memoryTable(table);
  return {
    table() {
      if (opened !== undefined) return opened;
      throw new ConfigError('environment: SYNC_TABLE: is required, acknowledgements are kept in it');
    },
    now: Date.now,
  };
}

/** The runtime of this process; see `startRuntime`. */
export function startAckRuntime(env = process.env): () => AckRuntime {
  return started(
    () => createAckRuntime(env),
    async () => {},
  );
}
