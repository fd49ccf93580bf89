// Reads the current value of a secret from AWS Secrets Manager. The only file that knows its SDK.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Reads a secret's text by name or ARN. @throws SecretError */
export type SecretReader = (secretId: string) => Promise<string>;

/** What went wrong with a secret; `definite` ones do not pass by waiting. */
export type SecretProblem =
  | 'SecretNotFound'
  | 'SecretAccessDenied'
  | 'SecretUnusable'
  | 'SecretMalformed'
  | 'SecretUnavailable';

export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly code: SecretProblem;

  constructor(code: SecretProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether the same read may succeed a little later. */
  get passing(): boolean {
    return this.code === 'SecretUnavailable';
  }
}

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

const SAYS: Readonly<Record<SecretProblem, string>> = {
  SecretNotFound: 'the secret does not exist',
  SecretAccessDenied: 'this function may not read the secret',
  SecretUnusable: 'the secret is being deleted or cannot be decrypted',
  SecretMalformed: 'the secret has no text value',
  SecretUnavailable: 'the secret store cannot be reached',
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
        throw new SecretError(code, SAYS[code], { cause });
      });
    if (answer.SecretString === undefined) throw new SecretError('SecretMalformed', SAYS.SecretMalformed);
    return answer.SecretString;
  };
}
