// GET /explain?group=project/name&machine=10.0.1.20: why a machine is in a group or not, and what is next.
import { explainFunction } from '../lib/runtime/sync/http-functions.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = explainFunction(startSyncRuntime());
