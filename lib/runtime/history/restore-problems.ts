// Why a restore is not made.
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';

const STATUS = {
  RunNotExist: 404,
  NothingBefore: 409,
  MembersNotKept: 409,
  KindChanged: 409,
  RestoreChanged: 409,
} as const;

export function unrestorable(code: keyof typeof STATUS, says: string): ProblemError {
  return new ProblemError(STATUS[code], code, `${says}.`);
}

/** For the OpenAPI document. */
export function restoreProblems(): Problem[] {
  const codes = Object.keys(STATUS) as (keyof typeof STATUS)[];
  return codes.map((code) => problemOf(unrestorable(code, 'why there is no way back')));
}
