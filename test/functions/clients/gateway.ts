// The handlers behind an HTTP server on loopback, as API Gateway stands before them: routes, the 403 of a request
// without a signature, and nothing in an answer that a handler did not put there.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ROUTES } from '../../../lib/build/openapi.ts';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import type { HttpCall } from '../events.ts';
import type { Functions } from '../setup.ts';

type Handler = Awaited<ReturnType<Functions['load']>>;

export function startGateway(functions: Functions): Promise<LoopbackServer> {
  const handlers = new Map<string, Handler>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString();
    const found = routed(request, body);
    if (!found) return answer(response, 404, { message: 'Not Found' });
    if (!request.headers.authorization) return answer(response, 403, { message: 'Forbidden' });
    const handler = handlers.get(found.name) ?? (await functions.load(found.name));
    handlers.set(found.name, handler);
    const result = await functions.http(handler, found.call);
    response.writeHead(result.statusCode, result.headers).end(result.body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => answer(response, 500, { message: String(error) }));
  });
  return openLoopback(server);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function routed(request: IncomingMessage, body: string): { name: string; call: HttpCall } | undefined {
  const { method = '', url = '', headers } = request;
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  for (const route of ROUTES) {
    const pattern = new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = route.method === method ? pattern.exec(pathname) : null;
    if (!match) continue;
    const parameters = Object.entries(match.groups ?? {}).map(([name, text]) => [
      name,
      decodeURIComponent(text),
    ]);
    const call = {
      method,
      path: pathname,
      parameters: Object.fromEntries(parameters),
      query: Object.fromEntries(searchParams),
      headers: headers as Record<string, string>,
      ...(body !== '' && { body }),
    };
    return { name: route.function, call };
  }
  return undefined;
}
