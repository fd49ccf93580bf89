// An HTTP function as a middy stack: a log line around everything, the border (parse, validate, answer), what
// has to be ready, then the one thing the function does.
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { CallOptions } from '../../sls/call.ts';
import type { Log } from '../log.ts';
import type { Reply } from './answers.ts';
import { border } from './border.ts';
import type { Problem } from './errors.ts';
import type { HttpInvocation, Invocation } from './invocation.ts';
import { requestLine } from './request-line.ts';

export interface HttpFunction<Input, Admitted = Input> {
  /** How log lines name it. */
  readonly name: string;
  /** How the refusal of a wrong request begins. */
  readonly refusal: string;
  /** Where in an HTTP request the input is; a direct invocation is the input itself. */
  readonly from: (invocation: HttpInvocation) => unknown;
  readonly schema: z.ZodMiniType<Input>;
  /** Completes the input. @throws ProblemError for one that cannot be served */
  readonly admit: (input: Input) => Admitted;
  /** Waited for once the input is admitted. */
  readonly ready: () => Promise<unknown>;
  readonly run: (input: Admitted, invocation: Call) => Promise<Reply>;
}

/** What is known of an invocation beside its input. */
export interface Call {
  readonly options: CallOptions;
  /** Absent in a direct invocation. */
  readonly http?: HttpInvocation;
}

/** What the middlewares of one invocation share. */
export interface Trace extends Record<string, unknown> {
  invocation?: Invocation;
  /** What the request is about, for the log. */
  subject?: Readonly<Record<string, unknown>>;
  /** Request ids of the attempts at SLS, or the code where there was no answer. */
  attempts?: string[];
  status?: number;
  /** What else the log shall say of a request that was served. */
  note?: Readonly<Record<string, unknown>> | undefined;
  problem?: Problem;
  failure?: Error | null | undefined;
}

export type Middleware = MiddlewareObj<unknown, unknown, Error, Context, Trace>;

/** What the border hands to the handler in place of the event. */
export interface Prepared {
  readonly input: unknown;
  readonly call: Call;
}

export function httpFunction<Input, Admitted>(
  spec: HttpFunction<Input, Admitted>,
  log: Log,
  now: () => number,
) {
  const ready: Middleware = {
    async before() {
      await spec.ready();
    },
  };
  const run = async ({ input, call }: Prepared) => spec.run(input as Admitted, call);
  // The SLS client keeps the deadline, so that a late answer still names the call that was slow.
  return middy<unknown, unknown, Error, Context, Trace>({ timeoutEarlyInMillis: 0 })
    .use(requestLine(spec.name, log, now))
    .use(border(spec))
    .use(ready)
    .handler(run as (event: unknown) => Promise<unknown>);
}
