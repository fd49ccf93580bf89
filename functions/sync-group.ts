// Work messages of the FIFO queue, each for a batch of groups: reconciles them.
import { syncEventFunction } from '../lib/runtime/sync/event-function.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = syncEventFunction(startSyncRuntime());
