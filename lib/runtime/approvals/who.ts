// Who approves, in words that are the same for the same person.
import { ProblemError } from '../http/errors.ts';
import type { Request } from '../http/stack.ts';

/** @throws ProblemError where two people have to be told apart, and nobody says who this is */
export function whoOf({ http, caller }: Request, approvers: 1 | 2): string {
  if (approvers === 2 && http?.caller === undefined) throw unnamed();
  return caller ?? 'a caller without a name';
}

export const unnamed = () =>
  new ProblemError(
    403,
    'CallerUnnamed',
    'two people have to approve here, and nothing says who this is: approve through the API, whose gateway tells the ARN of the caller.',
  );
