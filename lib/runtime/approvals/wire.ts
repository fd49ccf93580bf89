// The composition root of approvals, which are kept in the memory.
import { randomUUID } from 'node:crypto';
import type { MemoryTable } from '../../core/memory/table.ts';
import { ConfigError, readSyncEnvironment, type SyncEnvironment } from '../environment.ts';
import { type Log, log } from '../log.ts';
import { memoryTable } from '../memory-table.ts';
import { started } from '../wire.ts';

/** What the functions of approvals run on. */
export interface ApprovalRuntime {
  readonly environment: SyncEnvironment;
  readonly table: MemoryTable;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Of approvals and of runs. */
  readonly newId: () => string;
}

/** @throws ConfigError also where there is no memory to keep approvals in */
export function createApprovalRuntime(env: Readonly<Record<string, string | undefined>>): ApprovalRuntime {
  const environment = readSyncEnvironment(env);
  if (environment.table === undefined)
    throw new ConfigError('environment: SYNC_TABLE: is required, approvals are kept in it');
  return {
    environment,
    table: memoryTable(environment.table),
    log,
    now: Date.now,
    newId: randomUUID,
  };
}

/** The runtime of this process; see `startRuntime`. */
export function startApprovalRuntime(env = process.env): () => ApprovalRuntime {
  return started(
    () => createApprovalRuntime(env),
    async () => {},
  );
}
