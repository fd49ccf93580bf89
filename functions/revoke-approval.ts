// DELETE /approvals/{id}?group=project/name: takes an approval back.
import { httpFunction } from '../lib/runtime/http/function.ts';
import { startMemoryRuntime } from '../lib/runtime/memory-wire.ts';
import { operation } from '../lib/runtime/operations/revoke-approval.ts';

export const handler = httpFunction(operation(startMemoryRuntime('approvals')));
