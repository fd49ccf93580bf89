// POST /sync: plans or applies a sync and answers with the report.
import { syncRequestFunction } from '../lib/runtime/sync/http-functions.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = syncRequestFunction(startSyncRuntime());
