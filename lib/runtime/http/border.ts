// The border of an HTTP function: what comes in is parsed and validated here, what goes out is shaped here.
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { describeIssues } from '../../core/issues.ts';
import type { CallOptions } from '../../sls/call.ts';
import { SlsError } from '../../sls/errors.ts';
import { requestIdOf } from '../../sls/exchange.ts';
import { directReply, httpProblem, httpReply, invocationError, type Reply } from './answers.ts';
import { invalidParameter, problemOf } from './errors.ts';
import type { HttpFunction, Middleware, Prepared, Trace } from './function.ts';
import { readInvocation } from './invocation.ts';

/** Milliseconds kept back from Lambda's own deadline to answer in. */
const ANSWER_MARGIN_MS = 500;

export function border<Input, Admitted>(spec: HttpFunction<Input, Admitted>): Middleware {
  return {
    before(request) {
      const invocation = readInvocation(request.event);
      request.internal.invocation = invocation;
      const given = invocation.kind === 'http' ? spec.from(invocation) : invocation.input;
      const input = spec.admit(validate(spec, given));
      request.internal.subject = subjectOf(input);
      const options = callOptions(request.context, recordAttempts(request.internal));
      request.event = {
        input,
        call: { options, ...(invocation.kind === 'http' && { http: invocation }) },
      } satisfies Prepared;
    },
    after(request) {
      const reply = request.response as Reply;
      const { internal } = request;
      internal.status = reply.status ?? 200;
      internal.note = reply.note;
      request.response = internal.invocation?.kind === 'direct' ? directReply(reply) : httpReply(reply);
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

function validate<Input, Admitted>(spec: HttpFunction<Input, Admitted>, given: unknown): Input {
  const parsed = z.safeParse(spec.schema, given, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidParameter(spec.refusal, describeIssues(parsed.error, given));
}

/** The time that is left is asked for by each call anew: the calls of one request share it. */
function callOptions(context: Context, observe: CallOptions['observe']): CallOptions {
  return {
    get timeoutMs() {
      const remaining = context.getRemainingTimeInMillis?.();
      return remaining === undefined ? undefined : remaining - ANSWER_MARGIN_MS;
    },
    observe,
  };
}

/** Names that tell in a log line what a request was about. */
function subjectOf(input: unknown): Readonly<Record<string, unknown>> {
  const given = (input ?? {}) as Record<string, unknown>;
  const { project, groupName: group, configName: config, groups, mode, action, force, reason } = given;
  return { project, group, config, groups, mode, action, force, reason };
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
