// Events as AWS sends them: those of API Gateway, payload formats 2.0 and 1.0, with only what differs as an argument.
import type { Context } from 'aws-lambda';

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly parameters?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly base64?: boolean;
  /** ARN that the gateway has checked; none on a route without IAM. */
  readonly caller?: string;
}

/** What EventBridge sends for a rule with a schedule. */
export const SCHEDULE = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-02-03T04:05:06Z',
  region: 'eu-central-1',
  resources: [],
  detail: {},
};

export type Format = '2.0' | '1.0';

export function gatewayEvent(format: Format, call: HttpCall): object {
  return format === '2.0' ? format2(call) : format1(call);
}

function format2(call: HttpCall): object {
  const { method, path, parameters, query, headers = {}, body, base64 = false, caller } = call;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(query && { queryStringParameters: query }),
    ...(parameters && { pathParameters: parameters }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api-id',
      ...(caller !== undefined && { authorizer: { iam: { accessKey: 'AKIA', userArn: caller } } }),
      domainName: 'api-id.execute-api.eu-central-1.amazonaws.com',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'gateway-request-id',
      routeKey: `${method} ${path}`,
      stage: '$default',
      timeEpoch: 1_770_000_000_000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: base64,
  };
}

function format1(call: HttpCall): object {
  const { method, path, parameters, query, headers = {}, body, base64 = false, caller } = call;
  const multi = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    version: '1.0',
    resource: path,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: multi(headers),
    queryStringParameters: query ?? null,
    multiValueQueryStringParameters: query ? multi(query) : null,
    pathParameters: parameters ?? null,
    stageVariables: null,
    requestContext: {
      httpMethod: method,
      identity: { sourceIp: '192.0.2.1', userArn: caller ?? null },
      path,
      requestId: 'gateway-request-id',
      stage: '$default',
    },
    body: body ?? null,
    isBase64Encoded: base64,
  };
}

export const lambdaContext = {
  functionName: 'test',
  awsRequestId: 'lambda-request-id',
  getRemainingTimeInMillis: () => 29_000,
} as Context;

export interface Result {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
