// POST /restore: plans the way back to the members of a group before a run; with its fingerprint, goes it.
import { startRestoreRuntime } from '../lib/runtime/history/restore-wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/restore.ts';

export const handler = httpFunction(operation(startRestoreRuntime()));
