// GET /status?format=html: how the groups stand, as JSON or as a page for a browser.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/status.ts';

export const handler = httpFunction(operation(startMemoryRuntime('the status')));
