// Reads the current value of a secret from AWS Secrets Manager. The only file that knows its SDK.

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SECRET_CLIENT_MS } from '../core/time/timeouts.ts';

/** What went wrong with a secret; `definite` ones do not pass by waiting. */
export type SecretProblem =
  | 'SecretNotFound'
  | 'SecretAccessDenied'
  | 'SecretUnusable'
  | 'SecretMalformed'
  | 'SecretUnavailable';

export const SECRET_SAYS: Readonly<Record<SecretProblem, string>> = {
  SecretNotFound: 'the secret does not exist',
  SecretAccessDenied: 'this function may not read the secret',
  SecretUnusable: 'the secret is being deleted or cannot be decrypted',
  SecretMalformed: 'the secret has no text value',
  SecretUnavailable: 'the secret store cannot be reached',
};

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
    requestHandler: { ...SECRET_CLIENT_MS, throwOnRequestTimeout: true },
  });
  return async (secretId) => {
    const answer = await client
      .send(new GetSecretValueCommand({ SecretId: secretId }))
      .catch((cause: Error) => {
        const code = PROBLEM_BY_ERROR[cause.name] ?? 'SecretUnavailable';
        throw new SecretError(code, SECRET_SAYS[code], { cause: withoutAnswer(cause) });
      });
    // The SDK takes whatever stands there.
    const text: unknown = answer.SecretString;
    if (typeof text !== 'string') throw new SecretError('SecretMalformed', SECRET_SAYS.SecretMalformed);
    return text;
  };
}

/**
 * What can be told of the SDK's error. About an answer that it cannot read it quotes the answer, which is the secret;
 * of one that it can read it keeps all fields.
 */
function withoutAnswer({ name, message, code }: Error & { readonly code?: unknown }): Error {
  const told = new Error(name === 'SyntaxError' ? 'the answer cannot be read' : message);
  told.name = name;
  return typeof code === 'string' ? Object.assign(told, { code }) : told;
}
