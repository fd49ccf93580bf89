// POST /ack: a person says that they know of a group that needs attention.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/ack.ts';

export const handler = httpFunction(operation(startMemoryRuntime('acknowledgements')));
