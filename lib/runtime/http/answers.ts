// Answers as the caller gets them: HTTP results for the gateway, plain values and named errors for a direct
// invocation. Header names and error fields are those of the SLS API.
import { HEADER } from '../../signing/index.ts';
import type { Problem } from './errors.ts';

/** What a function answers with: the value to send, if any, and SLS's id of the request. */
export interface Reply {
  readonly requestId: string;
  readonly value?: unknown;
}

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export function httpReply({ requestId, value }: Reply): HttpResult {
  const headers = { [HEADER.requestId]: requestId };
  return value === undefined
    ? { statusCode: 200, headers, body: '' }
    : { statusCode: 200, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(value) };
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
