// Credentials of a role in another account. The only file that knows the STS SDK.

import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentials } from '../core/reading/edges.ts';
import { ReadError } from '../core/reading/read-error.ts';
import { defined } from '../core/text/defined.ts';
import { ROLE_SESSION_SECONDS } from '../core/time/timeouts.ts';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

export interface Role {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
}

/** @throws {ReadError} */
export async function assumeRole(
  { roleArn, externalId }: Role,
  options: AwsClientOptions,
  abortSignal?: AbortSignal,
): Promise<AwsCredentials> {
  const client = new STSClient(clientConfig(options));
  try {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: 'sls-machine-groups',
        DurationSeconds: ROLE_SESSION_SECONDS,
        ...defined({ ExternalId: externalId }),
      }),
      defined({ abortSignal }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
      throw new ReadError('malformed', `AssumeRole ${roleArn}: the answer holds no credentials`);
    }
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  } catch (cause) {
    throw readErrorOf(`AssumeRole ${roleArn}`, cause);
  } finally {
    client.destroy();
  }
}
