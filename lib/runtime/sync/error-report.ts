// What a report says of an error: code, message and request id, and nothing else that may hang on it.
import type { ErrorReport } from '../../core/report.ts';

export function errorReport(error: unknown): ErrorReport {
  if (!(error instanceof Error)) return { code: 'Unknown', message: 'something that is no error was thrown' };
  const { code, requestId } = error as { code?: unknown; requestId?: unknown };
  return {
    code: typeof code === 'string' ? code : error.name,
    message: error.message,
    ...(typeof requestId === 'string' && requestId !== '' && { requestId }),
  };
}
