// A secret with the time of its current version, which the reader of secrets has no use for.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

export interface SecretVersion {
  /** Undefined where the secret has no text. */
  readonly text: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | undefined;
}

/** @throws {ReadError} which tells nothing of the value */
export async function readSecretVersion(
  secretId: string,
  options: AwsClientOptions = {},
): Promise<SecretVersion> {
  const client = new SecretsManagerClient(clientConfig(options));
  try {
    const { SecretString, CreatedDate } = await client.send(
      new GetSecretValueCommand({ SecretId: secretId }),
    );
    return { text: SecretString, createdAt: CreatedDate?.getTime() };
  } catch (cause) {
    throw readErrorOf('GetSecretValue', cause);
  } finally {
    client.destroy();
  }
}
