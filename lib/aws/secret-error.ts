// What can be wrong with a secret. Apart from the reader, so that whoever names these errors needs no SDK.

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
