// Every error a request can end with, as the documented status, code and message. One table, one place.

import { SecretError } from '../../aws/secrets.ts';
import { SECRET_RETRY_SECONDS, THROTTLE_PAUSE_MS } from '../../core/time/timeouts.ts';
import { SlsError, type SlsErrorKind } from '../../sls/errors.ts';
import { DOCUMENTED_ERRORS, type DocumentedKind, OPERATIONS, SDK_ERRORS } from '../../sls/operations.ts';
import { ConfigError, type ErrorNames } from '../environment.ts';

/** What the caller is told. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The request id of SLS, where SLS answered. */
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number;
}

/** A problem that is known where it arises: a request that is refused, a configuration that cannot be used. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A request that breaks rules: how the refusal begins, then every rule with its place. */
export function invalidParameter(refusal: string, lines: readonly string[]): ProblemError {
  const { status, code } = DOCUMENTED_ERRORS['invalid-parameter'];
  return new ProblemError(status, code, `${refusal} ${lines.join('; ')}`);
}

/** @param names asked where the two families differ */
export function problemOf(error: unknown, names: () => ErrorNames = () => 'documented'): Problem {
  if (error instanceof ProblemError) return pick(error);
  if (error instanceof SlsError) return { ...slsProblem(error, names), requestId: error.requestId };
  if (error instanceof ConfigError) return { status: 500, code: error.code, message: error.message };
  if (error instanceof SecretError) {
    const { code, message } = error;
    return error.passing
      ? { status: 503, code, message, retryAfterSeconds: SECRET_RETRY_SECONDS }
      : { status: 500, code, message };
  }
  return DOCUMENTED_ERRORS.server;
}

function pick({ status, code, message }: Problem): Problem {
  return { status, code, message };
}

function slsProblem(error: SlsError, names: () => ErrorNames): Problem {
  const documented = documentedProblem(error, names);
  if (documented) return documented;
  const { code, message } = error;
  return { status: STATUS[error.kind] ?? error.status ?? 502, code, message, ...retryAfter(error) };
}

/** Kinds whose status is ours to choose: the caller's key is fine, it is ours or the way to SLS that is not. */
const STATUS: Partial<Record<SlsErrorKind, number>> = {
  'too-large': 413,
  credentials: 502,
  clock: 502,
  throttled: 429,
  unreachable: 502,
  timeout: 504,
  protocol: 502,
};

function documentedProblem(error: SlsError, names: () => ErrorNames): Problem | undefined {
  const { errors } = OPERATIONS[error.operation] as { readonly errors: readonly SlsErrorKind[] };
  if (!errors.includes(error.kind)) return undefined;
  // 503 and the like keep their status: "later" says more than "internal error".
  if (error.kind === 'server' && error.status !== 500) return undefined;
  const kind = error.kind as DocumentedKind;
  const isOther = kind in SDK_ERRORS && names() === 'sdk';
  const { status, code, message } = isOther
    ? SDK_ERRORS[kind as keyof typeof SDK_ERRORS]
    : DOCUMENTED_ERRORS[kind];
  const filled = message
    .replace('{projectName}', () => error.project)
    .replace('{groupName}', () => error.group ?? '')
    .replace('{configName}', () => error.config ?? '');
  return {
    status,
    code,
    message: error.kind === 'invalid-parameter' ? `${filled} ${error.message}` : filled,
  };
}

function retryAfter({ kind, status, retryAfterMs }: SlsError): { retryAfterSeconds?: number } {
  if (kind !== 'throttled' && status !== 503) return {};
  return { retryAfterSeconds: Math.max(1, Math.ceil((retryAfterMs ?? THROTTLE_PAUSE_MS) / 1000)) };
}
