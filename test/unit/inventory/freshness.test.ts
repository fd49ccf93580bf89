// Answers from caches and from servers that are behind: they may add, and nothing is removed on them.
import { describe, expect, test } from 'vitest';
import { readServed } from './reading.ts';
import { type Answer, json } from './served.ts';

const BODIES = {
  list: ['10.0.0.1'],
  prometheus: [{ targets: ['10.0.0.1:9100'] }],
  netbox: { count: 1, next: null, results: [{ id: 1, name: 'a', primary_ip4: { address: '10.0.0.1/24' } }] },
  consul: [{ Node: 'a', Address: '10.0.0.1' }],
  ansible: { _meta: { hostvars: {} }, all: { hosts: ['10.0.0.1'] } },
} as const;
type Name = keyof typeof BODIES;
const names = Object.keys(BODIES) as Name[];
const allow = { 'x-consul-default-acl-policy': 'allow' };
const lay = (seconds: number, most = 60) =>
  `the answer lay ${seconds} s in a cache, and maxAgeSeconds is ${most}`;

const read = (format: Name, headers: Record<string, string>, maxAgeSeconds?: number) =>
  readServed(json(BODIES[format], { ...allow, ...headers }), {
    format,
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  });

test.each(names)('%s: over the bound, the answer adds and is not complete', async (format) => {
  const { machines, reasons } = await read(format, { age: '61' });
  expect(Object.values(machines)).toEqual(['10.0.0.1']);
  expect(reasons).toEqual([lay(61)]);
});

test.each<[Record<string, string>, number | undefined, string | undefined]>([
  [{ age: '60' }, undefined, undefined],
  [{ age: '60', 'x-cache': 'HIT' }, undefined, undefined],
  [{ age: '61', 'x-cache': 'HIT' }, undefined, lay(61)],
  [{ age: '1' }, 0, lay(1, 0)],
  [{ age: '86400' }, 86_400, undefined],
  [{ age: '9999999999' }, 86_400, lay(9_999_999_999, 86_400)],
  [{ age: 'old' }, undefined, 'the answer tells its age in a form that is not known'],
  [{ age: '-1' }, undefined, 'the answer tells its age in a form that is not known'],
  [{ 'x-cache': 'HIT' }, undefined, 'the answer comes from a cache that does not tell its Age'],
  [{ 'x-cache': 'Hit from cloudfront' }, 86_400, 'the answer comes from a cache that does not tell its Age'],
  [
    { 'x-cache': 'TCP_MEM_HIT from a1' },
    undefined,
    'the answer comes from a cache that does not tell its Age',
  ],
  ...[
    ['x-cache-status', 'HIT'],
    ['x-cache-status', 'STALE'],
    ['x-proxy-cache', 'UPDATING'],
    ['cf-cache-status', 'HIT'],
    ['cache-status', 'edge; hit; ttl=30'],
  ].map(([name = '', value = '']): [Record<string, string>, undefined, string] => [
    { [name]: value },
    undefined,
    'the answer comes from a cache that does not tell its Age',
  ]),
  [{ 'cache-status': 'edge; fwd=stale' }, undefined, undefined],
  [{ 'x-cache-status': 'REVALIDATED' }, undefined, undefined],
  [{ 'x-cache': 'RefreshHit from cloudfront' }, undefined, undefined],
  [{ 'x-cache': 'MISS' }, undefined, undefined],
  [{ 'x-cache': 'MISS from white-tier' }, undefined, undefined],
  [{ warning: '110 cache "Response is Stale"' }, undefined, 'a cache warns that its answer is stale'],
  [{ warning: '299 - "x", 111 cache "y"' }, undefined, 'a cache warns that its answer is stale'],
  [{ warning: '199 - "1100 machines"' }, undefined, undefined],
])(
  'an age told as %j with maxAgeSeconds %s makes the reading: %s',
  async (headers, maxAgeSeconds, reason) => {
    const { reasons } = await read('list', headers, maxAgeSeconds);
    expect(reasons).toEqual(reason === undefined ? [] : [reason]);
  },
);

describe('Consul that is behind its leader', () => {
  test.each<[string, string | undefined]>([
    ['0', undefined],
    ['60000', undefined],
    ['60001', 'the server is 61 s behind, and maxAgeSeconds is 60'],
    ['soon', 'the answer tells its age in a form that is not known'],
  ])('is judged by X-Consul-LastContact: %s', async (milliseconds, reason) => {
    const { reasons } = await read('consul', { 'x-consul-lastcontact': milliseconds });
    expect(reasons).toEqual(reason === undefined ? [] : [reason]);
  });

  test('is one reason, beside the leader that is not known', async () => {
    const { reasons } = await read('consul', {
      'x-consul-lastcontact': '90000',
      'x-consul-knownleader': 'false',
    });
    expect(reasons).toEqual([
      'the server is 90 s behind, and maxAgeSeconds is 60',
      'the Consul server knows no leader, so its catalog may be old',
    ]);
  });
});

test('of several pages, one that is old is enough, and is told once', async () => {
  const device = (id: number) => ({ id, name: `${id}`, primary_ip4: { address: `10.0.0.${id}/24` } });
  const pages: Answer = (request, response) => {
    const offset = Number(new URL(request.url ?? '', 'http://x').searchParams.get('offset') ?? 0);
    const next = offset < 2 ? `http://x/?offset=${offset + 1}` : null;
    const answer = { count: 3, next, results: [device(offset + 1)] };
    json(answer, { age: `${offset * 61}` })(request, response);
  };
  const { machines, reasons } = await readServed(pages, { format: 'netbox' });
  expect(Object.keys(machines)).toHaveLength(3);
  expect(reasons).toEqual([lay(61)]);
});
