// GET /approvals?group=project/name: the approvals that have not ended.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/list-approvals.ts';

export const handler = httpFunction(operation(startMemoryRuntime('approvals')));
