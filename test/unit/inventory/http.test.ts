import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import type * as z from 'zod/mini';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import { memberPolicy, sourceWanted } from '../../../lib/inventory/members.ts';
import { SourceError } from '../../../lib/inventory/source.ts';
import { type HttpDeps, open as openHttp } from '../../../lib/inventory/sources/http/read.ts';
import { httpSource } from '../../../lib/inventory/sources/http/settings.ts';
import { fixture } from '../../support/fixture.ts';
import { bytes, json, type Served, serve } from './served.ts';

type Settings = z.input<typeof httpSource>;

const recorded = (name: string) => fixture<{ readonly body: never }>(`inventory/${name}`);

/** Loopback is what the test servers are on; everything else is as in production. */
const LOCAL = { type: 'http', allowHttp: true, allowLoopback: true } as const;
const SECRET = 'not-a-real-token';

const deps: HttpDeps = {
  now: () => 1_700_000_000_000,
  secret: async () => SECRET,
  resolve: async (hostname) => {
    throw Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
  },
};

function open(
  url: string,
  more: Partial<Settings> = {},
  identify: IdentifyType = 'ip',
  with_: Partial<HttpDeps> = {},
) {
  const settings = httpSource.parse({ ...LOCAL, url, format: 'list', ...more });
  return openHttp(settings, 'sources[0] http', identify, { ...deps, ...with_ });
}

/** Values by the ids they were found under. */
async function read(url: string, more: Partial<Settings> = {}, identify: IdentifyType = 'ip') {
  const snapshot = await open(url, more, identify).snapshot();
  return {
    snapshot,
    machines: Object.fromEntries(snapshot.machines.map(({ origin, value }) => [origin.id, value])),
    skipped: Object.fromEntries(snapshot.skipped.map(({ origin, reason }) => [origin.id, reason])),
    reasons: snapshot.completeness.complete ? [] : snapshot.completeness.reasons,
  };
}

async function failure(work: Promise<unknown>): Promise<SourceError> {
  const error = await work.then(
    (value) => new Error(`resolved to ${inspect(value)}`),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  return error;
}

describe('format list', () => {
  it('reads a JSON array, notes its ETag and when it was read', async () => {
    await using server = await serve(json(['10.0.0.1', '10.0.0.2'], { etag: '"v7"' }));
    const { snapshot } = await read(server.origin);
    expect(snapshot).toEqual({
      source: 'sources[0] http',
      takenAt: 1_700_000_000_000,
      readings: [expect.stringMatching(/^http [0-9a-f]{64}$/)],
      machines: [
        { value: '10.0.0.1', origin: { source: 'sources[0] http', id: '[0]' } },
        { value: '10.0.0.2', origin: { source: 'sources[0] http', id: '[1]' } },
      ],
      skipped: [],
      completeness: { complete: true, proof: '2 entries' },
      revision: '"v7"',
    });
    expect(server.asked).toMatchObject([{ method: 'GET', url: '/' }]);
    expect(server.asked[0]?.headers).not.toHaveProperty('accept-encoding');
    expect(server.asked[0]?.headers.accept).toBe('application/json, text/plain');
  });

  it('reads plain lines, and an array under "machines"', async () => {
    await using lines = await serve((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
        .end('# web\n10.0.0.1 # first\n\n10.0.0.2');
    });
    expect((await read(lines.origin)).machines).toEqual({ 'line 2': '10.0.0.1', 'line 4': '10.0.0.2' });
    await using object = await serve(
      json({ machines: ['10.0.0.1'] }, { 'content-type': 'application/vnd.test+json' }),
    );
    expect((await read(object.origin)).machines).toEqual({ '[0]': '10.0.0.1' });
  });

  it('takes "[]" for no machines: complete and empty', async () => {
    await using server = await serve(json([]));
    expect((await read(server.origin)).snapshot).toMatchObject({
      machines: [],
      completeness: { complete: true },
    });
  });

  it('names an entry that is not a string, and keeps the others', async () => {
    await using server = await serve(json(['10.0.0.1', 7, '10.0.0.2']));
    const { machines, reasons } = await read(server.origin);
    expect(machines).toEqual({ '[0]': '10.0.0.1', '[2]': '10.0.0.2' });
    expect(reasons).toEqual(['not a string: "[1]"']);
  });

  it('doubts plain lines whose end the protocol did not mark', async () => {
    const head = ['HTTP/1.0 200 OK', 'content-type: text/plain', ''];
    await using server = await serve(bytes(...head, '10.0.0.1\n10.0.0.12'));
    const { machines, reasons } = await read(server.origin);
    expect(machines).toEqual({ 'line 1': '10.0.0.1' });
    expect(reasons).toContain('the answer has no length, so a cut list would look whole');
  });
});

describe('format prometheus', () => {
  const { body } = recorded('prometheus-http-sd');

  it('strips ports and brackets, and counts a host on two ports once', async () => {
    await using server = await serve(json(body));
    const { machines, snapshot } = await read(server.origin, { format: 'prometheus' });
    expect(machines).toEqual({
      '10.0.10.2': '10.0.10.2',
      '2001:db8::1': '2001:db8::1',
      'host.example': 'host.example',
    });
    expect(snapshot.completeness).toEqual({ complete: true, proof: '4 targets in 2 groups' });
  });

  it('leaves a group of addresses incomplete when a target is a host name, and names it', async () => {
    await using server = await serve(json(body));
    const { snapshot } = await read(server.origin, { format: 'prometheus' });
    const wanted = sourceWanted(snapshot, memberPolicy({ identify: 'ip' }));
    expect([...wanted.members.keys()]).toEqual(['10.0.10.2', '2001:db8::1']);
    expect(wanted.completeness).toMatchObject({
      complete: false,
      reasons: [expect.stringContaining('host.example')],
    });
  });

  it('takes the host or a label for a userdefined group', async () => {
    await using server = await serve(json(body));
    expect((await read(server.origin, { format: 'prometheus' }, 'userdefined')).machines).toMatchObject({
      'host.example': 'host.example',
    });
    const labelled = await read(
      server.origin,
      { format: 'prometheus', id: { field: 'sls_id' } },
      'userdefined',
    );
    expect(labelled.machines).toEqual({ '10.0.10.2': 'london-nodes', '2001:db8::1': 'london-nodes' });
    expect(labelled.reasons).toEqual(['no text in the field sls_id: host.example']);
  });

  it('takes "[]" for no targets, and names groups that are none', async () => {
    await using empty = await serve(json([]));
    expect((await read(empty.origin, { format: 'prometheus' })).snapshot.completeness.complete).toBe(true);
    await using odd = await serve(json([{ targets: ['10.0.0.1:1', ':9100', 3] }, { target: [] }]));
    const { machines, reasons } = await read(odd.origin, { format: 'prometheus' });
    expect(machines).toEqual({ '10.0.0.1': '10.0.0.1' });
    expect(reasons).toEqual([
      'not a target with a host: "[0].targets[1]", "[0].targets[2]"',
      'not a target group: "[1]"',
    ]);
  });
});

describe('format netbox', () => {
  const { body } = recorded('netbox-devices');
  const device = (id: number, ip: string | null = `192.0.2.${id}/24`) => ({
    id,
    name: `web-${id}`,
    primary_ip4: ip === null ? null : { id: 100 + id, address: ip },
    primary_ip6: null,
  });
  const devices = '/api/dcim/devices/?tag=sls-web';

  /** Serves the pages in turn; `next` names a host that the caller could not reach. */
  const paged =
    (pages: readonly (readonly unknown[])[], count: number | null) =>
    ({ url }: IncomingMessage, response: ServerResponse) => {
      const offset = Number(new URL(url ?? '', 'http://x').searchParams.get('offset') ?? 0);
      const next =
        offset + 1 < pages.length
          ? `http://netbox.internal:8001/api/dcim/devices/?tag=sls-web&offset=${offset + 1}`
          : null;
      json({ count, next, previous: null, results: pages[offset] })({} as never, response);
    };

  it('pitfall 25: strips the mask and never takes primary_ip, which is the IPv6 address where both exist', async () => {
    await using server = await serve(json(body));
    const { machines, snapshot } = await read(server.origin + devices, { format: 'netbox' });
    expect(machines).toEqual({ 'web-1 (4)': '192.0.2.10', '5': '192.0.2.11', 'web-3 (6)': '192.0.2.12' });
    expect(snapshot.completeness).toEqual({ complete: true, proof: '3 records of 3 counted, 1 pages' });
    expect(server.asked[0]?.url).toBe(
      '/api/dcim/devices/?tag=sls-web&limit=500&exclude=config_context&ordering=id',
    );
  });

  it('names devices without the chosen address and is incomplete', async () => {
    await using server = await serve(json(body));
    const { machines, reasons } = await read(server.origin + devices, {
      format: 'netbox',
      netbox: { family: 'ipv6' },
    });
    expect(machines).toEqual({ 'web-1 (4)': '2001:db8::10' });
    expect(reasons).toEqual(['no primary_ip6: 5, "web-3 (6)"']);
  });

  it('takes the name or a custom field for a userdefined group', async () => {
    await using server = await serve(json(body));
    const named = await read(server.origin + devices, { format: 'netbox' }, 'userdefined');
    expect(named.machines).toEqual({ 'web-1 (4)': 'web-1', 'web-3 (6)': 'web-3' });
    expect(named.reasons).toEqual(['no name: 5']);
    const custom = await read(
      server.origin + devices,
      { format: 'netbox', id: { field: 'sls_id' } },
      'userdefined',
    );
    expect(custom.machines).toEqual({ 'web-1 (4)': 'web-fra1' });
  });

  it('reads all pages from the host it was given, whatever host `next` names, with the token on each', async () => {
    await using server = await serve(paged([[device(1), device(2)], [device(3)], [device(4)]], 4));
    const header = { name: 'Authorization', prefix: 'Token ', secretId: 'netbox' };
    const { machines, snapshot } = await read(server.origin + devices, { format: 'netbox', header });
    expect(Object.values(machines)).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']);
    expect(snapshot.completeness).toEqual({ complete: true, proof: '4 records of 4 counted, 3 pages' });
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill(`Token ${SECRET}`),
    );
    expect(server.asked.map(({ headers }) => headers.host)).toEqual(
      Array(3).fill(new URL(server.origin).host),
    );
  });

  it('follows a cursor, which has no total, to its end', async () => {
    await using server = await serve(paged([[device(1)], [device(2)]], null));
    const { snapshot } = await read(server.origin + devices, { format: 'netbox' });
    expect(snapshot.machines).toHaveLength(2);
    expect(snapshot.completeness).toEqual({
      complete: true,
      proof: '2 records to the end of the cursor, 2 pages',
    });
  });

  it.each([
    ['more counted than given', [[device(1)], [device(2)]], 3],
    ['a record on two pages, another on none', [[device(1), device(2)], [device(2)]], 3],
    ['fewer counted than given', [[device(1), device(2)]], 1],
  ])('throws on a wrong total: %s', async (_case, pages, count) => {
    await using server = await serve(paged(pages, count));
    expect(await failure(open(server.origin + devices, { format: 'netbox' }).snapshot())).toMatchObject({
      code: 'count',
    });
  });

  it('throws when the total changes between pages', async () => {
    let count = 2;
    await using server = await serve((request, response) =>
      paged([[device(1)], [device(2)]], count++)(request, response),
    );
    expect(await failure(open(server.origin + devices, { format: 'netbox' }).snapshot())).toMatchObject({
      code: 'changed',
    });
  });

  it('throws when a later page fails, and gives no part of the list', async () => {
    await using server = await serve((request, response) => {
      if (request.url?.includes('offset=1')) response.writeHead(500).end();
      else paged([[device(1)], [device(2)]], 2)(request, response);
    });
    expect(await failure(open(server.origin + devices, { format: 'netbox' }).snapshot())).toMatchObject({
      code: 'status',
      status: 500,
    });
  });

  it('throws when a page is cut off', async () => {
    await using server = await serve((request, response) => {
      if (!request.url?.includes('offset=1')) return paged([[device(1)], [device(2)]], 2)(request, response);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '9999' });
      response.write('{"count":2,"next":null,"results":[', () => response.destroy());
    });
    expect(await failure(open(server.origin + devices, { format: 'netbox' }).snapshot())).toMatchObject({
      code: 'truncated',
    });
  });

  it('does not go round in circles', async () => {
    await using server = await serve(json({ count: 2, next: 'https://x/?offset=1', results: [device(1)] }));
    expect(await failure(open(server.origin + devices, { format: 'netbox' }).snapshot())).toMatchObject({
      code: 'malformed',
    });
    expect(server.asked).toHaveLength(2);
  });

  it('pitfall 8: names records that share an address', async () => {
    await using server = await serve(paged([[device(1, '10.0.0.1/24'), device(2, '10.0.0.1/16')]], 2));
    expect((await read(server.origin + devices, { format: 'netbox' })).reasons).toEqual([
      'several records have the address 10.0.0.1: "web-1 (1)", "web-2 (2)"',
    ]);
  });

  it('pitfall 12: names a record that is none and keeps the others', async () => {
    await using server = await serve(paged([[device(1), { id: 2, name: ['?'] }, device(3)]], 3));
    const { machines, reasons } = await read(server.origin + devices, { format: 'netbox' });
    expect(Object.keys(machines)).toEqual(['web-1 (1)', 'web-3 (3)']);
    expect(reasons).toEqual(['not a device or virtual machine: "results[1]"']);
  });
});

describe('format consul', () => {
  const { body } = recorded('consul-catalog-service');
  /** What Consul sends with every answer, where nobody is denied anything. */
  const open = { 'x-consul-default-acl-policy': 'allow' };

  it('takes the address of each node once, and the index as the revision', async () => {
    await using server = await serve(
      json(body, { ...open, 'x-consul-index': '42', 'x-consul-knownleader': 'true' }),
    );
    const { machines, snapshot } = await read(server.origin, { format: 'consul' });
    expect(machines).toEqual({ 'web-1': '10.0.1.20', 'web-2': '10.0.1.21' });
    expect(snapshot).toMatchObject({
      revision: '42',
      completeness: { complete: true, proof: '3 catalog entries' },
    });
    expect(snapshot.machines).toHaveLength(2);
  });

  it('takes another address where the setting says so, and names nodes without it', async () => {
    await using server = await serve(json(body, open));
    const wan = await read(server.origin, { format: 'consul', consul: { address: 'wan' } });
    expect(wan.machines).toEqual({ 'web-1': '198.51.100.7' });
    expect(wan.reasons).toEqual(['no wan address: web-2']);
    const { snapshot } = await read(server.origin, { format: 'consul', consul: { address: 'service' } });
    expect(snapshot.machines.map(({ value }) => value)).toEqual(['172.17.0.2', '172.17.0.3', '10.0.1.21']);
  });

  it('takes the node or its metadata for a userdefined group', async () => {
    await using server = await serve(json(body, open));
    expect((await read(server.origin, { format: 'consul' }, 'userdefined')).machines).toEqual({
      'web-1': 'web-1',
      'web-2': 'web-2',
    });
    const meta = await read(server.origin, { format: 'consul', id: { field: 'sls_id' } }, 'userdefined');
    expect(meta.machines).toEqual({ 'web-1': 'dc1-web' });
    expect(meta.reasons).toEqual(['no text in the field sls_id: web-2']);
  });

  it('pitfall 1: is incomplete when an ACL hid entries, even if nothing is left', async () => {
    await using server = await serve(json([], { 'x-consul-results-filtered-by-acls': 'true' }));
    const { snapshot, reasons } = await read(server.origin, { format: 'consul' });
    expect(snapshot.machines).toEqual([]);
    expect(reasons).toEqual(['Consul left out entries that the token may not see']);
  });

  it('is incomplete when the server knows no leader', async () => {
    await using server = await serve(json(body, { ...open, 'x-consul-knownleader': 'false' }));
    expect((await read(server.origin, { format: 'consul' })).reasons).toEqual([
      'the Consul server knows no leader, so its catalog may be old',
    ]);
  });

  it('pitfall 8: names nodes that share an address', async () => {
    await using server = await serve(
      json([{ Node: 'a', Address: '10.0.0.1' }, { Node: 'b', Address: '10.0.0.1' }, { Address: 'x' }], open),
    );
    expect((await read(server.origin, { format: 'consul' })).reasons).toEqual([
      'several nodes have the address 10.0.0.1: a, b',
      'not a catalog entry: "[2]"',
    ]);
  });
});

describe('format ansible', () => {
  const { body } = recorded('ansible-list');

  it('reads groups of both forms, their children and cycles, and falls back to what is an address', async () => {
    await using server = await serve(json(body));
    const { machines, reasons } = await read(server.origin, { format: 'ansible', ansible: { group: 'web' } });
    expect(machines).toEqual({ 'web-1': '10.0.1.20', 'web-2': '10.0.1.21', '10.0.1.22': '10.0.1.22' });
    expect(reasons).toEqual([]);
  });

  it('reads every group when none is named, and names hosts whose address nobody knows', async () => {
    await using server = await serve(json(body));
    const { machines, reasons } = await read(server.origin, { format: 'ansible' });
    expect(Object.keys(machines).sort()).toEqual(['10.0.1.22', 'db-1', 'web-1', 'web-2']);
    expect(reasons).toEqual(['no address in ansible_host: db-unknown']);
  });

  it('looks at a variable chosen by hand and at nothing else', async () => {
    await using server = await serve(json(body));
    const ansible = { group: 'web', variable: 'private_ip_address' };
    const { machines, reasons } = await read(server.origin, { format: 'ansible', ansible });
    expect(machines).toEqual({ 'web-1': '10.0.9.20', 'web-2': '10.0.1.21' });
    expect(reasons).toEqual(['no address in private_ip_address: 10.0.1.22']);
  });

  it('takes the host or a variable for a userdefined group', async () => {
    await using server = await serve(json(body));
    const ansible = { group: 'web_canary' };
    const named = await read(server.origin, { format: 'ansible', ansible }, 'userdefined');
    expect(Object.values(named.machines).sort()).toEqual(['10.0.1.22', 'web-1', 'web-2']);
    const variable = await read(
      server.origin,
      { format: 'ansible', ansible, id: { field: 'sls_id' } },
      'userdefined',
    );
    expect(variable.machines).toEqual({ 'web-1': 'web-one' });
    expect(variable.snapshot.completeness.complete).toBe(false);
  });

  it('is incomplete when the group it was asked for is not there: empty and misspelt look the same', async () => {
    await using server = await serve(json(body));
    const { snapshot, reasons } = await read(server.origin, { format: 'ansible', ansible: { group: 'wbe' } });
    expect(snapshot.machines).toEqual([]);
    expect(reasons).toEqual(['the inventory has no group wbe: empty, or misspelt']);
  });

  it('names a group that is neither form', async () => {
    await using server = await serve(
      json({ _meta: { hostvars: {} }, web: { hosts: 'web-1' }, db: ['10.0.0.1'] }),
    );
    const { machines, reasons } = await read(server.origin, { format: 'ansible' });
    expect(machines).toEqual({ '10.0.0.1': '10.0.0.1' });
    expect(reasons).toEqual(['not a group of hosts and children: web']);
  });
});

describe('fails on an answer that is not the whole list', () => {
  const type = { 'content-type': 'application/json' };
  const respond = (status: number, headers: Record<string, string>, body = '') =>
    serve((_request, response) => void response.writeHead(status, headers).end(body));

  test.each([
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [429, 'throttled'],
    [500, 'status'],
    [503, 'status'],
    [206, 'status'],
    [204, 'status'],
    [304, 'status'],
  ])('with status %i: %s', async (status, code) => {
    await using server = await respond(status, type, [204, 304].includes(status) ? '' : '[]');
    expect(await failure(open(server.origin).snapshot())).toMatchObject({
      name: 'SourceError',
      code,
      status,
    });
  });

  const formats = ['list', 'prometheus', 'netbox', 'consul', 'ansible'] as const;
  test.each(formats)('to %s, for JSON of another shape', async (format) => {
    await using server = await serve(json(format === 'ansible' ? ['10.0.0.1'] : { error: 'try later' }));
    expect(await failure(open(server.origin, { format }).snapshot())).toMatchObject({ code: 'malformed' });
  });
  test.each(formats)('to %s, for invalid JSON, without quoting it', async (format) => {
    await using server = await respond(200, type, '["10.0.0.1", "private');
    const error = await failure(open(server.origin, { format }).snapshot());
    expect(error).toMatchObject({ code: 'malformed' });
    expect(inspect(error)).not.toContain('private');
  });
  test.each(formats)('to %s, for another content type', async (format) => {
    await using server = await respond(200, { 'content-type': 'text/html' }, '<html>[]</html>');
    expect(await failure(open(server.origin, { format }).snapshot())).toMatchObject({ code: 'content-type' });
  });

  it('for a JSON text, which is no line of a list', async () => {
    await using server = await serve(json('10.0.0.1\n'));
    expect(await failure(open(server.origin).snapshot())).toMatchObject({ code: 'malformed' });
  });

  it('for no content type, and an encoding nobody asked for', async () => {
    await using none = await respond(200, {}, '[]');
    expect(await failure(open(none.origin).snapshot())).toMatchObject({ code: 'content-type' });
    await using gzip = await respond(200, { ...type, 'content-encoding': 'gzip' }, '[]');
    expect(await failure(open(gzip.origin).snapshot())).toMatchObject({ code: 'content-type' });
  });

  it('for a body shorter than announced, and a chunked body without its end', async () => {
    await using short = await serve(
      bytes('HTTP/1.1 200 OK', 'content-type: application/json', 'content-length: 100', '', '["10.0.0.1"]'),
    );
    expect(await failure(open(short.origin).snapshot())).toMatchObject({ code: 'truncated' });
    await using chunked = await serve(
      bytes(
        'HTTP/1.1 200 OK',
        'content-type: application/json',
        'transfer-encoding: chunked',
        '',
        'c',
        '["10.0.0.1"]',
        '',
      ),
    );
    expect(await failure(open(chunked.origin).snapshot())).toMatchObject({ code: 'truncated' });
  });

  it('for too many bytes, announced or not', async () => {
    const big = JSON.stringify(Array(200).fill('10.0.0.1'));
    await using announced = await respond(200, { ...type, 'content-length': `${big.length}` }, big);
    expect(await failure(open(announced.origin, { maxBytes: 1024 }).snapshot())).toMatchObject({
      code: 'too-large',
    });
    await using endless = await serve((_request, response) => {
      response.writeHead(200, type);
      const more = () => response.write('"10.0.0.1",'.repeat(100), (error) => error ?? more());
      more();
    });
    expect(await failure(open(endless.origin, { maxBytes: 1024 }).snapshot())).toMatchObject({
      code: 'too-large',
    });
  });

  it('for bytes that are not UTF-8', async () => {
    await using server = await serve(
      (_request, response) => void response.writeHead(200, type).end(Buffer.from('["\xff"]', 'latin1')),
    );
    expect(await failure(open(server.origin).snapshot())).toMatchObject({ code: 'malformed' });
  });

  it('when it does not come, or does not end, in time', async () => {
    await using silent = await serve(() => {});
    expect(await failure(open(silent.origin, { timeoutMs: 100 }).snapshot())).toMatchObject({
      code: 'timeout',
    });
    await using slow = await serve(
      (_request, response) => void response.writeHead(200, type).write('["10.0'),
    );
    expect(await failure(open(slow.origin, { timeoutMs: 100 }).snapshot())).toMatchObject({
      code: 'timeout',
    });
  });

  it('when the caller gives up', async () => {
    const stop = new AbortController();
    await using server = await serve(() => stop.abort());
    expect(await failure(open(server.origin).snapshot(stop.signal))).toMatchObject({ code: 'aborted' });
    expect(await failure(open(server.origin).snapshot(AbortSignal.abort()))).toMatchObject({
      code: 'aborted',
    });
  });

  it('when the server is not there, or only hangs up', async () => {
    const closed = await serve(() => {});
    await closed[Symbol.asyncDispose]();
    expect(await failure(open(closed.origin).snapshot())).toMatchObject({
      code: 'unreachable',
      message: `sources[0] http: ECONNREFUSED at ${new URL(closed.origin).host}`,
    });
    await using rude = await serve((request) => void request.socket.destroy());
    expect(await failure(open(rude.origin).snapshot())).toMatchObject({ code: 'unreachable' });
    expect(await failure(open('http://inventory.example/').snapshot())).toMatchObject({
      code: 'unreachable',
      message: 'sources[0] http: ENOTFOUND at inventory.example',
    });
  });
});

describe('a redirect', () => {
  const to =
    (location: string | undefined, status = 302) =>
    (_request: unknown, response: ServerResponse) =>
      void response.writeHead(status, location === undefined ? {} : { location }).end('moved');
  const header = { name: 'X-Consul-Token', secretId: 'consul' };

  test.each([301, 302, 303, 307, 308])(
    'with %i to the same host is followed, with the header',
    async (status) => {
      await using server = await serve((request, response) => {
        if (request.url === '/list/') json(['10.0.0.1'])(request, response);
        else to('/list/', status)(request, response);
      });
      expect((await read(`${server.origin}/list`, { header })).machines).toEqual({ '[0]': '10.0.0.1' });
      expect(server.asked.map(({ headers }) => headers['x-consul-token'])).toEqual([SECRET, SECRET]);
    },
  );

  it('to another host is refused: neither it nor the header goes there', async () => {
    await using other = await serve(json(['10.9.9.9']));
    // Another port is another service, and the same machine by another name is another host.
    for (const target of [
      `${other.origin}/`,
      `http://localhost:${other.port}/`,
      `//127.0.0.2:${other.port}/`,
    ]) {
      await using server = await serve(to(target));
      expect(await failure(open(server.origin, { header }).snapshot())).toMatchObject({
        code: 'redirect',
        status: 302,
      });
    }
    expect(other.asked).toEqual([]);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'http://[fd00:ec2::254]/',
    '//x@y/',
    undefined,
  ])('to %s is refused', async (target) => {
    await using server = await serve(to(target));
    expect(await failure(open(server.origin).snapshot())).toMatchObject({ code: 'redirect' });
  });

  it('to the same host with credentials in the URL is refused: they would become a header', async () => {
    await using server = await serve((request, response) => {
      to(`http://user:pass@${request.headers.host}/`)(request, response);
    });
    expect(await failure(open(server.origin, { header }).snapshot())).toMatchObject({ code: 'egress' });
    expect(server.asked).toHaveLength(1);
  });

  it('without end is refused', async () => {
    await using server = await serve((request, response) => to(`${request.url}x`)(request, response));
    expect(await failure(open(server.origin).snapshot())).toMatchObject({ code: 'redirect' });
    expect(server.asked).toHaveLength(4);
  });
});

describe('the connection', () => {
  const named = (server: Served, ...answers: readonly string[][]) => {
    const asked: string[] = [];
    const resolve: HttpDeps['resolve'] = async (hostname) => {
      const addresses = answers[Math.min(asked.push(hostname), answers.length) - 1] ?? [];
      return addresses.map((address) => ({ address, family: 4 }));
    };
    return {
      asked,
      source: (more: Partial<Settings> = {}) =>
        open(`http://inventory.test:${server.port}/`, more, 'ip', { resolve }),
    };
  };

  it('goes to the address that was checked, after one look-up', async () => {
    await using server = await serve(json(['10.0.0.1']));
    // A second look-up would get the metadata service.
    const { asked, source } = named(server, ['127.0.0.1'], ['169.254.169.254']);
    expect((await source().snapshot()).machines).toHaveLength(1);
    expect(asked).toEqual(['inventory.test']);
    expect(server.asked[0]?.headers.host).toBe(`inventory.test:${server.port}`);
  });

  it('is checked again when the name turns to another address', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/again', connection: 'close' }).end();
      else json(['10.0.0.1'])(request, response);
    });
    const { asked, source } = named(server, ['127.0.0.1'], ['169.254.169.254']);
    expect(await failure(source().snapshot())).toMatchObject({
      code: 'egress',
      message: 'sources[0] http: inventory.test is refused: it resolves to 169.254.169.254 (link-local)',
    });
    expect(asked).toHaveLength(2);
    expect(server.asked).toHaveLength(1);
  });

  test.each([[['127.0.0.1']], [['10.0.0.1', '127.0.0.1']], [['0.0.0.0']]])(
    'is refused to %j unless the setting allows it',
    async (addresses) => {
      await using server = await serve(json(['10.0.0.1']));
      const { source } = named(server, addresses);
      expect(await failure(source({ allowLoopback: false }).snapshot())).toMatchObject({ code: 'egress' });
      expect(server.asked).toEqual([]);
    },
  );

  it('is checked for an address in the URL although nothing looks it up', async () => {
    await using server = await serve(json(['10.0.0.1']));
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]']) {
      const url = `http://${host}:${server.port}/`;
      const settings = { ...httpSource.parse({ ...LOCAL, url, format: 'list' }), allowLoopback: false };
      const source = openHttp(settings, 'sources[0] http', 'ip', deps);
      expect(await failure(source.snapshot())).toMatchObject({ code: 'egress' });
    }
    expect(server.asked).toEqual([]);
  });
});

describe('the secret header', () => {
  const header = { name: 'Authorization', prefix: 'Bearer ', secretId: 'inventory' };

  it('is sent, and stays out of errors', async () => {
    await using server = await serve(
      (_request, response) => void response.writeHead(403).end(`denied: ${SECRET}`),
    );
    const error = await failure(open(`${server.origin}/?token=${SECRET}`, { header }).snapshot());
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SECRET);
    await using rude = await serve((request) => void request.socket.destroy());
    const broken = await failure(open(rude.origin, { header }).snapshot());
    expect(inspect(broken, { depth: 10, showHidden: true })).not.toContain(SECRET);
  });

  it('that cannot be read is an error, and nothing is asked without it', async () => {
    await using server = await serve(json(['10.0.0.1']));
    const cause = new Error('denied');
    const secret = () => Promise.reject(cause);
    const error = await failure(open(server.origin, { header }, 'ip', { secret }).snapshot());
    expect(error).toMatchObject({ code: 'failed', cause });
    expect(server.asked).toEqual([]);
  });

  it('that would break out of the header is refused', async () => {
    await using server = await serve(json(['10.0.0.1']));
    const secret = async () => 'not-a-real-token\r\nx-evil: 1';
    const error = await failure(open(server.origin, { header }, 'ip', { secret }).snapshot());
    expect(error.message).toBe('sources[0] http: the secret does not fit into a header');
    expect(server.asked).toEqual([]);
  });
});
