// Consul as it is: what its headers say and leave unsaid, services without an address, health and its checks.
import { describe, expect, test } from 'vitest';
import { fixture } from '../../support/fixture.ts';
import { readServed, type Settings } from './reading.ts';
import { json } from './served.ts';

const recorded = (name: string) => fixture<{ readonly body: readonly never[] }>(`inventory/${name}`).body;
const catalog = recorded('consul-service-address');
const health = recorded('consul-health-service');

const ALLOW = { 'x-consul-default-acl-policy': 'allow' };
const DENY = { 'x-consul-default-acl-policy': 'deny' };

function read(
  body: unknown,
  consul: Settings['consul'] = undefined,
  headers: Record<string, string> = ALLOW,
  more: Settings = {},
) {
  const settings = { format: 'consul', ...(consul && { consul }), ...more } as const;
  return readServed(json(body, headers), settings, more.id === undefined ? 'ip' : 'userdefined');
}

describe('an answer that ACLs may have cut', () => {
  const token = { header: { name: 'X-Consul-Token', secretId: 'consul' } };
  const bearer = { header: { name: 'authorization', secretId: 'consul', prefix: 'Bearer ' } };
  const basic = { header: { name: 'Authorization', secretId: 'proxy', prefix: 'Basic ' } };
  const unnamed = { header: { name: 'Authorization', secretId: 'proxy' } };
  const hint = { 'x-consul-results-filtered-by-acls': 'true' };
  const needsToken = [expect.stringContaining('denies by default')];
  const unsaid = [expect.stringContaining('did not send X-Consul-Default-ACL-Policy')];

  test.each<[string, Record<string, string>, Settings, readonly unknown[]]>([
    ['allowed by default, no token', ALLOW, {}, []],
    ['denied by default, no token', DENY, {}, needsToken],
    ['another policy, no token', { 'x-consul-default-acl-policy': 'extend-cache' }, {}, needsToken],
    ['denied by default, a token', DENY, token, []],
    ['denied by default, a bearer', DENY, bearer, []],
    ['denied by default, a password for a proxy', DENY, basic, needsToken],
    ['denied by default, an authorization of no known kind', DENY, unnamed, needsToken],
    ['allowed by default, a password for a proxy', ALLOW, basic, []],
    [
      'a token that may not see all',
      { ...DENY, ...hint },
      token,
      [expect.stringContaining('left out entries')],
    ],
    ['no word of a policy, no token', {}, {}, unsaid],
    ['no word of a policy, a token: the hint may be lost, too', {}, token, unsaid],
  ])('is judged by its headers: %s', async (_case, headers, settings, reasons) => {
    const reading = await read(catalog, undefined, headers, settings);
    expect(reading.reasons).toEqual(reasons);
    expect(Object.keys(reading.machines)).toEqual(['node-1', 'node-2']);
  });

  test('is judged by a token in the query, too', async () => {
    const answer = json([], DENY);
    expect((await readServed(answer, { format: 'consul' }, 'ip', '/?token=x')).complete).toBe(true);
    expect((await readServed(answer, { format: 'consul' }, 'ip', '/?token=')).reasons).toEqual(needsToken);
  });
});

describe('addresses', () => {
  const tagged = { TaggedAddresses: { lan: '10.0.0.1', lan_ipv6: '2001:db8::1', 'dmz.eu': '192.0.2.1' } };
  const row = {
    Node: 'a',
    Address: '10.0.0.1',
    ...tagged,
    ServiceAddress: '10.0.1.1',
    ServiceTaggedAddresses: {
      lan_ipv6: { Address: '2001:db8:1::1', Port: 80 },
      virtual: { Address: '', Port: 80 },
    },
  };

  test('take the address of the node where that of the service is empty', async () => {
    expect(await read(catalog, { address: 'service' })).toEqual({
      machines: { 'node-1': '10.0.0.21', 'node-2': '10.0.1.22' },
      skipped: {},
      complete: true,
      reasons: [],
    });
  });

  test.each<[string, string | undefined]>([
    ['node', '10.0.0.1'],
    ['service', '10.0.1.1'],
    ['lan', '10.0.0.1'],
    ['lan_ipv6', '2001:db8::1'],
    ['dmz.eu', '192.0.2.1'],
    ['service:lan_ipv6', '2001:db8:1::1'],
    ['service:virtual', undefined],
    ['service:wan', undefined],
    ['wan', undefined],
    ['constructor', undefined],
  ])('are taken by %s from the catalog: %s', async (address, value) => {
    const { machines, reasons } = await read([row], { address });
    expect(machines).toEqual(value === undefined ? {} : { a: value });
    if (value === undefined) expect(reasons.join()).toMatch(/^no .+ address: a$/);
    else expect(reasons).toEqual([]);
  });

  test('cannot be taken from services in a list of nodes', async () => {
    const { reasons } = await read([{ Node: 'a', Address: '10.0.0.1' }], { address: 'service' });
    expect(reasons).toEqual(['no service address: a']);
  });

  test.each([
    ['node', ['10.0.1.20', '10.0.1.21', '10.0.1.22']],
    ['service', ['172.17.0.2', '10.0.1.21', '10.0.1.22']],
    ['lan_ipv6', ['2001:db8::1', '2001:db8::2', '2001:db8::3']],
    ['service:lan_ipv6', ['2001:db8:1::1', '2001:db8:1::2', '2001:db8:1::3']],
  ])('are taken from health: %s', async (address, values) => {
    const { machines, complete } = await read(health, { address });
    expect(Object.values(machines)).toEqual(values);
    expect(complete).toBe(true);
  });
});

describe('health', () => {
  const checked = (node: string, ...states: unknown[]) => ({
    Node: { Node: node, Address: `10.0.0.${node}` },
    Service: { Address: '' },
    Checks: states.map((Status) => ({ Status })),
  });
  const passing = { passingOnly: true };

  test('keeps an instance with a failing check', async () => {
    const { machines, complete } = await read(health);
    expect(Object.keys(machines)).toEqual(['web-1', 'web-2', 'web-3']);
    expect(complete).toBe(true);
  });

  test('leaves failing instances out where that is chosen, and says which', async () => {
    expect(await read(health, passing)).toEqual({
      machines: { 'web-1': '10.0.1.20' },
      skipped: {
        'web-2': 'a check is critical, and passingOnly is set',
        'web-3': 'a check is warning, and passingOnly is set',
      },
      complete: true,
      reasons: [],
    });
  });

  test.each<[string, unknown[], Record<string, string>, readonly string[]]>([
    ['no check at all passes, as in Consul', [checked('1')], { 1: '10.0.0.1' }, []],
    [
      'an unknown state is unclear',
      [checked('1', 'passing', 'fine')],
      {},
      ['a check in a state that is not known: 1'],
    ],
    [
      'a state in other letters is unknown',
      [checked('1', 'Passing')],
      {},
      ['a check in a state that is not known: 1'],
    ],
    [
      'an unknown state beside a failing one is unclear',
      [checked('1', 'critical', undefined)],
      {},
      ['a check in a state that is not known: 1'],
    ],
    [
      'one instance that passes is enough for its node',
      [checked('1', 'critical'), checked('1', 'odd'), checked('1', 'passing'), checked('1', 'warning')],
      { 1: '10.0.0.1' },
      [],
    ],
    [
      'an unclear instance outweighs a failing one',
      [checked('1', 'critical'), checked('1', 'odd'), checked('1', 'critical')],
      {},
      ['a check in a state that is not known: 1'],
    ],
    [
      'the catalog has no checks',
      [{ Node: '1', Address: '10.0.0.1' }],
      {},
      ['no checks, which passingOnly needs and /v1/health/service/… has: 1'],
    ],
  ])('counts passing instances only, where that is chosen: %s', async (_case, body, machines, reasons) => {
    expect(await read(body, passing)).toMatchObject({ machines, reasons });
  });

  test('reads no states where nobody asks for them', async () => {
    const { machines, complete } = await read([checked('1', 'odd'), { ...checked('2'), Checks: 'none' }]);
    expect(machines).toEqual({ 1: '10.0.0.1', 2: '10.0.0.2' });
    expect(complete).toBe(true);
  });

  test('takes metadata of the node for the id where that is chosen', async () => {
    const { machines } = await read(health, undefined, ALLOW, { id: { field: 'sls_id' } });
    expect(Object.values(machines)).toEqual(['dc1-web-1', 'dc1-web-2', 'dc1-web-3']);
  });

  test('names a row of neither list, and keeps the others', async () => {
    const { machines, reasons } = await read([{ Node: { Address: 'x' } }, checked('1'), 7]);
    expect(machines).toEqual({ 1: '10.0.0.1' });
    expect(reasons).toEqual(['not a catalog entry: "[0]", "[2]"']);
  });
});

test.each([
  [{ error: 'x' }, 'an object with 1 field instead of a list of catalog entries'],
  ['x', 'text of 1 character instead of a list of catalog entries'],
  [null, 'null instead of a list of catalog entries'],
])('%j is refused as an answer of Consul', async (body, message) => {
  await expect(read(body)).rejects.toMatchObject({ code: 'malformed', message: `s: ${message}` });
});
