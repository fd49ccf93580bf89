// GET /coverage?group=project/name: how many of the machines that are wanted report, as of the last look.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/get-coverage.ts';

export const handler = httpFunction(operation(startMemoryRuntime('figures of coverage')));
