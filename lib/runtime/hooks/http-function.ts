// POST /hooks/{source}: the one entrance without IAM. Whoever is refused learns a status and nothing else; the log
// and the metrics have the reason.
import * as z from 'zod/mini';
import type { HookRequest } from '../../core/trigger/hook.ts';
import { metricsServiceOf } from '../environment.ts';
import { ProblemError } from '../http/errors.ts';
import { httpFunction } from '../http/function.ts';
import { createHookCounter } from './metrics.ts';
import { type HookRefusal, HookRefused, receive } from './receive.ts';
import type { HookRuntime } from './wire.ts';

const UNAUTHORIZED = [401, 'Unauthorized', 'the request is not authorized.'] as const;

const UNAVAILABLE = [503, 'ServiceUnavailable', 'try again later.'] as const;

const ANSWERS: Readonly<Record<HookRefusal, readonly [number, string, string]>> = {
  'too-large': [413, 'PostBodyTooLarge', 'the body is too large.'],
  unknown: [404, 'HookNotExist', 'there is no such hook.'],
  unsigned: UNAUTHORIZED,
  forged: UNAUTHORIZED,
  undated: UNAUTHORIZED,
  expired: UNAUTHORIZED,
};

/** Made of an HTTP request only: a direct invocation has no bytes that could be signed. */
const hookInput = z.object({
  source: z.string(),
  headers: z.custom<HookRequest['headers']>(),
  body: z.instanceof(Uint8Array),
});

export function hookFunction(runtime: () => HookRuntime, env = process.env) {
  const count = createHookCounter(metricsServiceOf(env));
  return httpFunction({
    name: 'Hook',
    from: ({ parameters, headers, body }) => ({ source: parameters.source ?? '', headers, body }),
    schema: hookInput,
    async run(input, { terms }) {
      try {
        const { outcome, runId } = await receive(runtime(), input.source, input, terms.due);
        count(outcome);
        return { status: 202, value: { runId } };
      } catch (error) {
        count(error instanceof HookRefused ? error.code : 'failed');
        throw problemWith(error);
      }
    },
  });
}

/** Our own faults are one answer too: what is wrong with a secret or a configuration is not for strangers. */
function problemWith(cause: unknown): ProblemError {
  const [status, code, message] = cause instanceof HookRefused ? ANSWERS[cause.code] : UNAVAILABLE;
  return Object.assign(new ProblemError(status, code, message), { cause });
}
