// GET /approvals?group=project/name: the approvals that have not ended.
import { startApprovalRuntime } from '../lib/runtime/approvals/wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/list-approvals.ts';

export const handler = httpFunction(operation(startApprovalRuntime()));
