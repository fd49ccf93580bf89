// POST /retire: deletes a group with our mark that nobody keeps any more.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/retire.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = httpFunction(operation(startSyncRuntime()));
