// The hooks: the one entrance without IAM. Whoever is refused learns a status and nothing else; the log
// and the metrics have the reason.
import * as z from 'zod/mini';
import { hookName } from '../../core/text/hook-name.ts';
import type { HookRequest } from '../../core/trigger/hook.ts';
import type { Route } from '../documentation/route.ts';
import { metricsServiceOf } from '../environment.ts';
import { createHookCounter } from '../hooks/metrics.ts';
import { type HookRefusal, HookRefused, receive } from '../hooks/receive.ts';
import type { HookRuntime } from '../hooks/wire.ts';
import { JSON_TYPES } from '../http/body.ts';
import { ProblemError, problemOf } from '../http/errors.ts';
import type { HttpFunction } from '../http/stack.ts';

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

export function operation(
  runtime: () => HookRuntime,
  env = process.env,
): HttpFunction<z.output<typeof hookInput>> {
  const count = createHookCounter(metricsServiceOf(env));
  return {
    name: 'Hook',
    from: ({ parameters, headers, body }) => ({ source: parameters.source ?? '', headers, body }),
    schema: hookInput,
    async run(input, { terms }) {
      try {
        const { outcome, runId } = await receive(runtime(), input.source, input, terms.due);
        count(outcome);
        // There is no IAM here: that it is signed with the hook's key is all that is known of who asks.
        return { status: 202, value: { runId }, note: { caller: `hook ${input.source}` } };
      } catch (error) {
        count(error instanceof HookRefused ? error.code : 'failed');
        throw problemWith(error);
      }
    },
  };
}

/** Our own faults are one answer too: what is wrong with a secret or a configuration is not for strangers. */
function problemWith(cause: unknown): ProblemError {
  const [status, code, message] = cause instanceof HookRefused ? ANSWERS[cause.code] : UNAVAILABLE;
  return Object.assign(new ProblemError(status, code, message), { cause });
}

export const documentation = (): Route => ({
  operationId: 'hook',
  method: 'POST',
  path: '/hooks/{source}',
  tag: 'sync',
  summary: 'Say that a source has changed',
  description:
    'For systems that cannot sign with AWS; whoever calls signs with the key of the hook. NetBox: X-Hook-Signature, HMAC-SHA512 of the body. Generic: X-Signature, HMAC-SHA256 of the time in X-Signature-Timestamp, a dot and the body. The groups that use the source are synced.',
  iam: false,
  operations: [],
  request: z.strictObject({
    source: hookName.check(z.describe('Name of the hook.')),
    body: z.looseObject({}),
  }),
  body: { types: JSON_TYPES, query: [], field: 'body', examples: { netbox: { event: 'updated' } } },
  answers: [
    {
      status: 202,
      description: 'The run that was asked for.',
      schema: z.object({ runId: z.string() }).check(z.meta({ id: 'HookRun' })),
    },
  ],
  problems: [UNAUTHORIZED, ANSWERS.unknown, ANSWERS['too-large'], UNAVAILABLE].map(
    ([status, code, message]) => problemOf(new ProblemError(status, code, message)),
  ),
});
