// POST /plan: says what a sync would do, and changes nothing.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/plan.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = httpFunction(operation(startSyncRuntime()));
