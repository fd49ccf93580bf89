// Answers as the caller gets them: HTTP results for the gateway, plain values and named errors for a direct
// invocation. Header names and error fields are those of the SLS API.
import type * as z from 'zod/mini';
import { HEADER } from '../../signing/index.ts';
import type { Problem } from './errors.ts';

/** What a function answers with. @typeParam Value what it sends as JSON, where the operation says */
export interface Reply<Value = unknown> {
  /** 200 if not given. */
  readonly status?: number;
  /** SLS's id of the request, where there was one request. */
  readonly requestId?: string;
  /** Sent as JSON; without it the body is empty. */
  readonly value?: Value;
  /** Sent instead of JSON. */
  readonly text?: { readonly type: string; readonly body: string };
  /** Beside those of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log, not for the caller. */
  readonly note?: Readonly<Record<string, unknown>>;
}

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

/** What an answer's schema says is sent; `schema` is a function that the document calls and bundles drop. */
export type AnswerOf<Make extends () => z.ZodMiniType> = Frozen<z.output<ReturnType<Make>>>;
export type ReplyOf<Make extends () => z.ZodMiniType> = Reply<AnswerOf<Make>>;

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export function httpReply({ status = 200, requestId, value, text, headers }: Reply): HttpResult {
  const more = { ...headers, ...(requestId !== undefined && { [HEADER.requestId]: requestId }) };
  if (text) return { statusCode: status, headers: { 'content-type': text.type, ...more }, body: text.body };
  if (value === undefined) return { statusCode: status, headers: more, body: '' };
  return { statusCode: status, headers: { ...JSON_TYPE, ...more }, body: JSON.stringify(value) };
}

/** A direct invocation gets the value; Lambda turns "nothing" into null, which says less than the request's id. */
export function directReply({ value, requestId }: Reply): unknown {
  return value ?? { requestId };
}

/** @param ownRequestId the id to give when SLS was not reached */
export function httpProblem(problem: Problem, ownRequestId: string): HttpResult {
  const requestId = problem.requestId ?? ownRequestId;
  return {
    statusCode: problem.status,
    headers: {
      ...JSON_TYPE,
      [HEADER.requestId]: requestId,
      ...(problem.retryAfterSeconds !== undefined && { 'retry-after': String(problem.retryAfterSeconds) }),
    },
    body: JSON.stringify({ errorCode: problem.code, errorMessage: problem.message, requestId }),
  };
}

/**
 * The error of a direct invocation: `errorType` is the code, `errorMessage` the message with the request id.
 * It carries no stack and no cause, since Lambda would send both to the caller.
 */
export function invocationError(problem: Problem, ownRequestId: string): Error {
  const error = new Error(`${problem.message} (request ${problem.requestId ?? ownRequestId})`);
  error.name = problem.code;
  error.stack = '';
  return error;
}
