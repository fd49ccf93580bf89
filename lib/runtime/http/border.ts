// The border of an HTTP function: what comes in is parsed and validated here, what goes out is shaped here, and a
// line in the log says both.

import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { defined } from '../../core/text/defined.ts';
import { describeIssues } from '../../core/text/issues.ts';
import { ANSWER_MARGIN_MS, SLS_CALL_MS } from '../../core/time/timeouts.ts';
import type { Outcome } from '../../sls/call.ts';
import type { Log } from '../log.ts';
import { directReply, httpProblem, httpReply, invocationError, type Reply } from './answers.ts';
import { callerOf } from './caller.ts';
import { invalidParameter, problemOf } from './errors.ts';
import { readInvocation } from './invocation.ts';
import { requestLine } from './request-line.ts';
import type { HttpFunction, Middleware, Prepared } from './stack.ts';

export function border<Input>(spec: HttpFunction<Input>, log: Log, now: () => number): Middleware {
  const line = requestLine(spec.name, log, now);
  return {
    before(request) {
      const { internal } = request;
      internal.startedAt = now();
      const invocation = readInvocation(request.event);
      internal.invocation = invocation;
      const caller = callerOf(invocation, request.context);
      Object.assign(internal, defined({ caller }));
      const input = validate(spec, invocation.kind === 'http' ? spec.from(invocation) : invocation.input);
      internal.subject = subjectOf(input);
      const outcomes: Outcome[] = [];
      internal.outcomes = outcomes;
      const terms = {
        due: dueOf(request.context, now()),
        observe: (outcome: Outcome) => void outcomes.push(outcome),
      };
      request.event = {
        input,
        request: { terms, caller, ...(invocation.kind === 'http' && { http: invocation }) },
      } satisfies Prepared;
    },
    after(request) {
      const reply = request.response as Reply;
      const isDirect = request.internal.invocation?.kind === 'direct';
      request.response = isDirect ? directReply(reply) : httpReply(reply);
      line.served(request, reply);
    },
    onError(request) {
      const { error, context, internal } = request;
      const problem = problemOf(error, spec.errorNames);
      const { invocation } = internal;
      const ownId = (invocation?.kind === 'http' && invocation.requestId) || context.awsRequestId || '';
      if (invocation?.kind === 'http') request.response = httpProblem(problem, ownId);
      else request.error = invocationError(problem, ownId);
      line.failed(request, problem, error);
    },
  };
}

const INVALID = 'invalid request.';

function validate<Input>(
  { schema, refusal = INVALID, besideBody = [], retired }: HttpFunction<Input>,
  given: unknown,
): Input {
  const parsed = z.safeParse(schema, given, { reportInput: true });
  if (parsed.success) return parsed.data;
  const isBeside = parsed.error.issues.every(({ path: [field] }) => besideBody.includes(String(field)));
  throw invalidParameter(isBeside ? INVALID : refusal, describeIssues(parsed.error, given, retired));
}

function dueOf(context: Context, now: number): number {
  const left = context.getRemainingTimeInMillis?.();
  return now + (left === undefined ? SLS_CALL_MS[0] : left - ANSWER_MARGIN_MS);
}

/** Names that tell in a log line what a request was about. */
function subjectOf(input: unknown): Readonly<Record<string, unknown>> {
  const given = (input ?? {}) as Record<string, unknown>;
  const {
    project,
    group,
    groupName = group,
    configName: config,
    groups,
    mode,
    action,
    force,
    reason,
  } = given;
  return { project, group: groupName, config, groups, mode, action, force, reason };
}
