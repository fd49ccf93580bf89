// An HTTP function that serves one operation of SLS: it fills in the default project, binds the client to the request
// and answers with the operation's documented errors.

import * as z from 'zod/mini';
import { fault } from '../../core/text/issues.ts';
import type { SlsClient } from '../../sls/client.ts';
import { DOCUMENTED_ERRORS, OPERATIONS, type OperationName } from '../../sls/operations.ts';
import { type Runtime, startRuntime } from '../wire.ts';
import type { Reply } from './answers.ts';
import { httpFunction } from './function.ts';
import type { HttpInvocation } from './invocation.ts';

export interface GroupFunction<Input> {
  readonly operation: OperationName;
  /** How log lines name it, where the operation's own name would not do. */
  readonly name?: string;
  readonly from: (invocation: HttpInvocation) => unknown;
  readonly schema: z.ZodMiniType<Input>;
  readonly run: (input: Input & { project: string }, sls: SlsClient, runtime: Runtime) => Promise<Reply>;
}

export function groupFunction<Input extends { projectName?: string | undefined }>(
  spec: GroupFunction<Input>,
  runtime: () => Runtime = startRuntime(),
) {
  return httpFunction({
    name: spec.name ?? spec.operation,
    refusal: refusalFor(spec.operation),
    from: spec.from,
    schema: inProject(spec.schema, () => runtime().config.defaultProject),
    run: (input, { terms }) => spec.run(input, runtime().sls.with(terms), runtime()),
  });
}

/** The same input with its project, named or the default one. */
function inProject<Input extends { projectName?: string | undefined }>(
  schema: z.ZodMiniType<Input>,
  defaultProject: () => string | undefined,
): z.ZodMiniType<Input & { project: string }> {
  const withProject = z.transform((input: Input, context) => {
    const project = input.projectName ?? defaultProject();
    if (project !== undefined) return { ...input, project };
    fault(context, ['projectName'], 'is required, there is no default project');
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
