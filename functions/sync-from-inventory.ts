// Schedules, inventory events, work messages and direct invocations: keeps machine groups equal to their inventory.
import { syncEventFunction } from '../lib/runtime/sync/event-function.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = syncEventFunction(startSyncRuntime());
