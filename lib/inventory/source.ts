// What every inventory adapter is: something that reads the whole truth or says why it could not.
// An error is never turned into an empty list, and a part of the list is never passed off as all of it.

import {
  READ_PROBLEMS,
  ReadError,
  type ReadErrorDetails,
  type ReadProblem,
} from '../core/reading/read-error.ts';
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

/** A source that could not be read. */
export class SourceError extends ReadError {
  override readonly name = 'SourceError';
  readonly source: string;

  constructor(code: ReadProblem, source: string, message: string, details?: ReadErrorDetails) {
    super(code, `${source}: ${message}`, details);
    this.source = source;
  }
}

/** Any error as one of the source's; those of the edges bring a `code`, a `status` and a `requestId`. */
export function sourceErrorOf(source: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const { code, message, status, requestId } = error as Partial<Record<string, unknown>>;
  return new SourceError(
    READ_PROBLEMS.find((problem) => problem === code) ?? 'failed',
    source,
    typeof message === 'string' ? message : 'failed',
    {
      cause: error,
      status: typeof status === 'number' ? status : undefined,
      requestId: typeof requestId === 'string' ? requestId : undefined,
    },
  );
}
