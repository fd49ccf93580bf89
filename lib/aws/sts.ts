// Credentials of a role in another account. The only file that knows the STS SDK.

import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsClientOptions, type AwsCredentials, clientConfig } from './client-options.ts';
import { ReadError, readErrorOf } from './read-error.ts';

/** The shortest session STS gives, in seconds: the credentials serve one reading. */
const SESSION_SECONDS = 900;

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
        DurationSeconds: SESSION_SECONDS,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      }),
      abortSignal === undefined ? {} : { abortSignal },
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
