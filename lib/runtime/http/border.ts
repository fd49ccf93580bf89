// The border of an HTTP function: what comes in is parsed and validated here, what goes out is shaped here.
import * as z from 'zod/mini';
import { describeIssues } from '../../core/issues.ts';
import type { CallOptions } from '../../sls/call.ts';
import { SlsError } from '../../sls/errors.ts';
import { requestIdOf } from '../../sls/exchange.ts';
import { DOCUMENTED_ERRORS, OPERATIONS } from '../../sls/operations.ts';
import type { Runtime } from '../wire.ts';
import { httpProblem, httpReply, invocationError, type Reply } from './answers.ts';
import { problemOf, RequestError } from './errors.ts';
import type { GroupInput, HttpFunction, Middleware, Prepared, Trace } from './function.ts';
import { readInvocation } from './invocation.ts';

/** Milliseconds kept back from Lambda's own deadline to answer in. */
const ANSWER_MARGIN_MS = 500;

export function border<Input extends GroupInput>(
  spec: HttpFunction<Input>,
  runtime: () => Runtime,
): Middleware {
  return {
    before(request) {
      const invocation = readInvocation(request.event);
      request.internal.invocation = invocation;
      const given = invocation.kind === 'http' ? spec.from(invocation) : invocation.input;
      const input = validate(spec, given);
      const project = input.projectName ?? runtime().config.defaultProject;
      if (project === undefined)
        throw refusal(spec, ['projectName: is required, there is no default project']);
      request.internal.project = project;
      request.internal.group = input.groupName;
      const remaining = request.context.getRemainingTimeInMillis?.();
      request.event = {
        input: { ...input, project },
        options: {
          timeoutMs: remaining === undefined ? undefined : remaining - ANSWER_MARGIN_MS,
          observe: recordAttempts(request.internal),
        },
      } satisfies Prepared<Input>;
    },
    after(request) {
      const reply = request.response as Reply;
      const direct = request.internal.invocation?.kind === 'direct';
      // Lambda turns "nothing" into null, which says less than the id of the request.
      request.response = direct ? (reply.value ?? { requestId: reply.requestId }) : httpReply(reply);
    },
    onError(request) {
      const problem = problemOf(request.error);
      const { invocation } = request.internal;
      const ownId =
        (invocation?.kind === 'http' && invocation.requestId) || request.context.awsRequestId || '';
      request.internal.problem = problem;
      request.internal.failure = request.error;
      if (invocation?.kind === 'http') request.response = httpProblem(problem, ownId);
      else request.error = invocationError(problem, ownId);
    },
  };
}

function validate<Input>(spec: HttpFunction<Input>, given: unknown): Input {
  const parsed = z.safeParse(spec.schema, given, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw refusal(spec, describeIssues(parsed.error, given));
}

/** The documented refusal, followed by what is wrong and where. */
function refusal({ operation }: { operation: HttpFunction<unknown>['operation'] }, lines: readonly string[]) {
  const { status, code, message } = DOCUMENTED_ERRORS['invalid-parameter'];
  const documented = (OPERATIONS[operation].errors as readonly string[]).includes('invalid-parameter');
  return new RequestError(status, code, `${documented ? message : 'invalid request.'} ${lines.join('; ')}`);
}

function recordAttempts(trace: Trace): NonNullable<CallOptions['observe']> {
  const attempts: string[] = [];
  trace.attempts = attempts;
  return (outcome) =>
    attempts.push(
      outcome instanceof SlsError
        ? `${outcome.code} ${outcome.requestId ?? ''}`.trim()
        : requestIdOf(outcome),
    );
}
