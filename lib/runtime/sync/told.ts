// What a report tells of calls and of errors: codes, messages and request ids, and nothing else that may hang on them.

import type { ErrorReport, RequestReport } from '../../core/report/report.ts';
import { defined } from '../../core/text/defined.ts';
import type { Outcome } from '../../sls/call.ts';

/** One report a call, in the order in which their first attempts ended. */
export function requestReports(outcomes: readonly Outcome[]): RequestReport[] {
  return [...Map.groupBy(outcomes, ({ call }) => call)].map(([{ operation }, attempts]) => {
    const { status, requestId } = attempts.at(-1) ?? {};
    return {
      operation,
      ...defined({ status, requestId: requestId || undefined }),
      attempts: attempts.length,
      throttled: attempts.filter(({ error }) => error?.kind === 'throttled').length,
    };
  });
}

export function errorReport(error: unknown): ErrorReport {
  if (!(error instanceof Error))
    return { code: 'Unknown', message: 'something other than an error was thrown' };
  const { code, requestId } = error as { code?: unknown; requestId?: unknown };
  return {
    code: typeof code === 'string' ? code : error.name,
    message: error.message,
    ...(typeof requestId === 'string' && requestId !== '' && { requestId }),
  };
}
