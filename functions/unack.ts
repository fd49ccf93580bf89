// DELETE /ack?group=project/name: takes an acknowledgement back.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/unack.ts';

export const handler = httpFunction(operation(startMemoryRuntime('acknowledgements')));
