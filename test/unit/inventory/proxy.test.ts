// What Node's switches for proxies do to our connections: nothing. Whoever sets them is told so at start, since the
// addresses that are checked have to be those that are connected to (test/unit/runtime/environment.test.ts).
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { json, serve } from './served.ts';

const run = promisify(execFile);

/** In a process of its own: Node reads the variables when it starts. */
const script = (origin: string) => `
  import { get } from 'node:http';
  import { httpSource } from '${new URL('../../../lib/inventory/sources/http/settings.ts', import.meta.url)}';
  import { open as openHttp } from '${new URL('../../../lib/inventory/sources/http/read.ts', import.meta.url)}';
  import { createTransport } from '${new URL('../../../lib/sls/transport.ts', import.meta.url)}';
  const settings = httpSource.parse({
    type: 'http', format: 'list', url: '${origin}/inventory', allowHttp: true, allowLoopback: true,
  });
  const deps = { now: Date.now, secret: async () => '', resolve: async () => [] };
  const { machines } = await openHttp(settings, 's', 'ip', deps).snapshot();
  const { hostname, port } = new URL('${origin}');
  const request = { protocol: 'http:', hostname, port, method: 'GET', path: '/sls', headers: {}, timeoutMs: 9000 };
  const { status } = await createTransport()(request);
  await new Promise((resolve) => get('${origin}/by-the-global-agent', (answer) => answer.resume().on('end', resolve)));
  console.log(JSON.stringify([machines.length, status]));
  process.exit();
`;

test.each([{ NODE_USE_ENV_PROXY: '1' }, { NODE_OPTIONS: '--use-env-proxy' }])(
  'with %j neither inventories nor SLS are asked through the proxy',
  async (told) => {
    await using proxy = await serve(json(['10.9.9.9']));
    await using server = await serve(json(['10.0.0.1', '10.0.0.2']));
    const env = { PATH: process.env.PATH, HTTP_PROXY: proxy.origin, HTTPS_PROXY: proxy.origin, ...told };
    const args = ['--input-type=module', '--eval', script(server.origin)];
    const { stdout } = await run(process.execPath, args, { env });
    expect(JSON.parse(stdout)).toEqual([2, 200]);
    expect(server.asked.map(({ url }) => url)).toEqual(['/inventory', '/sls']);
    // Node itself would have: the variables are in force.
    expect(proxy.asked.map(({ url }) => url)).toEqual([`${server.origin}/by-the-global-agent`]);
  },
);
