// One parameter of the SSM Parameter Store, decrypted. The only file that knows its SDK.

import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { ReadError, readErrorOf } from './read-error.ts';

/** @throws {ReadError} */
export async function readParameter(
  name: string,
  abortSignal: AbortSignal,
  options: AwsClientOptions,
): Promise<{ readonly text: string; readonly version?: number }> {
  const client = new SSMClient(clientConfig(options));
  const doing = `GetParameter ${name}`;
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), {
      abortSignal,
    });
    if (Parameter?.Value === undefined) throw new ReadError('malformed', `${doing}: the answer has no value`);
    const { Value: text, Version: version } = Parameter;
    return version === undefined ? { text } : { text, version };
  } catch (cause) {
    throw readErrorOf(doing, cause);
  } finally {
    client.destroy();
  }
}
