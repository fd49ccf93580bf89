// An HTTP function that serves one operation of SLS: it fills in the default project, binds the client to the request
// and answers with the operation's documented errors.

import * as z from 'zod/mini';
import { fault } from '../../core/text/issues.ts';
import type { SlsClient } from '../../sls/client.ts';
import { DOCUMENTED_ERRORS, OPERATIONS, type OperationName } from '../../sls/operations.ts';
import { type Runtime, startRuntime } from '../wire.ts';
import type { Reply } from './answers.ts';
import { ProblemError } from './errors.ts';
import { httpFunction } from './function.ts';
import type { HttpInvocation } from './invocation.ts';

/** Schema of a request: it may name the project. */
export type RequestSchema = z.ZodMiniType<{ projectName?: string | undefined }>;

/** A request as an operation gets it: checked, its project known. */
export type Asked<Schema extends RequestSchema> = z.output<Schema> & { readonly project: string };

/** What a file of lib/runtime/operations exports as `operation`. */
export interface GroupOperation<Schema extends RequestSchema> {
  /** The operation of SLS that it serves. */
  readonly serves: OperationName;
  /** How log lines and the document name it, where the served operation's own name would not do. */
  readonly name?: string;
  /** Where in an HTTP request the input is. */
  readonly from: (invocation: HttpInvocation) => unknown;
  readonly request: Schema;
  /** Fields of path and query that never stand in the body. */
  readonly besideBody?: readonly string[];
  /** @param due when the request has to be answered, in milliseconds since the epoch */
  readonly run: (asked: Asked<Schema>, sls: SlsClient, runtime: Runtime, due: number) => Promise<Reply>;
}

export function groupFunction<Schema extends RequestSchema>(
  { serves, name = serves, from, request, besideBody = [], run }: GroupOperation<Schema>,
  runtime: () => Runtime = startRuntime(),
) {
  return httpFunction({
    name,
    refusal: refusalFor(serves),
    besideBody,
    from,
    errorNames: () => runtime().config.errorNames,
    schema: inProject(request, () => runtime().config.defaultProject),
    run: async (asked, { terms, caller }) => {
      const { sls, config } = runtime();
      if (config.projects?.has(asked.project) === false) throw projectNotAllowed(asked.project);
      return run(asked, sls.with(terms), { ...runtime(), caller }, terms.due);
    },
  });
}

export function projectNotAllowed(project: string): ProblemError {
  const says = `project ${project} is not served by this deployment: its deployer lists those that are in slsProjects.`;
  return new ProblemError(403, 'ProjectNotAllowed', says);
}

/** The same input with its project, named or the default one. */
function inProject<Schema extends RequestSchema>(
  schema: Schema,
  defaultProject: () => string | undefined,
): z.ZodMiniType<Asked<Schema>> {
  const withProject = z.transform((input: z.output<Schema>, context) => {
    const project = input.projectName ?? defaultProject();
    if (project !== undefined) return { ...input, project };
    fault(context, ['projectName'], 'is required, since there is no default project');
    return z.NEVER;
  });
  return z.pipe(schema, withProject);
}

/** How the refusal of a wrong request begins: as documented, where the operation documents one. */
export function refusalFor(operation: OperationName): string {
  const documented: readonly string[] = OPERATIONS[operation].errors;
  return documented.includes('invalid-parameter')
    ? DOCUMENTED_ERRORS['invalid-parameter'].message
    : 'invalid request.';
}
