// A read that failed, in words that do not depend on what was read or through which service.

/** Why something could not be read. */
export const READ_PROBLEMS = [
  /** Name not resolved, connection refused or reset, TLS failure. */
  'unreachable',
  /** The time for the whole read ran out. */
  'timeout',
  /** The caller gave up. */
  'aborted',
  /** Credentials missing, wrong, or not allowed to (HTTP 401 and 403, AWS access denied). */
  'forbidden',
  'not-found',
  'throttled',
  /** Any other answer that is not a success. */
  'status',
  /** A redirect to another host, or too many of them. */
  'redirect',
  /** A URL or an address that this function must not connect to. */
  'egress',
  'too-large',
  'content-type',
  /** Not the format it should be: invalid JSON or UTF-8, a missing field of the envelope. */
  'malformed',
  /** Ended before its announced length. */
  'truncated',
  /** The inventory's own total is not the number of records it gave. */
  'count',
  /** Changed while it was being read. */
  'changed',
  /** What an SDK or the system reported and no other word fits. */
  'failed',
] as const;
export type ReadProblem = (typeof READ_PROBLEMS)[number];

export interface ReadErrorDetails {
  readonly cause?: unknown;
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** The remote side's id of the request. */
  readonly requestId?: string | undefined;
}

/** Carries no header, body, query or credential. */
export class ReadError extends Error {
  override readonly name: string = 'ReadError';
  readonly code: ReadProblem;
  readonly status?: number;
  readonly requestId?: string;

  constructor(code: ReadProblem, message: string, { cause, status, requestId }: ReadErrorDetails = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    if (status !== undefined) this.status = status;
    if (requestId !== undefined) this.requestId = requestId;
  }
}
