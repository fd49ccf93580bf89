// What every inventory adapter is: something that reads the whole truth or says why it could not.
// An error is never turned into an empty list, and a part of the list is never passed off as all of it.

import type { Shown } from '../core/reading/part.ts';
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
  /**
   * What the same reading shows of tags, where its records carry any.
   * @throws SourceError
   */
  shown?(keys: readonly string[], signal?: AbortSignal): Promise<Shown>;
}

/** A source that could not be read. */
export class SourceError extends ReadError {
  override readonly name = 'SourceError';
  readonly source: string;

  constructor(code: ReadProblem, source: string, message: string, details?: ReadErrorDetails) {
    super(code, `${source}: ${message}`, details);
    this.source = source;
  }

  /** The message without the source. */
  get says(): string {
    return this.message.slice(`${this.source}: `.length);
  }
}

/** The same error in other words, or of another source. */
export function reworded(
  { code, cause, status, requestId }: SourceError,
  source: string,
  says: string,
): SourceError {
  return new SourceError(code, source, says, { cause, status, requestId });
}

/**
 * Any error as one of the source's; those of the edges bring a `code`, a `status` and a `requestId`. That of a reading which
 * another group's source has begun gets the label of this one.
 */
export function sourceErrorOf(source: string, error: unknown): SourceError {
  if (error instanceof SourceError && error.source === source) return error;
  if (error instanceof SourceError) return reworded(error, source, error.says);
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
