// Work messages of the FIFO queue, one a group: reconciles that group.
import { syncEventFunction } from '../lib/runtime/sync/event-function.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = syncEventFunction(startSyncRuntime());
