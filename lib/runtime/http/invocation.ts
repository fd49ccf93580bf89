// Any event a function can be called with, in one shape: an HTTP request of payload format 2.0 or 1.0, or the
// bare request object of a direct invocation. Pure.
import * as z from 'zod/mini';
import { listOf, mapOf } from '../../core/text/bounded.ts';
import { defined } from '../../core/text/defined.ts';
import { cut } from '../../core/text/few.ts';
import { describeIssues } from '../../core/text/issues.ts';
import { hasManyFields, MOST_FIELDS } from '../../core/text/json.ts';
import { once } from '../../core/text/once.ts';
import { invalidParameter } from './errors.ts';

export interface HttpInvocation {
  readonly kind: 'http';
  readonly method: string;
  /** Values of the route's `{parameters}`, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** A parameter that is given twice holds both values, separated by a comma, in either format. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body was to be Base64 and is not: `body` holds what could be made of it. */
  readonly bodyIsBroken?: boolean;
  /** The gateway's id of the request. */
  readonly requestId: string | undefined;
  /** ARN of whom the gateway has let in by IAM. Nothing that the request itself says. */
  readonly caller?: string;
}

export interface DirectInvocation {
  readonly kind: 'direct';
  readonly input: unknown;
}

export type Invocation = HttpInvocation | DirectInvocation;

/** Bytes of a request line and its headers together (quotas of API Gateway's HTTP APIs): there are fewer names. */
const NAMES_MAX = 10_240;

/** Characters of an ARN: a user's in the longest path that IAM has (IAM quotas) is shorter. */
const CALLER_MAX = 640;

const texts = () => z.nullish(mapOf(z.string(), z.string(), NAMES_MAX));

const userArn = () => z.nullish(z.object({ userArn: z.nullish(z.string()) }));

/** The parts of both payload formats that are read. Who may invoke a function may make events up. */
const gatewayEvent = once(() =>
  z.object({
    httpMethod: z.optional(z.string()),
    requestContext: z.object({
      requestId: z.optional(z.string()),
      http: z.optional(z.object({ method: z.optional(z.string()) })),
      // Where the two formats have who was let in.
      authorizer: z.nullish(z.object({ iam: userArn() })),
      identity: userArn(),
    }),
    pathParameters: texts(),
    queryStringParameters: texts(),
    multiValueQueryStringParameters: z.nullish(mapOf(z.string(), listOf(z.string(), NAMES_MAX), NAMES_MAX)),
    headers: texts(),
    body: z.nullish(z.string()),
    isBase64Encoded: z.optional(z.boolean()),
  }),
);

/** @throws ProblemError 400 for an event that only resembles those of a gateway */
export function readInvocation(given: unknown): Invocation {
  if (!isGatewayEvent(given)) {
    if (!hasManyFields(given)) return { kind: 'direct', input: given };
    throw invalidParameter('invalid event.', [`no object of it may have more than ${MOST_FIELDS} fields`]);
  }
  const parsed = z.safeParse(gatewayEvent(), given);
  if (!parsed.success) throw invalidParameter('invalid event.', describeIssues(parsed.error, given));
  // Not what was parsed: a record of zod's leaves out fields of some names without a word.
  const event = given as z.output<ReturnType<typeof gatewayEvent>>;
  const { body: text, isBase64Encoded = false, requestContext } = event;
  const caller = requestContext.authorizer?.iam?.userArn ?? requestContext.identity?.userArn ?? undefined;
  const body = Buffer.from(text ?? '', isBase64Encoded ? 'base64' : 'utf8');
  return {
    kind: 'http',
    method: requestContext.http?.method ?? event.httpMethod ?? '',
    parameters: event.pathParameters ?? {},
    query: { ...event.queryStringParameters, ...joined(event.multiValueQueryStringParameters ?? {}) },
    headers: lowerCaseNames(event.headers ?? {}),
    body,
    bodyIsBroken: isBase64Encoded && body.length !== bytesIn(text ?? ''),
    requestId: requestContext.requestId,
    ...defined({ caller: caller && cut(caller, CALLER_MAX) }),
  };
}

/** Bytes that a text has to hold if it is Base64 from end to end; decoders pass over what is not. */
function bytesIn(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

function isGatewayEvent(event: unknown): event is object {
  if (typeof event !== 'object' || event === null || !('requestContext' in event)) return false;
  const context = event.requestContext;
  return typeof context === 'object' && context !== null && ('http' in context || 'httpMethod' in event);
}

function joined(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.join(',')]));
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
