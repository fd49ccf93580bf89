// An HTTP function that serves one operation of SLS: it fills in the default project, waits for the AccessKey and
// answers with the operation's documented errors.
import type * as z from 'zod/mini';
import type { CallOptions } from '../../sls/call.ts';
import type { SlsClient } from '../../sls/client.ts';
import { DOCUMENTED_ERRORS, OPERATIONS, type OperationName } from '../../sls/operations.ts';
import { log, type Runtime, startRuntime } from '../wire.ts';
import type { Reply } from './answers.ts';
import { invalidParameter } from './errors.ts';
import { httpFunction } from './function.ts';
import type { HttpInvocation } from './invocation.ts';

export interface GroupFunction<Input> {
  readonly operation: OperationName;
  /** How log lines name it, where the operation's own name would not do. */
  readonly name?: string;
  readonly from: (invocation: HttpInvocation) => unknown;
  readonly schema: z.ZodMiniType<Input>;
  readonly run: (
    input: Input & { project: string },
    sls: SlsClient,
    options: CallOptions,
    runtime: Runtime,
  ) => Promise<Reply>;
}

export function groupFunction<Input extends { projectName?: string | undefined }>(
  spec: GroupFunction<Input>,
  runtime: () => Runtime = startRuntime(),
) {
  const refusal = refusalFor(spec.operation);
  return httpFunction(
    {
      name: spec.name ?? spec.operation,
      refusal,
      from: spec.from,
      schema: spec.schema,
      admit(input) {
        const project = input.projectName ?? runtime().config.defaultProject;
        if (project !== undefined) return { ...input, project };
        throw invalidParameter(refusal, ['projectName: is required, there is no default project']);
      },
      ready: () => runtime().accessKey.get(),
      run: (input, { options }) => spec.run(input, runtime().sls, options, runtime()),
    },
    log,
    Date.now,
  );
}

/** How the refusal of a wrong request begins: as documented, where the operation documents one. */
export function refusalFor(operation: OperationName): string {
  const documented: readonly string[] = OPERATIONS[operation].errors;
  return documented.includes('invalid-parameter')
    ? DOCUMENTED_ERRORS['invalid-parameter'].message
    : 'invalid request.';
}
