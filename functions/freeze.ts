// POST /freeze: nothing is written, in some groups or in all, until an end.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/freeze.ts';

export const handler = httpFunction(operation(startMemoryRuntime('freezes')));
