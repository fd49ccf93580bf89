// One JSON object a line on stdout: a fixed event name and fields. Errors are reduced to an allow-list, so that
// nothing that hangs on an error by accident gets out.
import { escapeInvisible } from '../core/text/issues.ts';
import { bytesOf, within } from '../core/text/json-size.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => void;

/** Bytes of a line. CloudWatch Logs takes events of 1 MiB; what its lines are sent on to often takes 256 KiB. */
const LINE_MAX_BYTES = 128 * 1024;

/** A line that would be too long has its texts and lists cut. @param write takes one line without its newline; @param now gives milliseconds since the epoch */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, event, fields) => {
    const head = { time: new Date(now()).toISOString(), level, event };
    const lineOf = (rest: unknown) => escapeInvisible(JSON.stringify({ ...head, ...(rest as object) }));
    const line = lineOf(fields);
    write(
      isShort(line)
        ? line
        : lineOf(within(JSON.parse(JSON.stringify(fields)), (rest) => isShort(lineOf(rest)))),
    );
  };
}

/** The log of this process. */
export const log: Log = createLog((line) => process.stdout.write(`${line}\n`), Date.now);

function isShort(line: string): boolean {
  // No unit of a text takes more than three bytes.
  return line.length * 3 <= LINE_MAX_BYTES || bytesOf(line) <= LINE_MAX_BYTES;
}

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
