// Events as an HTTP API sends them, in both payload formats, for one request. Source: "Create AWS Lambda proxy
// integrations for HTTP APIs", API Gateway developer guide; values are made up.

export interface GatewayRequest {
  readonly method: 'GET' | 'POST';
  /** The route's path, such as `/machinegroups/{groupName}`. */
  readonly route: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const DOMAIN = 'abcdefghij.execute-api.eu-central-1.amazonaws.com';

const pathOf = ({ route, pathParameters = {} }: GatewayRequest): string =>
  route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(pathParameters[name] ?? ''));

export function payload2(request: GatewayRequest): object {
  const { method, route, pathParameters, query, headers, body } = request;
  const routeKey = `${method} ${route}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: pathOf(request),
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { host: DOMAIN, 'user-agent': 'curl/8.5.0', 'x-forwarded-proto': 'https', ...headers },
    ...(query && { queryStringParameters: query }),
    ...(pathParameters && { pathParameters }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      authorizer: { iam: { accountId: '123456789012', userArn: 'arn:aws:iam::123456789012:user/operator' } },
      domainName: DOMAIN,
      domainPrefix: 'abcdefghij',
      http: {
        method,
        path: pathOf(request),
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'curl/8.5.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey,
      stage: '$default',
      time: '10/Mar/2026:05:16:23 +0000',
      timeEpoch: 1_773_119_783_000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

export function payload1(request: GatewayRequest): object {
  const { method, route, pathParameters, query, headers, body } = request;
  const sent: Record<string, string> = {
    Host: DOMAIN,
    'User-Agent': 'curl/8.5.0',
    'X-Forwarded-Proto': 'https',
  };
  for (const [name, value] of Object.entries(headers ?? {})) {
    sent[name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())] = value;
  }
  const multiple = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    version: '1.0',
    resource: route,
    path: pathOf(request),
    httpMethod: method,
    headers: sent,
    multiValueHeaders: multiple(sent),
    queryStringParameters: query ?? null,
    multiValueQueryStringParameters: query ? multiple(query) : null,
    pathParameters: pathParameters ?? null,
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: DOMAIN,
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      httpMethod: method,
      identity: { sourceIp: '192.0.2.1', userAgent: 'curl/8.5.0' },
      path: pathOf(request),
      protocol: 'HTTP/1.1',
      requestId: 'JKJaXmPLvHcESHA=',
      resourceId: `${method} ${route}`,
      resourcePath: route,
      stage: '$default',
    },
    body: body ?? null,
    isBase64Encoded: false,
  };
}
