// Stands in a bundle for the credential sources of a developer's machine: profiles, SSO, processes, token files.
// The SDK asks its sources in turn; one that was not set up passes on, one that was says why it does not answer.

class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
  /** How the SDK knows whether to ask the next source. */
  readonly tryNextLink: boolean;

  constructor(source: string, isSetUp: boolean) {
    super(
      `${source}: not in this bundle, which is made for Lambda; give the credentials as AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN`,
    );
    this.tryNextLink = !isSetUp;
  }
}

function leftOut(source: string, variable?: string) {
  return () => async (): Promise<never> => {
    throw new CredentialsProviderError(source, variable !== undefined && Boolean(process.env[variable]));
  };
}

export const fromSSO = leftOut('credentials by SSO');
export const fromIni = leftOut('the profile of AWS_PROFILE', 'AWS_PROFILE');
export const fromProcess = leftOut('credentials of a process');
export const fromTokenFile = leftOut(
  'the token of AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
);
