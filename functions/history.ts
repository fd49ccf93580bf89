// GET /history?group=project/name&machine=10.0.1.20&since=…: what was written and refused, the latest first.
import { startHistoryRuntime } from '../lib/runtime/history/wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/history.ts';

export const handler = httpFunction(operation(startHistoryRuntime()));
