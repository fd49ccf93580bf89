// Measures how many of the machines that are wanted report, of every group: by a schedule of its own.
import { coverageFunction } from '../lib/runtime/coverage/event-function.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = coverageFunction(startSyncRuntime());
