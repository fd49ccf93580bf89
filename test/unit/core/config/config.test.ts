import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEndpoint } from '../../../../lib/core/address/endpoint.ts';
import { InvalidSyncConfig, parseSyncConfig, readSyncConfig } from '../../../../lib/core/config/config.ts';
import { memberPolicy } from '../../../../lib/inventory/members.ts';
import { documentOf, groupConfig, groupDocument, problems } from '../values.ts';

const inGroup = (group: Record<string, unknown>) => problems(documentOf(group));
const withSource = (source: Record<string, unknown>, group = {}) => inGroup({ sources: [source], ...group });

describe('a setting that is not given', () => {
  test('comes from the document, then from the defaults', () => {
    const config = parseSyncConfig(
      documentOf(
        { safety: { maxSmallRemovals: 5 }, policy: 'observe' },
        { safety: { maxRemovalShare: 0.5, maxSmallRemovals: 1 }, $schema: './sync-config.schema.json' },
      ),
    );
    expect(config).toEqual({
      owner: 'prod-eu',
      formerOwners: [],
      concurrency: 8,
      fanOutAbove: 50,
      hooks: [],
      groups: [
        {
          key: 'ali-test-project/web',
          project: 'ali-test-project',
          name: 'web',
          owner: 'prod-eu',
          formerOwners: [],
          identify: 'ip',
          adopt: false,
          allowEmpty: false,
          policy: 'observe',
          safety: {
            maxRemovalShare: 0.5,
            maxSmallRemovals: 5,
            removeAfter: 3_600,
            silentAfter: 900,
            heartbeats: 'use',
          },
          deny: [],
          sources: [{ type: 'static', members: [] }],
        },
      ],
      families: [],
    });
  });

  test('former owners are those of the document, and none of those that keep groups in it', () => {
    const { formerOwners, groups } = parseSyncConfig(
      documentOf({ contact: '#ops' }, { formerOwners: ['prod'] }),
    );
    expect([formerOwners, groups[0]?.formerOwners, groups[0]?.contact]).toEqual([['prod'], ['prod'], '#ops']);
    const says = 'is already an owner of this document';
    const both = documentOf({ owner: 'eu' }, { formerOwners: ['prod', 'eu', 'Prod'] });
    expect(problems(both).some((one) => one.startsWith('formerOwners[2]'))).toBe(true);
    expect(problems(documentOf({ owner: 'eu' }, { formerOwners: ['prod', 'eu'] }))).toEqual([
      `formerOwners[1]: ${says}`,
    ]);
    expect(problems(documentOf({}, { formerOwners: ['prod-eu'] }))).toEqual([`formerOwners[0]: ${says}`]);
    expect(problems(documentOf({ contact: 'a\nb' }))[0]).toMatch(/contact: /);
  });

  test('has no default if it is policy: removing machines is for a person to choose', () => {
    const { policy: _, ...document } = documentOf();
    expect(problems(document)).toEqual([
      'policy: is missing, must be one of "observe", "create-only", "upsert-only", "approve-removals", "sync"',
    ]);
  });

  test('names Logtail configs as a plain list, and says what is done about them beside it', () => {
    expect(groupConfig({ configs: ['access-log'] })).toMatchObject({ configs: ['access-log'] });
    expect(groupConfig({ configs: ['access-log'] })).not.toHaveProperty('configsMode');
    expect(groupConfig({ configs: ['a', 'b.c'], configsMode: 'keep' })).toMatchObject({
      configs: ['a', 'b.c'],
      configsMode: 'keep',
    });
    expect(groupConfig()).not.toHaveProperty('configs');
    const path = 'groups[0].configs';
    expect(inGroup({ configs: ['a', 'a'] })).toEqual([`${path}: names a config twice`]);
    expect(inGroup({ configs: ['a/b'] })[0]).toMatch(`${path}[0]: must be 1 to 128 characters`);
    expect(inGroup({ configs: [] })[0]).toMatch(`${path}: `);
    expect(inGroup({ configs: 'a' })[0]).toMatch(`${path}: must be a list`);
    expect(inGroup({ configs: Array.from({ length: 21 }, (_, at) => `c${at}`) })[0]).toMatch(`${path}: `);
    expect(inGroup({ configs: ['a'], configsMode: 'drop' })[0]).toMatch(`${path}Mode: `);
    expect(inGroup({ configsMode: 'keep' })).toEqual([`${path}Mode: means nothing without configs`]);
  });

  test.each(['owner', 'groups'])('has no default if it is %s either', (field) => {
    expect(problems({ ...documentOf(), [field]: undefined })[0]).toMatch(`${field}: is missing`);
  });

  test.each(['project', 'name', 'identify', 'sources'])('has no default if it is %s of a group', (field) => {
    expect(inGroup({ [field]: undefined })[0]).toMatch(`groups[0].${field}: is missing`);
  });

  test('gets its default in a source, too', () => {
    const source = (settings: Record<string, unknown>) => groupConfig({ sources: [settings] }).sources[0];
    expect(source({ type: 'ec2', regions: ['eu-central-1'], all: true })).toEqual({
      type: 'ec2',
      regions: ['eu-central-1'],
      roleArns: [],
      tags: {},
      filters: {},
      all: true,
      states: ['pending', 'running'],
      address: 'privateIp',
      asgInService: false,
    });
    expect(source({ type: 'file', url: 's3://bucket/machines.json' })).toMatchObject({
      format: 'auto',
      maxBytes: 10_485_760,
    });
    expect(
      source({ type: 'http', url: 'https://netbox.example/api/', format: 'netbox', netbox: {} }),
    ).toMatchObject({
      timeoutMs: 10_000,
      maxBytes: 10_485_760,
      allowHttp: false,
      allowLoopback: false,
      netbox: { family: 'ipv4' },
    });
  });
});

describe('groups and owners', () => {
  const two = (one: Record<string, unknown>, other: Record<string, unknown>) =>
    problems(documentOf({}, { groups: [groupDocument(one), groupDocument(other)] }));

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['plainly', {}, {}],
    ['by another endpoint', { endpoint: 'cn-hangzhou.log.aliyuncs.com' }, {}],
    [
      'by an endpoint in another spelling',
      { endpoint: 'cn-hangzhou.log.aliyuncs.com' },
      { endpoint: 'https://cn-hangzhou-intranet.log.aliyuncs.com' },
    ],
    ['of another kind', {}, { identify: 'userdefined' }],
  ])('one project and name twice is refused: %s', (_name, one, other) => {
    expect(two(one, other)).toEqual(['groups[1].name: is the same project and name as groups[0]']);
  });

  test.each<[string, Record<string, unknown>]>([
    ['another name', { name: 'web-2' }],
    ['another project', { project: 'ali-other-project' }],
  ])('a group of %s is taken beside the first', (_name, other) => {
    expect(two({}, other)).toEqual([]);
  });

  test('one group under two owners is refused', () => {
    expect(two({ owner: 'team-a' }, { owner: 'team-b' })).toEqual([
      'groups[1].owner: overlaps: groups[0] claims the same group for another owner',
    ]);
  });

  test.each(['prod_eu', 'prod.eu'])(
    'owner %s is refused beside prod-eu: only a separator tells them apart',
    (owner) => {
      expect(two({}, { name: 'db', owner })).toEqual([
        'groups[1].owner: overlaps: it differs from owner "prod-eu" by a separator only',
      ]);
    },
  );

  test('several owners in one document are taken', () => {
    expect(two({ owner: 'team-a' }, { name: 'db', owner: 'team-b' })).toEqual([]);
    expect(groupConfig({ owner: 'team-a' }).owner).toBe('team-a');
  });

  test.each(['Prod', 'prod eu', 'prod/eu', '-prod', 'prod-', '', 'x'.repeat(65), 'prod\n'])(
    'owner %j is refused',
    (owner) => {
      expect(problems(documentOf({}, { owner }))[0]).toMatch(/^owner: must be up to 64 characters/);
    },
  );
});

describe('a document', () => {
  test.each<[string, readonly string[], string]>([
    ['no group', problems(documentOf({}, { groups: [] })), 'groups: must be at least 1 entry long'],
    ['no source', inGroup({ sources: [] }), 'groups[0].sources: must be at least 1 entry long'],
    ['unknown key', problems(documentOf({}, { polices: 'sync' })), 'polices: is not a known field'],
    ['unknown key of a group', inGroup({ tpic: 'x' }), 'groups[0].tpic: is not a known field'],
    [
      'unknown key of safety',
      inGroup({ safety: { maxShare: 1 } }),
      'groups[0].safety.maxShare: is not a known field',
    ],
    [
      'unknown key of a source',
      withSource({ type: 'static', members: [], x: 1 }),
      'groups[0].sources[0].x: is not a known field',
    ],
    [
      'unknown source',
      withSource({ type: 'dns' }),
      'groups[0].sources[0].type: must be one of "static", "file", "ec2", "alibaba-ecs", "http"',
    ],
    ['unknown policy', inGroup({ policy: 'delete-only' }), 'groups[0].policy: must be one of'],
    ['project', inGroup({ project: 'evil.example/' }), 'groups[0].project: must be up to 63 characters'],
    ['group name', inGroup({ name: 'a/b' }), 'groups[0].name: must be 1 to 128 characters'],
    ['endpoint', inGroup({ endpoint: 'host/path' }), 'groups[0].endpoint: must be the host of a region'],
    ['topic over lines', inGroup({ topic: 'a\nb' }), 'groups[0].topic: holds control characters'],
    [
      'share above 1',
      inGroup({ safety: { maxRemovalShare: 1.01 } }),
      'groups[0].safety.maxRemovalShare: must be at most 1',
    ],
    [
      'share as percent',
      inGroup({ safety: { maxRemovalShare: 30 } }),
      'groups[0].safety.maxRemovalShare: must be at most 1',
    ],
    [
      'share below 0',
      inGroup({ safety: { maxRemovalShare: -0.1 } }),
      'groups[0].safety.maxRemovalShare: must be at least 0',
    ],
    [
      'share as text',
      inGroup({ safety: { maxRemovalShare: '30%' } }),
      'groups[0].safety.maxRemovalShare: must be a number',
    ],
    [
      'no patience at all',
      inGroup({ safety: { removeAfter: 0 } }),
      'groups[0].safety.removeAfter: must be at least 600',
    ],
    [
      'heartbeats that are neither used nor ignored',
      inGroup({ safety: { heartbeats: true } }),
      'groups[0].safety.heartbeats: must be one of "use", "ignore"',
    ],
    [
      'the last member kept',
      inGroup({ safety: { keepLast: true } }),
      'groups[0].safety.keepLast: is not a field any more: take it out: a member waits for removeAfter',
    ],
    [
      'a second look',
      inGroup({ safety: { secondLook: true } }),
      'groups[0].safety.secondLook: is not a field any more: take it out: removeAfter takes its place',
    ],
    [
      'members for a share',
      inGroup({ safety: { minMembersForShare: 10 } }),
      'groups[0].safety.minMembersForShare: is not a field any more: take it out: maxRemovalShare and maxSmallRemovals',
    ],
    [
      'delta writes',
      inGroup({ write: 'delta' }),
      'groups[0].write: is not a field any more: take it out: groups are always written whole',
    ],
    [
      '[8] a stop for all',
      problems(documentOf({}, { onRefusal: 'stop' })),
      'onRefusal: is not a field any more: take it out: each group is decided by itself',
    ],
    [
      'half a removal',
      inGroup({ safety: { maxSmallRemovals: 0.5 } }),
      'groups[0].safety.maxSmallRemovals: must be a whole number',
    ],
    ['concurrency', problems(documentOf({}, { concurrency: 0 })), 'concurrency: must be at least 1'],
    ['fanOutAbove', problems(documentOf({}, { fanOutAbove: -1 })), 'fanOutAbove: must be at least 0'],
    ['no list', problems([]), 'document: must be an object, is a list of 0 entries'],
  ])('is refused with place and rule: %s', (_name, found, expected) => {
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '010.0.0.0/8',
    '10.0.0/8',
    '10.0.0.0/8 ',
    'fd00::/129',
    'fd00::1',
    'all',
    '',
  ])('is refused with the CIDR block %j', (block) => {
    for (const list of ['allow', 'deny']) {
      expect(inGroup({ [list]: [block] })[0]).toContain(
        `groups[0].${list}[0]: must be a CIDR block such as 10.0.0.0/8 or 2001:db8::/32`,
      );
    }
  });

  test.each(['10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', '::/0', '::ffff:10.0.0.0/104'])(
    'is taken with the CIDR block %s',
    (block) => {
      expect(inGroup({ allow: [block], deny: [block] })).toEqual([]);
    },
  );

  test('is refused with an allow list that allows nothing', () => {
    expect(inGroup({ allow: [] })[0]).toContain('groups[0].allow: must be at least 1 entry long');
  });

  test.each(['allow', 'deny'])('is refused with %s in a group of user-defined ids', (list) => {
    expect(inGroup({ identify: 'userdefined', [list]: ['10.0.0.0/8'] })).toEqual([
      `groups[0].${list}: means nothing for user-defined ids`,
    ]);
  });

  test('is refused with an id to choose in a group of addresses, and taken in one of ids', () => {
    const source = { type: 'ec2', regions: ['eu-central-1'], all: true, id: { tag: 'logtail-id' } };
    expect(withSource(source)).toEqual(['groups[0].sources[0].id: means nothing in a group of addresses']);
    expect(withSource(source, { identify: 'userdefined' })).toEqual([]);
  });
});

test.each([
  ['::ffff:10.0.0.0/90', 'is IPv4-mapped and holds more than all of IPv4'],
  ['::FFFF:0:0/95', 'is IPv4-mapped and holds more than all of IPv4'],
  ['0:0:0:0:0:ffff:10.0.0.0/0', 'is IPv4-mapped and holds more than all of IPv4'],
])('%j, which no run could use, is refused with the configuration', (block, says) => {
  for (const list of ['allow', 'deny'])
    expect(inGroup({ [list]: ['10.0.0.0/8', block] })[0]).toContain(`groups[0].${list}[1]: ${says}`);
});

test('a CIDR block that passes here is one that every address can be held against', () => {
  const block = fc.oneof(
    fc.tuple(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        fc.ipV4().map((v4) => `::ffff:${v4}`),
      ),
      fc.integer({ min: 0, max: 130 }),
    ),
    fc.tuple(fc.string({ unit: fc.constantFrom(...'0123456789abcf:.:.:\t ') }), fc.nat(140)),
  );
  let taken = 0;
  fc.assert(
    fc.property(block, fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), ([base, bits], value) => {
      const text = `${base}/${bits}`;
      if (inGroup({ allow: [text], deny: [text] }).length > 0) return;
      taken += 1;
      const { allow, deny } = groupConfig({ allow: [text], deny: [text] });
      const machine = { value, origin: { source: 's', id: 'i' } };
      expect(() => memberPolicy({ identify: 'ip', allow, deny })(machine), text).not.toThrow();
      const inside = memberPolicy({ identify: 'ip', deny })({ ...machine, value: base });
      expect(inside, text).toMatchObject({ ok: false, reason: `denied by ${text}` });
    }),
    { numRuns: 3_000 },
  );
  expect(taken).toBeGreaterThan(500);
});

test('an endpoint that passes here is one the environment takes, and no other', () => {
  const part = fc.constantFrom(
    'http://',
    'https://',
    'a',
    'b-1',
    '.',
    ':',
    '443',
    '70000',
    '0080',
    '/',
    '',
    'A',
    '[',
    '@',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const endpoint = parts.join('');
      const parse = expect(() => parseEndpoint(endpoint), endpoint);
      if (inGroup({ endpoint }).length > 0) parse.toThrow();
      else parse.not.toThrow();
    }),
    { numRuns: 3_000 },
  );
});

describe('text', () => {
  test('is read with or without a byte order mark', () => {
    const text = JSON.stringify(documentOf());
    expect(readSyncConfig(`\uFEFF${text}`)).toEqual(readSyncConfig(text));
  });

  test.each(['', '{', '{"owner": not-a-real-secret}', '{"owner": "a"} not-a-real-secret'])(
    '%j is not JSON, and none of it is repeated',
    (text) => {
      expect(() => readSyncConfig(text)).toThrow(InvalidSyncConfig);
      expect(() => readSyncConfig(text)).toThrow(
        /^sync configuration: document: must be JSON, it does not parse/,
      );
      expect(() => readSyncConfig(text)).not.toThrow(/secret/);
    },
  );

  test.each([
    [
      '{\n  "owner": "prod-eu",\n  "policy": "sync",\n}',
      'does not parse: expected the name of a field in double quotes at line 4, column 1',
    ],
    ['\uFEFF{"owner" "not-a-real-secret"}', 'does not parse: expected ":" at line 1, column 10'],
    ['', 'does not parse: expected a value at line 1, column 1'],
    ['{\n  "owner": "a",\n  "owner": "b"\n}', 'names the field "owner" twice at line 3, column 3'],
    ['{"owner": "a",\n "__proto__": {}}', 'has a field "__proto__" at line 2, column 2'],
  ])('a mistake in %j is told with its line and column', (text, says) => {
    expect(() => readSyncConfig(text)).toThrow(`sync configuration: document: must be JSON, it ${says}`);
  });

  test('no error repeats a value', () => {
    const secret = 'not-a-real-secret!';
    const found = problems({
      ...documentOf({
        project: secret,
        endpoint: secret,
        identify: secret,
        policy: secret,
        allow: [secret],
        topic: [secret],
      }),
      owner: secret,
      concurrency: secret,
    });
    expect(found).toHaveLength(8);
    expect(found.join()).not.toContain(secret);
  });

  test('names that belong to every object are not taken for settings', () => {
    const text = JSON.stringify(documentOf()).replace('{', '{"__proto__": {"policy": "sync"}, ');
    expect(problems(JSON.parse(text))).toEqual(['__proto__: is not a known field']);
  });
});
