// POST /approvals: a person says that removals of a group may be made; the next run makes them.
import { startApprovalRuntime } from '../lib/runtime/approvals/wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/approve-removals.ts';
import { startSyncRuntime } from '../lib/runtime/sync/wire.ts';

export const handler = httpFunction(operation(startSyncRuntime(), startApprovalRuntime()));
