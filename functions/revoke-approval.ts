// DELETE /approvals/{id}?group=project/name: takes an approval back.
import { startApprovalRuntime } from '../lib/runtime/approvals/wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/revoke-approval.ts';

export const handler = httpFunction(operation(startApprovalRuntime()));
