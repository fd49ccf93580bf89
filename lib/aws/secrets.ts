// Reads the current value of a secret from AWS Secrets Manager. The only file that knows its SDK.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SECRET_SAYS, SecretError, type SecretProblem } from './secret-error.ts';

export { SecretError } from './secret-error.ts';

/** Reads a secret's text by name or ARN. @throws SecretError */
export type SecretReader = (secretId: string) => Promise<string>;

/** Errors of GetSecretValue that are answers, not outages (its API reference page). */
const PROBLEM_BY_ERROR: Readonly<Record<string, SecretProblem>> = {
  ResourceNotFoundException: 'SecretNotFound',
  AccessDeniedException: 'SecretAccessDenied',
  UnrecognizedClientException: 'SecretAccessDenied',
  InvalidSignatureException: 'SecretAccessDenied',
  DecryptionFailure: 'SecretUnusable',
  InvalidRequestException: 'SecretUnusable',
  InvalidParameterException: 'SecretNotFound',
  ValidationException: 'SecretNotFound',
};

/** A reader with one SDK client; region, endpoint and credentials come from the environment, as in Lambda. */
export function createSecretReader(): SecretReader {
  const client = new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  return async (secretId) => {
    const answer = await client
      .send(new GetSecretValueCommand({ SecretId: secretId }))
      .catch((cause: Error) => {
        const code = PROBLEM_BY_ERROR[cause.name] ?? 'SecretUnavailable';
        throw new SecretError(code, SECRET_SAYS[code], { cause });
      });
    if (answer.SecretString === undefined)
      throw new SecretError('SecretMalformed', SECRET_SAYS.SecretMalformed);
    return answer.SecretString;
  };
}
