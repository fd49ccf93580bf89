// What an AWS SDK throws, as a ReadError: in the words that every read uses.
import { ReadError, type ReadProblem } from '../core/reading/read-error.ts';

/** The names under which AWS services report the same few things. */
const PROBLEM_BY_NAME: readonly (readonly [RegExp, ReadProblem])[] = [
  [/^(AccessDenied|Unauthorized|AuthFailure|Forbidden|InvalidClientTokenId|UnrecognizedClient)/, 'forbidden'],
  [
    /^(ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|CredentialsProviderError|OptInRequired)/,
    'forbidden',
  ],
  [
    /^(Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|SlowDown|BandwidthLimit|ProvisionedThroughputExceeded)/,
    'throttled',
  ],
  [
    /^(NoSuchKey|NoSuchBucket|NotFound|ResourceNotFound|ParameterNotFound|ParameterVersionNotFound)/,
    'not-found',
  ],
  [/^(TimeoutError|RequestTimeout)/, 'timeout'],
  [/^AbortError$/, 'aborted'],
];

/** Node's codes for a connection that did not come about or broke. */
const UNREACHABLE =
  /^(ECONN|ENOTFOUND|EAI_|EHOST|ENETUNREACH|EPIPE|ERR_TLS|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)/;

/**
 * What an AWS SDK threw, with its request id. The SDK's own text is left to `cause`: some services put an
 * encoded policy of many lines into it.
 */
export function readErrorOf(doing: string, cause: unknown): ReadError {
  if (cause instanceof ReadError) return cause;
  const {
    name = 'Error',
    code = '',
    hostname,
    address,
    $metadata,
  } = cause as {
    name?: string;
    code?: string;
    /** Of a name that was not found; of what did not answer. */
    hostname?: string;
    address?: string;
    $metadata?: { httpStatusCode?: number; requestId?: string };
  };
  const problem =
    PROBLEM_BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ??
    (UNREACHABLE.test(code) ? 'unreachable' : problemOfStatus($metadata?.httpStatusCode));
  const at = hostname ?? address;
  const where = at === undefined ? '' : ` at ${at}`;
  return new ReadError(problem, `${doing}: ${code === '' ? name : code}${where}`, {
    cause,
    status: $metadata?.httpStatusCode,
    requestId: $metadata?.requestId,
  });
}

function problemOfStatus(status: number | undefined): ReadProblem {
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  return status === 429 ? 'throttled' : 'failed';
}
