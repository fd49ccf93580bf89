// Connections to SLS by names that lead where nothing of it is: a real server at the end sees none of them.
import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slsLookup } from '../../../lib/runtime/sync/sls-lookup.ts';
import { createTransport } from '../../../lib/sls/transport.ts';
import { json, type Served, serve } from '../inventory/served.ts';

let server: Served;
beforeAll(async () => {
  server = await serve(json({}));
});
afterAll(() => server[Symbol.asyncDispose]());

interface Names {
  readonly hostname?: string;
  readonly connectTo?: string;
  readonly addresses: readonly string[];
}

/** A request by a name that has these addresses. */
function ask({ hostname = 'ali-test-project.sls.example', connectTo, addresses }: Names) {
  const to = connectTo === undefined ? undefined : { host: connectTo, port: server.port };
  const resolve = async (): Promise<LookupAddress[]> =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return createTransport({ lookup: slsLookup(resolve, to) })({
    protocol: 'http:',
    hostname,
    port: server.port,
    connectTo: to,
    method: 'GET',
    path: '/machinegroups/web',
    headers: { host: hostname },
    timeoutMs: 5_000,
  });
}

test.each([
  ['loopback', '127.0.0.1'],
  ['loopback over IPv6', '::1'],
  ['loopback, mapped', '::ffff:127.0.0.1'],
  ['this machine', '0.0.0.0'],
  ['the metadata service of AWS', '169.254.169.254'],
  ['the metadata service of Alibaba Cloud', '100.100.100.200'],
  ['the metadata service of AWS over IPv6', 'fd00:ec2::254'],
])('a name that leads to %s is not connected to', async (_what, address) => {
  const before = server.asked.length;
  for (const addresses of [[address], ['203.0.113.5', address]]) {
    await expect(ask({ addresses })).rejects.toMatchObject({
      name: 'TransportError',
      reason: 'unreachable',
      sent: false,
      message: 'connection failed: EGRESS at ali-test-project.sls.example',
    });
  }
  expect(server.asked).toHaveLength(before);
});

test('neither is one that whoever deployed the function wrote, but for loopback', async () => {
  const addresses = ['169.254.169.254'];
  await expect(ask({ connectTo: 'proxy.example', addresses })).rejects.toMatchObject({ sent: false });
  await expect(ask({ hostname: 'project.localhost', addresses })).rejects.toMatchObject({ sent: false });
});

test.each<[string, Names]>([
  ['an address to connect to', { connectTo: '127.0.0.1', addresses: [] }],
  ['a name to connect to', { connectTo: 'stand-in.example', addresses: ['127.0.0.1'] }],
  ['localhost', { hostname: 'ali-test-project.localhost', addresses: ['127.0.0.1'] }],
])('loopback works where it is written: %s', async (_what, names) => {
  expect(await ask(names)).toMatchObject({ status: 200 });
  expect(server.asked.at(-1)?.headers.host).toBe(names.hostname ?? 'ali-test-project.sls.example');
});

test.each(['100.115.4.7', '10.1.2.3', '203.0.113.5'])(
  'a private endpoint of SLS may be at %s',
  async (address) => {
    const found = await new Promise((done, fail) =>
      slsLookup(async () => [{ address, family: 4 }], undefined)(
        'ali-test-project.cn-hangzhou-intranet.log.aliyuncs.com',
        { all: false },
        (error, result) => (error ? fail(error) : done(result)),
      ),
    );
    expect(found).toBe(address);
  },
);
