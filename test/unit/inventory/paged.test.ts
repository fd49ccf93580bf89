// One page of several that looks like all of an inventory: it may add, and nothing is removed on it.
import { describe, expect, test } from 'vitest';
import { readServed } from './reading.ts';
import { json } from './served.ts';

const BODIES = {
  list: ['10.0.0.1'],
  prometheus: [{ targets: ['10.0.0.1:9100'] }],
  consul: [{ Node: 'a', Address: '10.0.0.1' }],
  ansible: { _meta: { hostvars: {} }, all: { hosts: ['10.0.0.1'] } },
  netbox: { count: 1, next: null, results: [{ id: 1, name: 'a', primary_ip4: { address: '10.0.0.1/24' } }] },
} as const;
type Name = keyof typeof BODIES;

const read = (format: Name, headers: Record<string, string>, body: unknown = BODIES[format]) =>
  readServed(json(body, { 'x-consul-default-acl-policy': 'allow', ...headers }), { format });
const says = (name: string) => [`the answer is one page of several: its header ${name} names the next one`];

describe('headers that name a next page', () => {
  const link =
    '<https://cmdb.example/list?page=2>; rel="next", <https://cmdb.example/list?page=9>; rel="last"';

  test.each(['list', 'prometheus', 'consul', 'ansible'] as const)('%s is not complete', async (format) => {
    const { machines, reasons } = await read(format, { link });
    expect(Object.values(machines)).toEqual(['10.0.0.1']);
    expect(reasons).toEqual(says('Link'));
  });

  test('netbox has pages of its own', async () => {
    expect((await read('netbox', { link })).complete).toBe(true);
  });

  test.each<[Record<string, string>, string | undefined]>([
    [{ link: '<?page=2>;rel=next' }, 'Link'],
    [{ link: '<?page=2>; title="x"; REL = "prev next"' }, 'Link'],
    [{ link: '<?page=1>; rel="prev"' }, undefined],
    [{ link: '<https://cmdb.example/next>; rel="help"' }, undefined],
    [{ link: '<?v=2>; rel="successor-version"' }, undefined],
    [{ 'x-next-page': '2' }, 'X-Next-Page'],
    [{ 'x-next-page': '' }, undefined],
  ])('%j: %s', async (headers, name) => {
    expect((await read('list', headers)).reasons).toEqual(name === undefined ? [] : says(name));
  });
});

describe('fields beside a list', () => {
  test.each<[object, string | undefined]>([
    [{ next: '/list?page=2' }, 'next'],
    [{ nextToken: 'abc' }, 'nextToken'],
    [{ next_page_token: 'abc' }, 'next_page_token'],
    [{ '@odata.nextLink': 'https://cmdb.example' }, '@odata.nextLink'],
    [{ has_more: true }, 'has_more'],
    [{ IsTruncated: true }, 'IsTruncated'],
    [{ total: 2 }, 'total'],
    [{ totalCount: 2 }, 'totalCount'],
    [{ links: { next: '/list?page=2' } }, 'links.next'],
    [{ meta: { total: 2 } }, 'meta.total'],
    [{ errors: ['site b did not answer'] }, 'errors'],
    [{ next: null }, undefined],
    [{ nextToken: '' }, undefined],
    [{ hasMore: false, total: 1, count: 1 }, undefined],
    [{ errors: [], error: {}, links: { next: null, self: '/list' } }, undefined],
    [{ nextUpdate: '2026-01-01', generated: 'x', total: 'one' }, undefined],
  ])('%j: %s', async (fields, name) => {
    const { machines, reasons } = await read('list', {}, { machines: ['10.0.0.1'], ...fields });
    expect(Object.values(machines)).toEqual(['10.0.0.1']);
    expect(reasons).toEqual(
      name === undefined ? [] : [`the list may be a part: the field ${name} beside it says so`],
    );
  });
});
