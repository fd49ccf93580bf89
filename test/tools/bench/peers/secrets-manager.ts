// The floor of a function that reads a secret: the SDK's client, a read that begins while it loads, nothing else.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const client = new SecretsManagerClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
});
const secret = client.send(new GetSecretValueCommand({ SecretId: process.env.SLS_SECRET_ID ?? '' }));
// Whoever waits for it hears of its failure.
secret.catch(() => {});

export async function handler(): Promise<object> {
  const { Name } = await secret;
  return { statusCode: 200, body: JSON.stringify({ groupName: Name }) };
}
