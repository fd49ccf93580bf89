// Any event a function can be called with, in one shape: an HTTP request of payload format 2.0 or 1.0, or the
// bare request object of a direct invocation. Pure.

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
  /** The gateway's id of the request. */
  readonly requestId: string | undefined;
}

export interface DirectInvocation {
  readonly kind: 'direct';
  readonly input: unknown;
}

export type Invocation = HttpInvocation | DirectInvocation;

/** The parts of both payload formats that are read; the gateway makes them, so they are not validated. */
interface GatewayEvent {
  readonly version?: string;
  readonly httpMethod?: string;
  readonly requestContext?: { readonly requestId?: string; readonly http?: { readonly method?: string } };
  readonly pathParameters?: Record<string, string> | null;
  readonly queryStringParameters?: Record<string, string> | null;
  readonly multiValueQueryStringParameters?: Record<string, string[]> | null;
  readonly headers?: Record<string, string> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

export function readInvocation(event: unknown): Invocation {
  if (!isGatewayEvent(event)) return { kind: 'direct', input: event };
  return {
    kind: 'http',
    method: event.requestContext?.http?.method ?? event.httpMethod ?? '',
    parameters: event.pathParameters ?? {},
    query: { ...event.queryStringParameters, ...joined(event.multiValueQueryStringParameters ?? {}) },
    headers: lowerCaseNames(event.headers ?? {}),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    requestId: event.requestContext?.requestId,
  };
}

function isGatewayEvent(event: unknown): event is GatewayEvent {
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
