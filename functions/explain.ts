// GET /explain?group=project/name&machine=10.0.1.20: why a machine is in a group or not, and what is next.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/explain.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = httpFunction(operation(startSyncRuntime()));
