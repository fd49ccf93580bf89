// What keeps whoever types a command from AWS, in words that say what to do: no region, no credentials, old ones.

/** Errors are looked at this deep: what is told hangs on what was thrown last. */
const DEEPEST = 5;

/** Undefined for what is none of these. */
export function awsFaultOf(error: unknown): string | undefined {
  for (const { name, message } of chainOf(error)) {
    if (/^Region is missing/.test(message))
      return 'no region: export AWS_REGION=eu-central-1, or say --region eu-central-1';
    if (isExpired(name, message))
      return 'your AWS credentials have expired: log in again, such as with `aws sso login`, or get new ones';
    if (name === 'CredentialsProviderError')
      return 'no AWS credentials found: set AWS_PROFILE, or log in with `aws sso login`';
    if (/^(?:InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch)/.test(name))
      return `AWS does not take your credentials (${name}): see \`aws sts get-caller-identity\``;
  }
  return undefined;
}

/** Whether AWS knows nothing by the name that it was asked for. */
export function isUnknownToAws(error: unknown): boolean {
  return chainOf(error).some(
    ({ name, message }) =>
      /^ResourceNotFound/.test(name) || (name === 'ValidationError' && /does not exist/.test(message)),
  );
}

function isExpired(name: string, message: string): boolean {
  return (
    /^(?:ExpiredToken|TokenRefreshRequired|RequestExpired)/.test(name) ||
    (/^(?:CredentialsProviderError|TokenProviderError)$/.test(name) &&
      /\b(?:expired|aws sso login)\b/.test(message))
  );
}

function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let one = error; one instanceof Error && chain.length < DEEPEST; one = one.cause) chain.push(one);
  return chain;
}
