// One parameter of the SSM Parameter Store, decrypted. The only file that knows its SDK.

import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ReadError } from '../core/reading/read-error.ts';
import { defined } from '../core/text/defined.ts';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

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
    return defined({ text: Parameter.Value, version: Parameter.Version });
  } catch (cause) {
    throw readErrorOf(doing, cause);
  } finally {
    client.destroy();
  }
}
