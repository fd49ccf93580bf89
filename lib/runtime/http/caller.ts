// Who asks, as far as AWS tells it: nothing that a request says of itself. Who may invoke a function directly can make up
// an event with any ARN in it, so what the ARN proves is only as good as the right to invoke is narrow.
import type { Context } from 'aws-lambda';
import type { Invocation } from './invocation.ts';

/** An ARN where the gateway has checked IAM; undefined where it has not, as for hooks. */
export function callerOf(invocation: Invocation, context: Partial<Context>): string | undefined {
  return invocation.kind === 'http' ? invocation.caller : directCaller(context);
}

/** Lambda tells a function nothing of who invoked it, but which version or alias was. */
export function directCaller({ invokedFunctionArn }: Partial<Context>): string {
  return invokedFunctionArn === undefined
    ? 'a direct invocation'
    : `a direct invocation of ${invokedFunctionArn}`;
}
