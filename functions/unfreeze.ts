// DELETE /freeze: lifts freezes before their end.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/unfreeze.ts';

export const handler = httpFunction(operation(startMemoryRuntime('freezes')));
