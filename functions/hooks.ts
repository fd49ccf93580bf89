// POST /hooks/{source}: another system says, signed, that a source has changed; the groups that use it are synced.
import { hookFunction } from '../lib/runtime/hooks/http-function.ts';
import { startHookRuntime } from '../lib/runtime/hooks/wire.ts';

export const handler = hookFunction(startHookRuntime());
