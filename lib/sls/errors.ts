// One family of errors for everything a call to SLS can meet. The kind is what callers decide by;
// status, code, message and request id are what an operator searches for.
import type { OperationName } from './operations.ts';

export type SlsErrorKind =
  | 'group-exists'
  | 'group-missing'
  | 'project-missing'
  | 'config-missing'
  | 'invalid-parameter'
  | 'too-large'
  | 'credentials'
  | 'clock'
  | 'throttled'
  | 'forbidden'
  | 'server'
  | 'unreachable'
  | 'timeout'
  | 'protocol';

/**
 * Codes of the service, old and new spellings alike. Reads of the same fault differ by document generation:
 * `GroupNotExist` (older pages) and `MachineGroupNotExist` (what the service sends today) are one kind.
 */
const KIND_BY_CODE: Readonly<Record<string, SlsErrorKind>> = {
  MachineGroupAlreadyExist: 'group-exists',
  GroupAlreadyExist: 'group-exists',
  MachineGroupNotExist: 'group-missing',
  GroupNotExist: 'group-missing',
  ProjectNotExist: 'project-missing',
  ProjectNotExists: 'project-missing',
  ConfigNotExist: 'config-missing',
  InvalidParameter: 'invalid-parameter',
  ParameterInvalid: 'invalid-parameter',
  PostBodyInvalid: 'invalid-parameter',
  PostBodyTooLarge: 'too-large',
  Unauthorized: 'credentials',
  SignatureNotMatch: 'credentials',
  InvalidAccessKeyId: 'credentials',
  'InvalidAccessKeyId.NotFound': 'credentials',
  SecurityTokenExpired: 'credentials',
  'SecurityToken.Expired': 'credentials',
  RequestTimeExpired: 'clock',
  RequestTimeTooSkewed: 'clock',
  MetaOperationQpsLimitExceeded: 'throttled',
  WriteQuotaExceed: 'throttled',
  ReadQuotaExceed: 'throttled',
  ProjectForbidden: 'forbidden',
  ProjectQuotaExceed: 'forbidden',
  InternalServerError: 'server',
  RequestTimeout: 'server',
  ServerBusy: 'server',
};

/** Statuses that say "not now" whatever the body is: a proxy in between has no SLS code to offer. */
const SERVER_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/**
 * Kind of an error answer. Without an SLS code nothing is concluded about groups and projects: a proxy's 404
 * page must not read as "the group is gone".
 */
export function kindOfAnswer(status: number, code: string | undefined): SlsErrorKind {
  const kind = code === undefined ? undefined : KIND_BY_CODE[code];
  if (kind) return kind;
  if (status === 429) return 'throttled';
  if (SERVER_STATUSES.has(status)) return 'server';
  if (code === undefined) return 'protocol';
  return status === 401 ? 'credentials' : status === 403 ? 'forbidden' : 'invalid-parameter';
}

/** Whose call it was. */
export interface CallTarget {
  readonly operation: OperationName;
  readonly project: string;
  readonly group?: string | undefined;
  /** The Logtail config. */
  readonly config?: string | undefined;
}

export interface SlsErrorDetails extends CallTarget {
  readonly kind: SlsErrorKind;
  /** Code of the service, or our own word when there was no answer (`ConnectionFailed`, `Timeout`, …). */
  readonly code: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** The service's `Retry-After`, in milliseconds from when the answer came. */
  readonly retryAfterMs?: number | undefined;
  /** The service's clock when it answered, in milliseconds since the epoch. */
  readonly serverTimeMs?: number | undefined;
  /** True when the request may have taken effect although no success was seen. */
  readonly ambiguous?: boolean;
}

export class SlsError extends Error {
  override readonly name = 'SlsError';
  readonly kind: SlsErrorKind;
  readonly code: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly operation: OperationName;
  readonly project: string;
  readonly group: string | undefined;
  readonly config: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly serverTimeMs: number | undefined;
  readonly ambiguous: boolean;

  constructor(message: string, details: SlsErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.kind = details.kind;
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.operation = details.operation;
    this.project = details.project;
    this.group = details.group;
    this.config = details.config;
    this.retryAfterMs = details.retryAfterMs;
    this.serverTimeMs = details.serverTimeMs;
    this.ambiguous = details.ambiguous ?? false;
  }
}
