// One request to a hook: is there such a hook, did the holder of its key make the request, and made it now? If so, the
// groups that use the source are handed over, once.

import type { HookConfig } from '../../core/config/hooks.ts';
import { HOOK_NAME } from '../../core/text/hook-name.ts';
import {
  ageOf,
  claimOf,
  HOOK_BODY_MAX_BYTES,
  type HookRequest,
  hookRunId,
  isCurrent,
  isMeant,
} from '../../core/trigger/hook.ts';
import type { HookOutcome } from './metrics.ts';
import type { HookRuntime } from './wire.ts';

export type HookRefusal = Exclude<HookOutcome, 'accepted' | 'repeated' | 'failed'>;

/** A request that is not believed. The reason is for the log; who sent it learns no more than a status. */
export class HookRefused extends Error {
  override readonly name = 'HookRefused';
  readonly code: HookRefusal;
  constructor(code: HookRefusal, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Received {
  readonly outcome: 'accepted' | 'repeated';
  readonly runId: string;
}

/**
 * @param due when the answer has to be there, in milliseconds since the epoch
 * @throws HookRefused, or whatever keeps the request from being checked or handed over
 */
export async function receive(
  runtime: HookRuntime,
  name: string,
  request: HookRequest,
  due: number,
): Promise<Received> {
  const size = request.body.length;
  if (size > HOOK_BODY_MAX_BYTES) throw new HookRefused('too-large', `${size} bytes`);
  const { hooks } = await runtime.loadConfig();
  const hook = hooks.find((candidate) => candidate.name === name);
  // Whatever stands in a path is not for the log; what could be a name helps to find a slip.
  if (!hook)
    throw new HookRefused(
      'unknown',
      `no hook has that name${HOOK_NAME.pattern.test(name) ? `: ${name}` : ''}`,
    );
  const runId = hookRunId(name, await authentic(runtime, hook, request));
  if (!runtime.recent.add(runId)) return { outcome: 'repeated', runId };
  try {
    await runtime.handOver({ hook: name, runId, due });
  } catch (error) {
    runtime.recent.forget(runId);
    throw error;
  }
  return { outcome: 'accepted', runId };
}

/** What cannot be right is refused before a secret is read for it; when it was made, once it is known who made it. */
async function authentic(runtime: HookRuntime, hook: HookConfig, request: HookRequest) {
  const { name, scheme } = hook;
  const claim = claimOf(hook, request);
  if (!claim) throw new HookRefused('unsigned', `hook ${name}: no signature in the form of ${scheme}`);
  if (!(await runtime.isSigned(hook, claim, request))) {
    throw new HookRefused('forged', `hook ${name}: no key of the hook made the signature`);
  }
  if (!isMeant(hook, request)) {
    throw new HookRefused('forged', `hook ${name}: the event is of another account`);
  }
  const age = ageOf(scheme, request, runtime.now());
  if (age === undefined) throw new HookRefused('undated', `hook ${name}: the body holds no usable timestamp`);
  if (!isCurrent(scheme, age)) {
    throw new HookRefused('expired', `hook ${name}: made ${Math.round(age / 1000)} seconds ago`);
  }
  return claim;
}
