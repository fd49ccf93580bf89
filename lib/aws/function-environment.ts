// The variables of a deployed function. The only file that knows the SDK of Lambda.
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

/** @throws {ReadError} */
export async function functionEnvironment(
  name: string,
  options: AwsClientOptions = {},
): Promise<Readonly<Record<string, string>>> {
  const client = new LambdaClient(clientConfig(options));
  try {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return Environment?.Variables ?? {};
  } catch (cause) {
    throw readErrorOf(`GetFunctionConfiguration ${name}`, cause);
  } finally {
    client.destroy();
  }
}
