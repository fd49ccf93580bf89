// A gateway that checks signatures, in this process, before functions as Lambda loads them: the cheapest thing that
// answers the command line as a deployment does.
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { ROUTES } from '../../../lib/build/openapi.ts';
import type { SyncFunctions } from '../../functions/sync-setup.ts';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import { arnOf, SCOPE } from '../local/gateway-iam.ts';
import { isSigned } from '../local/iam.ts';

type Name = Parameters<SyncFunctions['load']>[0];
type Handler = Awaited<ReturnType<SyncFunctions['load']>>;

/** @param env variables of the functions */
export async function startGateway(
  sync: SyncFunctions,
  names: readonly Name[],
  env: Record<string, string>,
): Promise<LoopbackServer> {
  const routes: { readonly method: string; readonly path: string; readonly handler: Handler }[] = [];
  for (const name of names) {
    const route = ROUTES.find(({ function: file }) => file === name);
    if (!route) throw new Error(`no route of ${name}`);
    routes.push({ method: route.method, path: route.path, handler: await sync.load(name, env) });
  }
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { method = '', url = '', rawHeaders } = request;
    const answer = (status: number, text: string, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    if (!isSigned({ method, target: url, rawHeaders, body }, SCOPE, Date.now()))
      return answer(403, '{"message":"Forbidden"}');
    const { pathname, searchParams } = new URL(url, 'http://gateway');
    for (const { path, handler, ...route } of routes) {
      const parameters = matched(path, pathname);
      if (route.method !== method || !parameters) continue;
      const {
        statusCode,
        headers,
        body: text,
      } = await sync.functions.http(handler, {
        method,
        path: pathname,
        parameters,
        query: Object.fromEntries(searchParams),
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        ...(body.length > 0 && { body: body.toString() }),
        caller: arnOf(SCOPE.key),
      });
      return answer(statusCode, text, headers['content-type']);
    }
    return answer(404, '{"message":"Not Found"}');
  });
  return openLoopback(server);
}

/** Values of the parameters of a route, if a path is one of it. */
function matched(route: string, path: string): Record<string, string> | undefined {
  const [parts, given] = [route.split('/'), path.split('/')];
  if (parts.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const text = decodeURIComponent(given[index] as string);
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) values[name] = text;
    else if (part !== text) return undefined;
  }
  return values;
}
