// The types of the HTTP stack: what a function says of itself, and what is known of one invocation on its way.
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Retired } from '../../core/text/issues.ts';
import type { CallTerms, Outcome } from '../../sls/call.ts';
import type { ErrorNames } from '../environment.ts';
import type { Reply } from './answers.ts';
import type { HttpInvocation, Invocation } from './invocation.ts';

export interface HttpFunction<Input> {
  /** How log lines name it. */
  readonly name: string;
  /** How the refusal of a wrong request begins; "invalid request." if not given. */
  readonly refusal?: string;
  /** Fields that never stand in the body: of a request in which these alone are wrong, `refusal` says nothing. */
  readonly besideBody?: readonly string[];
  /** Where in an HTTP request the input is; a direct invocation is the input itself. */
  readonly from: (invocation: HttpInvocation) => unknown;
  readonly schema: z.ZodMiniType<Input>;
  /** What to do about fields of earlier releases, by their path. */
  readonly retired?: Retired;
  readonly run: (input: Input, request: Request) => Promise<Reply>;
  /** Which error codes callers are told. */
  readonly errorNames?: () => ErrorNames;
}

/** What is known of a request beside its input. */
export interface Request {
  /** What its calls to SLS have in common. */
  readonly terms: CallTerms & { readonly due: number };
  /** Absent in a direct invocation. */
  readonly http?: HttpInvocation;
  /** Who asks: see caller.ts. */
  readonly caller: string | undefined;
}

/** What is learnt of an invocation on its way, for its answer and its line in the log. */
export interface Trace extends Record<string, unknown> {
  /** Milliseconds since the epoch. */
  startedAt?: number;
  invocation?: Invocation;
  caller?: string;
  /** What the request is about. */
  subject?: Readonly<Record<string, unknown>>;
  /** Of the attempts at SLS. */
  outcomes?: Outcome[];
}

export type Middleware = MiddlewareObj<unknown, unknown, Error, Context, Trace>;

/** What the border hands to the handler in place of the event. */
export interface Prepared {
  readonly input: unknown;
  readonly request: Request;
}
