// The errors that a route can answer with, each as an example. The examples are made by the code that answers, from
// the errors it meets, so that status, code and words are its own.
import * as z from 'zod/mini';
import { SECRET_SAYS, SecretError, type SecretProblem } from '../../aws/secrets.ts';
import { ownerMark } from '../../core/group/owner.ts';
import { SlsError, type SlsErrorDetails } from '../../sls/errors.ts';
import { BODY_MAX_BYTES } from '../../sls/limits.ts';
import {
  DOCUMENTED_ERRORS,
  OPERATIONS,
  type Operation,
  type OperationName,
  SDK_ERRORS,
} from '../../sls/operations.ts';
import { ConfigError, type ErrorNames, noPlace } from '../environment.ts';
import { busy, checkOwner, type Deed, groupFrozen } from '../groups/owned.ts';
import { jsonBody } from '../http/body.ts';
import { invalidParameter, type Problem, problemOf } from '../http/errors.ts';
import type { HttpInvocation } from '../http/invocation.ts';
import { CONFIG, GROUP, PROJECT, REQUEST_ID } from './samples.ts';

/** The body of every error of ours. */
export const problemAnswer = () =>
  z
    .object({
      errorCode: z.string(),
      errorMessage: z.string(),
      requestId: z.string().check(z.describe('Id of SLS where SLS answered, else of the gateway.')),
    })
    .check(z.meta({ id: 'Problem', description: 'What went wrong, as SLS tells it.' }));

/** The body of an answer that the gateway gives by itself, without a function. */
export const gatewayRefusalAnswer = () =>
  z
    .object({ message: z.string() })
    .check(z.meta({ id: 'GatewayRefusal', description: 'The gateway answered by itself.' }));

export interface GatewayRefusal {
  readonly status: number;
  /** Of its example. */
  readonly name: string;
  readonly message: string;
}

/**
 * Answers of the gateway's own: API Gateway, HTTP APIs, with their quotas page. 503 is a function that takes longer
 * than the gateway waits.
 */
export function gatewayRefusals({ iam, body }: { iam: boolean; body: boolean }): GatewayRefusal[] {
  return [
    ...(iam ? [{ status: 403, name: 'GatewayForbidden', message: 'Forbidden' }] : []),
    ...(body ? [{ status: 413, name: 'GatewayTooLarge', message: 'Request Entity Too Large' }] : []),
    { status: 429, name: 'GatewayThrottled', message: 'Too Many Requests' },
    { status: 500, name: 'GatewayError', message: 'Internal Server Error' },
    { status: 503, name: 'GatewayTimeout', message: 'Service Unavailable' },
  ];
}

/** Errors that an operation documents, as its page has them, and as SDKs compare them where that differs. */
export function documented(operation: OperationName): Problem[] {
  const { errors } = OPERATIONS[operation] as Operation;
  return errors.flatMap((kind) => {
    const { status, code } = DOCUMENTED_ERRORS[kind];
    const words = kind === 'invalid-parameter' ? 'machineList is too long' : '';
    const names = kind in SDK_ERRORS ? (['documented', 'sdk'] as const) : (['documented'] as const);
    return names.map((family) => fromSls(operation, words, { kind, status, code }, family));
  });
}

/** Errors of every route that calls SLS. */
export function fromOutside(operation: OperationName): Problem[] {
  const sls = (message: string, details: Partial<SlsErrorDetails> & Pick<SlsErrorDetails, 'kind' | 'code'>) =>
    fromSls(operation, message, details);
  return [
    sls('Qps limit for the meta operation is exceeded.', {
      kind: 'throttled',
      code: 'MetaOperationQpsLimitExceeded',
      status: 403,
    }),
    sls('The project is disabled.', { kind: 'forbidden', code: 'ProjectForbidden', status: 403 }),
    sls('AccessKeyId is disabled: ***', { kind: 'credentials', code: 'Unauthorized', status: 401 }),
    sls('signature *** not match', { kind: 'credentials', code: 'SignatureNotMatch', status: 401 }),
    sls('connection failed: ECONNREFUSED at my-project.cn-hangzhou.log.aliyuncs.com', {
      kind: 'unreachable',
      code: 'ConnectionFailed',
    }),
    sls('<html> <h1>Bad Gateway</h1>', { kind: 'protocol', code: 'NotAnSlsAnswer', status: 404 }),
    sls('no answer within 5000 ms', { kind: 'timeout', code: 'Timeout' }),
    sls('The server is busy.', { kind: 'server', code: 'ServerBusy', status: 503 }),
    misconfigured('SLS_ENDPOINT: is required'),
    ...Object.entries(SECRET_SAYS).map(([code, says]) =>
      problemOf(new SecretError(code as SecretProblem, says)),
    ),
  ];
}

/** An answer of SLS that is read, where the operation reads one. */
export function unreadable(operation: OperationName): Problem {
  const details = { kind: 'protocol', code: 'AnswerNotUnderstood', status: 200 } as const;
  return fromSls(operation, 'answer is not what the API documents: machineList', details);
}

/** A listing that changed while it was read. */
export function inconsistent(operation: OperationName): Problem {
  const details = { kind: 'protocol', code: 'ListingInconsistent', status: 200 } as const;
  const says = 'there were 612 rows, now there are 613; it may have changed while it was read';
  return fromSls(operation, `the listing does not add up: ${says}`, details);
}

/** A deployment whose environment is wrong. */
export function misconfigured(says: string): Problem {
  return problemOf(new ConfigError(`environment: ${says}`));
}

/** A function that is not told where something is kept. */
export function keptNowhere(...place: Parameters<typeof noPlace>): Problem {
  return misconfigured(noPlace(...place));
}

/** A request that breaks rules: `refusal` as the function begins its refusals. */
export function refused(refusal: string, rule: string): Problem {
  return problemOf(invalidParameter(refusal, [rule]));
}

/** What can be wrong with a body before anybody looks into it. */
export function ofBody(types: readonly string[]): Problem[] {
  const sent = (body: Buffer, type?: string) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const invocation: HttpInvocation = {
      kind: 'http',
      method: 'POST',
      parameters: {},
      query: {},
      headers,
      body,
      requestId: REQUEST_ID,
    };
    return thrownBy(() => jsonBody(invocation, [...types]));
  };
  return [
    sent(Buffer.from('{'), types[0]),
    sent(Buffer.alloc(BODY_MAX_BYTES + 1), types[0]),
    sent(Buffer.from('{}'), 'text/plain'),
  ];
}

/** A write to a group, or one that would make it one, whose sync's owner is not named. */
export function ownedProblem(deed: Deed): Problem {
  const mark = ownerMark('prod-eu');
  const names = deed === 'created' ? { was: '', becomes: mark } : { was: mark, becomes: mark };
  return thrownBy(() => checkOwner(GROUP, deed, names, undefined));
}

/** A group of a sync that somebody else writes now. */
export function busyProblem(): Problem {
  const holder = 'sls-machine-groups-prod 1b4e28ba-2fa1-41d2-883f-0016d3cca427';
  return problemOf(busy({ project: PROJECT, name: GROUP }, holder, Date.UTC(2026, 1, 3, 4, 5, 6)));
}

/** A group that is frozen, and a caller who does not say to go through. */
export function frozenProblem(): Problem {
  const group = `${PROJECT}/${GROUP}`;
  const who = 'arn:aws:iam::123456789012:user/alice';
  const until = Date.UTC(2026, 1, 3, 4, 5, 6);
  return problemOf(groupFrozen(group, { group, who, reason: 'an incident', until }));
}

function fromSls(
  operation: OperationName,
  message: string,
  details: Omit<SlsErrorDetails, 'operation' | 'project'>,
  names: ErrorNames = 'documented',
): Problem {
  const target = { operation, project: PROJECT, group: GROUP, config: CONFIG };
  return problemOf(new SlsError(message, { ...target, ...details }), () => names);
}

function thrownBy(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    return problemOf(error);
  }
  throw new Error('the example of a wrong body is accepted');
}
