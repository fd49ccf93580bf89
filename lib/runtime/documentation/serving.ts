// The route of an operation that serves one of SLS: method, path and errors are those of SLS's table.
import { type OperationName, routeOf } from '../../sls/operations.ts';
import { problemOf } from '../http/errors.ts';
import {
  type GroupOperation,
  projectNotAllowed,
  type RequestSchema,
  refusalFor,
} from '../http/group-function.ts';
import * as problems from './problems.ts';
import type { Route, RouteAnswer } from './route.ts';
import { PROJECT } from './samples.ts';

type Facts = Pick<Route, 'tag' | 'summary' | 'description' | 'body'> & {
  readonly method?: string;
  /** Operations of SLS that it calls before the one it serves. */
  readonly before?: readonly OperationName[];
  /** Whether it walks the pages of the listing that it serves. */
  readonly walks?: boolean;
  /** An empty body if not given. */
  readonly answer?: RouteAnswer;
  readonly problems?: Route['problems'];
};

const DONE: RouteAnswer = { description: 'Done. The body is empty.' };
const NO_PROJECT = 'projectName: is required, since there is no default project';

export function serving<Schema extends RequestSchema>(
  { serves, name = serves, request }: GroupOperation<Schema>,
  facts: Facts,
): Route {
  const { method, path } = routeOf(serves);
  const { before = [], walks = false, answer = DONE, ...rest } = facts;
  const operations = [...before, serves];
  const reads = answer.schema ? serves : before[0];
  return {
    operationId: name.charAt(0).toLowerCase() + name.slice(1),
    method,
    path,
    request,
    ...rest,
    operations,
    answers: [answer],
    problems: [
      ...operations.toReversed().flatMap(problems.documented),
      problems.refused(refusalFor(serves), NO_PROJECT),
      problemOf(projectNotAllowed(PROJECT)),
      ...(facts.body ? problems.ofBody(facts.body.types) : []),
      ...(facts.problems ?? []),
      ...problems.fromOutside(serves),
      ...(reads ? [problems.unreadable(reads)] : []),
      ...(walks ? [problems.inconsistent(serves)] : []),
    ],
  };
}
