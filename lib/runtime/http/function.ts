// An HTTP function as a middy stack: a log line around everything, the border (parse, validate, answer), the
// AccessKey, then the one call the function is for.
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { CallOptions } from '../../sls/call.ts';
import type { SlsClient } from '../../sls/client.ts';
import type { OperationName } from '../../sls/operations.ts';
import { log, type Runtime, startRuntime } from '../wire.ts';
import type { Reply } from './answers.ts';
import { border } from './border.ts';
import type { Problem } from './errors.ts';
import type { HttpInvocation, Invocation } from './invocation.ts';
import { requestLine } from './request-line.ts';

export interface HttpFunction<Input> {
  readonly operation: OperationName;
  /** Where in an HTTP request the input is; a direct invocation is the input itself. */
  readonly from: (invocation: HttpInvocation) => unknown;
  readonly schema: z.ZodMiniType<Input>;
  readonly run: (input: Input & { project: string }, sls: SlsClient, options: CallOptions) => Promise<Reply>;
}

/** What the middlewares of one invocation share. */
export interface Trace extends Record<string, unknown> {
  invocation?: Invocation;
  project?: string;
  group?: string | undefined;
  /** Request ids of the attempts at SLS, or the code where there was no answer. */
  attempts?: string[];
  problem?: Problem;
  failure?: Error | null | undefined;
}

export type Middleware = MiddlewareObj<unknown, unknown, Error, Context, Trace>;

/** What the border hands to the handler in place of the event. */
export interface Prepared<Input> {
  readonly input: Input & { project: string };
  readonly options: CallOptions;
}

/** Every request names a group and may name its project. */
export interface GroupInput {
  readonly projectName?: string | undefined;
  readonly groupName?: string | undefined;
}

export function httpFunction<Input extends GroupInput>(
  spec: HttpFunction<Input>,
  runtime: () => Runtime = startRuntime(),
) {
  const run = async ({ input, options }: Prepared<Input>) => spec.run(input, runtime().sls, options);
  // The SLS client keeps the deadline, so that a late answer still names the call that was slow.
  return middy<unknown, unknown, Error, Context, Trace>({ timeoutEarlyInMillis: 0 })
    .use(requestLine(spec.operation, log, Date.now))
    .use(border(spec, runtime))
    .use(accessKey(runtime))
    .handler(run as (event: unknown) => Promise<unknown>);
}

/** Waits for the AccessKey, which has been loading since the start: a missing one is a 500 or 503, not a call. */
function accessKey(runtime: () => Runtime): Middleware {
  return {
    async before() {
      await runtime().accessKey.get();
    },
  };
}
