// One structured line per request: what was asked, how it ended, under which ids SLS logged it.
import { type Log, loggedError } from '../log.ts';
import type { Middleware } from './function.ts';

export function requestLine(name: string, log: Log, now: () => number): Middleware {
  let coldStart = true;
  const startedAt = new WeakMap<object, number>();

  return {
    before(request) {
      startedAt.set(request, now());
    },
    after(request) {
      const { status = 200, note } = request.internal;
      log('info', 'request', { ...fields(request, status), ...note });
    },
    onError(request) {
      const { problem } = request.internal;
      const status = problem?.status ?? 500;
      log(status < 500 ? 'warn' : 'error', 'request', {
        ...fields(request, status),
        errorCode: problem?.code,
        error: loggedError(request.internal.failure),
      });
    },
  };

  function fields(request: Parameters<NonNullable<Middleware['before']>>[0], status: number) {
    const { invocation, subject, attempts } = request.internal;
    const first = coldStart;
    coldStart = false;
    return {
      function: name,
      status,
      ...subject,
      slsRequests: attempts,
      requestId: invocation?.kind === 'http' ? invocation.requestId : request.context.awsRequestId,
      invocation: invocation?.kind,
      durationMs: Math.round(now() - (startedAt.get(request) ?? now())),
      coldStart: first,
    };
  }
}
