// One structured line per request: what was asked, how it ended, under which ids SLS logged it.
import type { Outcome } from '../../sls/call.ts';
import { type Log, loggedError } from '../log.ts';
import type { Reply } from './answers.ts';
import type { Problem } from './errors.ts';
import type { Middleware } from './stack.ts';

type Traced = Pick<Parameters<NonNullable<Middleware['before']>>[0], 'internal' | 'context'>;

export function requestLine(name: string, log: Log, now: () => number) {
  let coldStart = true;

  return {
    served(request: Traced, { status = 200, note }: Reply): void {
      log('info', 'request', { ...fields(request, status), ...note });
    },
    failed(request: Traced, { status, code }: Problem, error: unknown): void {
      const line = { ...fields(request, status), errorCode: code, error: loggedError(error) };
      log(status < 500 ? 'warn' : 'error', 'request', line);
    },
  };

  function fields({ internal, context }: Traced, status: number) {
    const { startedAt = now(), invocation, caller, subject, outcomes } = internal;
    const first = coldStart;
    coldStart = false;
    return {
      function: name,
      status,
      caller,
      ...subject,
      slsRequests: outcomes?.map(told),
      requestId: invocation?.kind === 'http' ? invocation.requestId : context.awsRequestId,
      invocation: invocation?.kind,
      durationMs: Math.round(now() - startedAt),
      coldStart: first,
    };
  }
}

/** The id under which SLS logged an attempt, after the code of one that failed. */
function told({ requestId = '', error }: Outcome): string {
  return error ? `${error.code} ${requestId}`.trim() : requestId;
}
