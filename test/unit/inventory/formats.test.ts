// Inventories as they are: each document is served over a real socket and stored in a real file, and has to be read
// the same from both, down to the members of the group.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it, test } from 'vitest';
import { documentReader } from '../../../lib/aws/document.ts';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import { collector } from '../../../lib/inventory/found.ts';
import { memberPolicy, sourceWanted } from '../../../lib/inventory/members.ts';
import type { Source } from '../../../lib/inventory/source.ts';
import { open as openFile } from '../../../lib/inventory/sources/file/read.ts';
import { fileSource } from '../../../lib/inventory/sources/file/settings.ts';
import { open as openHttp } from '../../../lib/inventory/sources/http/read.ts';
import { httpSource } from '../../../lib/inventory/sources/http/settings.ts';
import { fixture } from '../../support/fixture.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { serve } from './served.ts';

const recorded = (name: string) => fixture<{ body: unknown }>(`inventory/${name}`).body;

const folder = temporaryFolder('formats');
afterAll(folder.remove);
const path = join(folder.path, 'inventory');
const edges = {
  now: () => 7,
  secret: async () => 'not-a-real-token',
  resolve: async () => [],
  readText: documentReader({ files: true }),
};

/** Members in their order, and the reasons why the reading is incomplete or refused; none when it is complete. */
interface Outcome {
  readonly members: readonly string[];
  readonly reasons: readonly string[];
  readonly refused?: string;
}

async function outcome(source: Source, identify: IdentifyType): Promise<Outcome> {
  const snapshot = await source.snapshot().catch((error: { code: string; message: string }) => error);
  if ('message' in snapshot) return { members: [], reasons: [snapshot.message], refused: snapshot.code };
  const { members, completeness } = sourceWanted(snapshot, memberPolicy({ identify }));
  return { members: [...members.keys()], reasons: completeness.complete ? [] : completeness.reasons };
}

async function served(text: string, type: string, settings: object, identify: IdentifyType) {
  await using server = await serve(
    // Consul says with every answer whether it may hide entries; the others do not mind.
    (_request, response) =>
      void response
        .writeHead(200, { 'content-type': type, 'x-consul-default-acl-policy': 'allow' })
        .end(text),
  );
  const local = { type: 'http', url: server.origin, allowHttp: true, allowLoopback: true };
  return await outcome(
    openHttp(httpSource.parse({ ...local, ...settings }), 'sources[0] x', identify, edges),
    identify,
  );
}

async function stored(text: string, settings: object, identify: IdentifyType) {
  writeFileSync(path, text);
  const source = fileSource.parse({ type: 'file', url: pathToFileURL(path).href, ...settings });
  return await outcome(openFile(source, 'sources[0] x', identify, edges), identify);
}

/** The same reading of a JSON document, over HTTP and from a file. */
async function read(body: unknown, settings: object, identify: IdentifyType = 'ip'): Promise<Outcome> {
  const text = JSON.stringify(body);
  const overHttp = await served(text, 'application/json', settings, identify);
  expect(await stored(text, settings, identify)).toEqual(overHttp);
  return overHttp;
}

/** The same reading of plain text. */
async function readText(text: string, identify: IdentifyType = 'userdefined'): Promise<Outcome> {
  const overHttp = await served(text, 'text/plain; charset=utf-8', { format: 'list' }, identify);
  expect(await stored(text, { format: 'list' }, identify)).toEqual(overHttp);
  expect(await stored(text, {}, identify)).toEqual(overHttp);
  return overHttp;
}

const complete = (...members: string[]): Outcome => ({ members, reasons: [] });

describe('prometheus', () => {
  const agent = { format: 'prometheus', id: { field: 'agent' } };

  it('finds every id of a host that stands under several label sets', async () => {
    expect(await read(recorded('prometheus-labels'), agent, 'userdefined')).toEqual(
      complete('web-1', 'web-2', 'web-3'),
    );
  });

  const labelled = { targets: ['10.0.0.5:9100'], labels: { agent: 'web-1' } };
  const bare = { targets: ['10.0.0.5:9200'] };
  test.each([[[labelled, bare]], [[bare, labelled]], [[bare, labelled, bare, labelled]]])(
    'does not depend on which target of a host comes first: %j',
    async (groups) => {
      expect(await read(groups, agent, 'userdefined')).toEqual({
        members: ['web-1'],
        reasons: ['no text in the field agent: 10.0.0.5'],
      });
    },
  );

  test.each<[string, unknown]>([
    ['targets: null', { targets: null, labels: { job: 'x' } }],
    ['no targets', { labels: { job: 'x' } }],
    ['labels: null', { targets: [], labels: null }],
    ['nothing', {}],
  ])('reads a group with %s as Prometheus does: empty', async (_case, group) => {
    const settings = { format: 'prometheus' };
    expect(await read([group, { targets: ['10.0.0.1:9100'] }], settings)).toEqual(complete('10.0.0.1'));
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'not a target group: "[0]"'],
    ['another field, as Prometheus does', { target: ['10.0.0.2:1'] }, 'not a target group: "[0]"'],
    ['targets that are a text', { targets: '10.0.0.2:1' }, 'not a target group: "[0]"'],
    ['a target that is null', { targets: [null] }, 'not a target with a host: "[0].targets[0]"'],
    [
      'a target that is a URL',
      { targets: ['http://10.0.0.2:1/x'] },
      'needs an address, not a URL: http://10.0.0.2:1/x',
    ],
  ])('does not pass over a group that is or has %s', async (_case, group, reason) => {
    expect(await read([group, { targets: ['10.0.0.1:1'] }], { format: 'prometheus' })).toEqual({
      members: ['10.0.0.1'],
      reasons: [reason],
    });
  });

  it('takes no URL for the name of a host, but an id for one that is probed', async () => {
    const groups = [{ targets: ['http://web.example/x'], labels: { agent: 'web-1' } }];
    expect(await read(groups, { format: 'prometheus' }, 'userdefined')).toEqual({
      members: [],
      reasons: ['a URL or a path, not a host: http://web.example/x'],
    });
    expect(await read(groups, agent, 'userdefined')).toEqual(complete('web-1'));
  });

  test.each(['web-1:', 'web-1:http', 'web-1:9100,web-2:9100', 'web-1 web-2', 'web-1;web-2', '"web-1"'])(
    'takes %s for no name of a host: the machine that is meant may be in the group',
    async (target) => {
      const groups = [{ targets: ['web-0:9100', target] }];
      const { members, reasons } = await read(groups, { format: 'prometheus' }, 'userdefined');
      expect(members).toEqual(['web-0']);
      expect(reasons).toEqual([expect.stringMatching(/^not one host, or with a port that is no number: /)]);
    },
  );

  test.each(['web-1', 'web-1.example.com', 'web_1', '10.0.0.1', '2001:db8::1'])(
    'takes %s for the name of a host',
    async (host) => {
      const target = host.includes(':') ? `[${host}]:9100` : `${host}:9100`;
      const settings = { format: 'prometheus' };
      expect(await read([{ targets: [target, host] }], settings, 'userdefined')).toEqual(complete(host));
    },
  );
});

describe('a list as text', () => {
  it('that is JSON is read as JSON', async () => {
    expect(await readText(String(recorded('list-as-text')))).toEqual(complete('web-1', 'web-2'));
    expect(await readText('\n {"machines":["web-1","a b"]}\n')).toEqual(complete('web-1', 'a b'));
    expect(await readText(' []')).toEqual(complete());
  });

  test.each([
    '["web-1","web-',
    '[web]\nweb-1\n',
    "['web-1', 'web-2']",
    '{"error":"try later"}',
    '{{ machines }}\n',
    '<html>\nSorry\n</html>\n',
    '\n <?xml version="1.0"?>\n',
  ])('that is no list at all is refused: %j', async (text) => {
    expect(await readText(text)).toMatchObject({ members: [], refused: 'malformed' });
  });

  test.each([
    'web-1',
    'web-1.eu.example.com',
    'i-0abc',
    '3F2504E0-4F89-11D3-9A0C-0305E82C3301',
    'arn:aws:ec2:eu-central-1:123456789012:instance/i-0abc',
    'team:web:1',
    'prod/web_1@fra',
    'bob’s-mac',
    "bob's-mac",
    'web#1',
    'DOMAIN\\web-1',
    'env=prod',
    'd2ViLTE=',
    '1001',
    '机器-1',
    '-web-1',
    'nullify',
    '10.0.0.1',
    '2001:db8::',
  ])('may have the id %s', async (id) => {
    expect(await readText(`web-0\n${id} # here\n`)).toEqual(complete('web-0', id));
  });

  test.each(['null', 'None', 'undefined', 'nan', 'true'])(
    'has no id %s as JSON either: a program had no value there',
    async (id) => {
      expect(await read(['web-0', id], { format: 'list' }, 'userdefined')).toEqual({
        members: ['web-0'],
        reasons: [`${noValue}: "[1]"`],
      });
    },
  );

  const piece = 'looks like a piece of JSON, YAML, CSV or HTML';
  const blank = 'a blank inside, as in a message or a table (ids with blanks need a JSON list)';
  const noValue = 'stands for "no value" in other programs';
  test.each<[string, string]>([
    ['[', piece],
    [']', piece],
    ['{', piece],
    ['}', piece],
    ['"a",', piece],
    ['"a"', piece],
    ["'a'", piece],
    ['`a`', piece],
    ['],', piece],
    ['machines:', piece],
    ['---', piece],
    ['...', piece],
    ['=====', piece],
    ['-', piece],
    ['a,b', piece],
    ['a;b', piece],
    ['|web-1|', piece],
    ['<html>', piece],
    ['</body>', piece],
    ['{{host}}', piece],
    ['- web-1', blank],
    ['key: value', blank],
    ['"a": "b"', blank],
    ['Error: no such view', blank],
    ['Access denied', blank],
    ['web-1   running   10.0.0.1', blank],
    ['web-1\trunning', blank],
    ['name = web-1', blank],
    ['null', noValue],
    ['None', noValue],
    ['undefined', noValue],
  ])('never has the id %s: the reading is incomplete, and the id no member', async (line, reason) => {
    const { members, reasons } = await readText(`web-0\n${line}\nweb-9\n`);
    expect(members).toEqual(['web-0', 'web-9']);
    expect(reasons).toEqual([`${reason}: "line 2"`]);
  });

  it('with the setting "lines" is not tried as JSON, and still no list of brackets', async () => {
    const { members, reasons } = await stored('[\n"web-1"\n]\n', { format: 'lines' }, 'userdefined');
    expect(members).toEqual([]);
    expect(reasons).toEqual([`${piece}: "line 1", "line 2", "line 3"`]);
  });
});

describe('ansible', () => {
  const settings = { format: 'ansible' };
  const inventory = (vars: unknown, host = '203.0.113.7') => ({
    _meta: { hostvars: { [host]: vars } },
    web: { hosts: [host, '10.0.0.9'] },
  });

  test.each([{}, { error: {} }, { data: { hosts: [] } }, { web: [] }])(
    'does not take %j for an inventory without hosts',
    async (body) => {
      const reasons = ['no host and no "_meta", which an inventory without hosts has'];
      expect(await read(body, settings)).toEqual({ members: [], reasons });
      expect(await read(body, settings, 'userdefined')).toEqual({ members: [], reasons });
      expect(await read({ _meta: { hostvars: {} }, ...body }, settings)).toEqual(complete());
    },
  );

  it('goes through a document once, however many groups select from it', async () => {
    let looked = 0;
    const web = Object.defineProperty({}, 'hosts', {
      enumerable: true,
      get: () => {
        looked += 1;
        return ['10.0.0.1'];
      },
    });
    const page = {
      body: { _meta: { hostvars: {} }, web, db: { hosts: ['10.0.0.2'] } },
      plain: false,
      framed: true,
    };
    const { open } = await import('../../../lib/inventory/formats/ansible/read.ts');
    const membersOf = (group: string) => {
      const into = collector('source');
      open('address', { group, variable: 'ansible_host' }).read([{ ...page, header: () => undefined }], {
        source: 'source',
        into,
      });
      return into.found().machines.map(({ value }) => value);
    };
    expect([membersOf('web'), membersOf('db'), membersOf('web')]).toEqual([
      ['10.0.0.1'],
      ['10.0.0.2'],
      ['10.0.0.1'],
    ]);
    const once = looked;
    membersOf('db');
    expect(looked).toBe(once);
  });

  it('takes an empty group beside one that has hosts for empty, without "_meta", too', async () => {
    const asked = { ...settings, ansible: { group: 'web' } };
    expect(await read({ web: [], db: ['10.0.0.2'] }, asked)).toEqual(complete());
  });

  it('unwraps values that Ansible does not template', async () => {
    expect(await read(recorded('ansible-unsafe'), settings)).toEqual(complete('10.0.0.7', '10.0.0.8'));
  });

  test.each<[string, unknown, string]>([
    ['encrypted', { __ansible_vault: '$ANSIBLE_VAULT;1.1;AES256' }, 'is encrypted with Ansible Vault'],
    ['a template', '{{ private_ip }}', 'is a template, which is not rendered'],
    ['a template block', '{% if x %}10.0.0.1{% endif %}', 'is a template, which is not rendered'],
    ['null', null, 'holds no text'],
    ['a number', 167772167, 'holds no text'],
    ['true', true, 'holds no text'],
    ['a list', ['10.0.0.7'], 'holds no text'],
    ['another object', { address: '10.0.0.7' }, 'holds no text'],
    ['wrapped and no text', { __ansible_unsafe: ['10.0.0.7'] }, 'holds no text'],
    ['blank', ' ', 'holds no text'],
  ])('never takes the host’s name for its address when ansible_host is %s', async (_case, value, reason) => {
    for (const name of ['ansible_host', 'ansible_ssh_host', 'private_ip_address']) {
      expect(await read(inventory({ [name]: value }), settings)).toEqual({
        members: ['10.0.0.9'],
        reasons: [`${name} ${reason}: 203.0.113.7`],
      });
    }
    const chosen = { ...settings, ansible: { variable: 'lan' } };
    const { members, reasons } = await read(inventory({ lan: value }), chosen);
    expect(members).toEqual([]);
    expect(reasons).toContain(`lan ${reason}: 203.0.113.7`);
  });

  test.each<[string, object, string]>([
    ['ansible_ssh_host', { ansible_ssh_host: '10.0.0.7' }, '10.0.0.7'],
    [
      'ansible_ssh_host before the private address',
      { ansible_ssh_host: '10.0.0.7', private_ip_address: '10.0.0.8' },
      '10.0.0.7',
    ],
    [
      'ansible_host before its older name',
      { ansible_ssh_host: '10.0.0.8', ansible_host: '10.0.0.7' },
      '10.0.0.7',
    ],
    [
      'the private address where the others are names',
      {
        ansible_host: 'bastion',
        ansible_ssh_host: 'bastion',
        private_ip_address: { __ansible_unsafe: '10.0.0.7' },
      },
      '10.0.0.7',
    ],
    ['the host’s name where it has no variables', {}, '203.0.113.7'],
  ])('takes the form of output: %s', async (_case, vars, address) => {
    expect(await read(inventory(vars), settings)).toEqual(complete(address, '10.0.0.9'));
  });

  test.each<[unknown, string[]]>([
    ['web-1', ['web-1']],
    [{ __ansible_unsafe: 'web-1' }, ['web-1']],
    [1001, ['1001']],
    [0, ['0']],
    [1.5, []],
    [2 ** 60, []],
    [true, []],
    [null, []],
    ['', []],
    ['{{ id }}', []],
    [{ __ansible_vault: 'x' }, []],
    [['web-1'], []],
  ])('reads the id %j as %j', async (value, expected) => {
    const body = { _meta: { hostvars: { a: { id: value } } }, web: ['a'] };
    const { members, reasons } = await read(body, { ...settings, id: { field: 'id' } }, 'userdefined');
    expect(members).toEqual(expected);
    expect(reasons).toHaveLength(1 - expected.length);
  });

  test.each<[string, unknown, string]>([
    ['variables that are null', null, 'its variables are not an object: odd'],
    ['variables that are a list', ['x'], 'its variables are not an object: odd'],
    ['variables that are a text', 'x', 'its variables are not an object: odd'],
  ])('does not fail for one host with %s', async (_case, vars, reason) => {
    const body = { _meta: { hostvars: { odd: vars } }, web: ['odd', '10.0.0.1'] };
    expect(await read(body, settings)).toEqual({ members: ['10.0.0.1'], reasons: [reason] });
  });

  it('does not fail for one name that is none, and reads wrapped names', async () => {
    const web = { hosts: [null, { __ansible_unsafe: '10.0.0.1' }, {}], children: [7, true, 'db'] };
    const body = { _meta: { hostvars: {} }, web, db: ['10.0.0.2'], 7: ['10.0.0.3'] };
    expect(await read(body, { ...settings, ansible: { group: 'web' } })).toEqual({
      members: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
      reasons: ['not a name: "web.hosts[0]", "web.hosts[2]", "web.children[1]"'],
    });
  });

  it('names a group that is a host with its variables, and only where it is asked for', async () => {
    const body = { _meta: { hostvars: {} }, web: ['10.0.0.1'], db: { ansible_host: '10.0.0.2' } };
    expect(await read(body, settings)).toEqual({
      members: ['10.0.0.1'],
      reasons: ['not a group of hosts and children: db'],
    });
    expect(await read(body, { ...settings, ansible: { group: 'web' } })).toEqual(complete('10.0.0.1'));
  });

  test.each<[string, object]>([
    ['a child of all', { all: { children: ['ungrouped', 'web'] } }],
    ['a child of another group, by a wrapped name', { x: { children: [{ __ansible_unsafe: 'web' }] } }],
    ['an empty object', { web: {} }],
    ['an empty list', { web: [] }],
    ['variables alone', { web: { vars: {} } }],
  ])('has an empty group that is %s: complete', async (_case, groups) => {
    const asked = { ...settings, ansible: { group: 'web' } };
    expect(await read({ _meta: { hostvars: {} }, ...groups }, asked)).toEqual(complete());
  });

  it('does not know of a group that stands nowhere', async () => {
    const asked = { ...settings, ansible: { group: 'wbe' } };
    expect(await read({ _meta: { hostvars: {} }, all: { children: ['web'] } }, asked)).toMatchObject({
      reasons: ['the inventory has no group wbe: empty, or misspelt'],
    });
  });

  it('does not take variables that stand elsewhere for missing ones', async () => {
    expect((await read({ web: ['203.0.113.7'] }, settings)).reasons).toEqual([
      expect.stringContaining('no "_meta" with "hostvars"'),
    ]);
    const exported = {
      _meta: { hostvars: {} },
      web: { hosts: ['203.0.113.7'], vars: { ansible_host: '10.0.0.7' } },
    };
    expect((await read(exported, settings)).reasons).toEqual([
      'group web has ansible_host for its hosts, which is not read: list the inventory without --export',
    ]);
  });

  it('has no variable that no host has', async () => {
    const chosen = { ...settings, id: { field: 'constructor' } };
    expect(await read(inventory({}), chosen, 'userdefined')).toMatchObject({ members: [] });
  });
});

describe('netbox', () => {
  const settings = { format: 'netbox' };
  const device = (id: number, fields: object = {}) => ({
    id,
    name: `web-${id}`,
    primary_ip4: { address: `10.0.0.${id}/24` },
    ...fields,
  });
  const results = [device(1), device(2)];

  it('is complete when it is the last page and has as many records as it counts', async () => {
    expect(await read({ count: 2, next: null, results }, settings)).toEqual(complete('10.0.0.1', '10.0.0.2'));
  });

  test.each<[string, object]>([
    ['no next', { count: 2, results }],
    ['no next, and a cursor, which has no total', { count: null, results }],
    ['a next that is no text', { count: 2, next: false, results }],
    ['no count', { next: null, results }],
    ['no results', { count: 0, next: null }],
  ])('is refused with %s: a cut listing has that too', async (_case, page) => {
    expect(await read(page, settings)).toMatchObject({ members: [], refused: 'malformed' });
  });

  test.each<[string, object, string]>([
    ['a page that is not the last', { count: 4, next: 'https://x/?offset=2', results }, 'truncated'],
    ['a page of a cursor that is not the last', { count: null, next: '?start=2', results }, 'truncated'],
    ['fewer records than counted', { count: 3, next: null, results }, 'count'],
  ])('in a file is refused as %s', async (_case, page, code) => {
    expect(await stored(JSON.stringify(page), settings, 'ip')).toMatchObject({ members: [], refused: code });
  });

  it('is refused when one record stands there twice and differs', async () => {
    const moved = device(1, { primary_ip4: { address: '10.0.0.9/24' } });
    for (const twice of [
      [device(1), moved],
      [moved, device(1)],
    ]) {
      expect(await read({ count: null, next: null, results: twice }, settings)).toMatchObject({
        refused: 'changed',
      });
    }
    const same = { count: 1, next: null, results: [device(1), device(1)] };
    expect(await read(same, settings)).toEqual(complete('10.0.0.1'));
  });

  it('takes a number in a custom field for an id', async () => {
    const fields = [1001, { value: 'x' }].map((sls, index) => device(index, { custom_fields: { sls } }));
    const asked = { ...settings, id: { field: 'sls' } };
    expect(await read({ count: 2, next: null, results: fields }, asked, 'userdefined')).toEqual({
      members: ['1001'],
      reasons: ['no text in the field sls: "web-1 (1)"'],
    });
  });

  const pages = async (url: string, nextOf: (asked: URL) => string) => {
    await using server = await serve((request, response) => {
      const asked = new URL(request.url ?? '', 'http://netbox.internal');
      const isLast = asked.searchParams.has('offset') || asked.searchParams.has('start');
      const page = { count: 2, next: isLast ? null : nextOf(asked), results: [device(isLast ? 2 : 1)] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
    });
    const local = { type: 'http', url: server.origin + url, allowHttp: true, allowLoopback: true };
    const source = openHttp(httpSource.parse({ ...local, ...settings }), 'sources[0] x', 'ip', edges);
    expect(await outcome(source, 'ip')).toEqual(complete('10.0.0.1', '10.0.0.2'));
    return server.asked.map(({ url: asked }) => new URL(asked, server.origin).searchParams);
  };
  /** As Django REST framework links pages: the request's own URL with another offset. */
  const linked = (asked: URL) => {
    const next = new URL(asked);
    next.searchParams.set('offset', '1');
    return next.href;
  };

  it('is asked in an order without ties, on every page', async () => {
    const asked = await pages('/api/dcim/devices/?tag=web', linked);
    expect(asked.map((query) => query.getAll('ordering'))).toEqual([['id'], ['id']]);
    const ordered = await pages('/api/dcim/devices/?ordering=-name', linked);
    expect(ordered.map((query) => query.getAll('ordering'))).toEqual([['-name'], ['-name']]);
  });

  it.each(['https://netbox.internal/api/dcim/devices/?offset=1', '?limit=1&offset=1#top'])(
    'keeps order and filters where the link to the next page lost them: %s',
    async (next) => {
      const [, second] = await pages('/api/dcim/devices/?tag=web&tag=fra', () => next);
      expect(second?.getAll('tag')).toEqual(['web', 'fra']);
      expect(second?.getAll('ordering')).toEqual(['id']);
      expect(second?.getAll('offset')).toEqual(['1']);
    },
  );
});

describe('a file', () => {
  it('has the settings of each format', async () => {
    const consul = recorded('consul-catalog-service');
    expect(await read(consul, { format: 'consul', consul: { address: 'wan' } })).toMatchObject({
      members: ['198.51.100.7'],
    });
    expect(
      await read(recorded('ansible-list'), { format: 'ansible', ansible: { group: 'web' } }),
    ).toMatchObject({
      reasons: [],
    });
    expect(
      await read(recorded('netbox-devices'), { format: 'netbox', netbox: { family: 'ipv6' } }),
    ).toMatchObject({ members: ['2001:db8::10'] });
  });

  test.each(['prometheus', 'netbox', 'consul', 'ansible'])(
    'that is empty, cut or of another shape is no %s inventory',
    async (format) => {
      for (const text of ['', '[', '{"_meta":', '"x"', 'null', '10.0.0.1\n']) {
        expect(await stored(text, { format }, 'ip')).toMatchObject({ members: [], refused: 'malformed' });
      }
    },
  );
});
