// POST /hooks/{source}: another system says, signed, that a source has changed; the groups that use it are synced.
import { startHookRuntime } from '../lib/runtime/hooks/wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/hooks.ts';

export const handler = httpFunction(operation(startHookRuntime()));
