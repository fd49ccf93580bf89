// What every inventory adapter is: something that reads the whole truth or says why it could not.
// An error is never turned into an empty list, and a part of the list is never passed off as all of it.

import type { Snapshot } from '../core/reading/snapshot.ts';

export interface Source {
  /** Unique in its group, as it appears in reports: `sources[0] ec2`. */
  readonly label: string;
  /**
   * Reads the inventory once. Resolves to machines with a proof of completeness, or with the reasons why
   * something is missing from them; rejects with {@link SourceError} when there is nothing to rely on.
   */
  snapshot(signal?: AbortSignal): Promise<Snapshot>;
}

/** Why a source could not be read. */
const SOURCE_PROBLEMS = [
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
export type SourceProblem = (typeof SOURCE_PROBLEMS)[number];

export interface SourceErrorDetails {
  readonly cause?: unknown;
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** The remote side's id of the request. */
  readonly requestId?: string | undefined;
}

/** A source that could not be read. Carries no header, body, query or credential. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceProblem;
  readonly source: string;
  readonly status?: number;
  readonly requestId?: string;

  constructor(code: SourceProblem, source: string, message: string, details: SourceErrorDetails = {}) {
    super(`${source}: ${message}`, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.source = source;
    if (details.status !== undefined) this.status = details.status;
    if (details.requestId !== undefined) this.requestId = details.requestId;
  }
}

/** Any error as one of the source's; those of the edges bring a `code`, a `status` and a `requestId`. */
export function sourceErrorOf(source: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const { code, message, status, requestId } = error as Partial<Record<string, unknown>>;
  return new SourceError(
    SOURCE_PROBLEMS.find((problem) => problem === code) ?? 'failed',
    source,
    typeof message === 'string' ? message : 'failed',
    {
      cause: error,
      status: typeof status === 'number' ? status : undefined,
      requestId: typeof requestId === 'string' ? requestId : undefined,
    },
  );
}
