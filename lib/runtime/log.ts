// One JSON object a line on stdout: a fixed event name and fields. Errors are reduced to an allow-list, so that
// nothing that hangs on an error by accident gets out.
import { escapeInvisible } from '../core/issues.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => void;

/** @param write takes one line without its newline; @param now gives milliseconds since the epoch */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, event, fields) => {
    write(escapeInvisible(JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields })));
  };
}

/** The log of this process. */
export const log: Log = createLog((line) => process.stdout.write(`${line}\n`), Date.now);

export interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly cause?: LoggedError;
}

/** Name, message and code of an error and of what caused it, four deep at the most. */
export function loggedError(error: unknown, depth = 4): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, message: '' };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(depth > 1 && error.cause !== undefined && { cause: loggedError(error.cause, depth - 1) }),
  };
}
