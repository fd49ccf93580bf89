// POST /approvals: a person says that removals of a group may be made; the next run makes them.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/approve-removals.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = httpFunction(operation(startSyncRuntime(), startMemoryRuntime('approvals')));
