import type { LookupAddress } from 'node:dns';
import { describe, expect, it, test } from 'vitest';
import { forbiddenAddress } from '../../../lib/core/address/forbidden.ts';
import { checkUrl, guardedLookup, type Resolve } from '../../../lib/inventory/egress.ts';

describe('URLs an inventory may not have', () => {
  test.each([
    // Every spelling of loopback that a URL parser takes for an address.
    ['https://127.0.0.1/', 'loopback'],
    ['https://127.1/', 'loopback'],
    ['https://2130706433/', 'loopback'],
    ['https://0x7f000001/', 'loopback'],
    ['https://0x7f.0.0.1/', 'loopback'],
    ['https://0177.0.0.1/', 'loopback'],
    ['https://017700000001/', 'loopback'],
    ['https://127.0.0.1./', 'loopback'],
    ['https://127.255.0.9:8500/', 'loopback'],
    ['https://１２７.0.0.1/', 'loopback'],
    ['https://[::1]/', 'loopback'],
    ['https://[0:0:0:0:0:0:0:1]/', 'loopback'],
    ['https://[::ffff:127.0.0.1]/', 'loopback'],
    ['https://[::ffff:7f00:1]/', 'loopback'],
    ['https://[::127.0.0.1]/', 'ipv4-compatible'],
    ['https://[64:ff9b::127.0.0.1]/', 'translated to loopback'],
    ['https://[::ffff:0:127.0.0.1]/', 'translated to loopback'],
    // And of the metadata services.
    ['https://169.254.169.254/latest/meta-data/', 'link-local'],
    ['https://2852039166/', 'link-local'],
    ['https://0xa9fea9fe/', 'link-local'],
    ['https://0251.0376.0251.0376/', 'link-local'],
    ['https://169.254.43518/', 'link-local'],
    ['https://[::ffff:169.254.169.254]/', 'link-local'],
    ['https://[::ffff:a9fe:a9fe]/', 'link-local'],
    ['https://[64:ff9b::a9fe:a9fe]/', 'translated to link-local'],
    ['https://[fd00:ec2::254]/', 'metadata service'],
    ['https://[fd00:ec2::23]/', 'metadata service'],
    ['https://100.100.100.200/', 'metadata service'],
    ['https://168.63.129.16/', 'metadata service'],
    ['https://[64:ff9b::100.100.100.200]/', 'translated to metadata service'],
    ['https://192.0.0.192/', 'metadata service'],
    ['https://[fd20:ce::254]/', 'metadata service'],
    ['https://[fd00:c1::a9fe:a9fe]/', 'metadata service'],
    ['https://[fd00:100::100:200]/', 'metadata service'],
    ['https://[fd00:42::42]/', 'metadata service'],
    ['https://[fd00:a9fe:a9fe::1]/', 'metadata service'],
    ['https://[64:ff9b::168.63.129.16]/', 'translated to metadata service'],
    ['https://[2002:7f00:1::]/', 'tunnel'],
    ['https://[2002:a9fe:a9fe::1]/', 'tunnel'],
    ['https://192.88.99.1/', 'tunnel'],
    ['https://[::ffff:192.88.99.1]/', 'tunnel'],
    ['https://[64:ff9b::192.88.99.1]/', 'translated to tunnel'],
    ['https://192.52.193.1/', 'tunnel'],
    ['https://[2001:3::1]/', 'tunnel'],
    ['https://[2001:0:7f00:1::]/', 'tunnel'],
    ['https://[64:ff9b:1::7f00:1]/', 'tunnel'],
    ['https://[fe80::1]/', 'link-local'],
    ['https://[fe80::a9fe:a9fe]/', 'link-local'],
    ['https://[febf::1]/', 'link-local'],
    // Ranges in which there are no hosts, or no longer.
    ['https://[fec0::1]/', 'reserved'],
    ['https://[feff:ffff::1]/', 'reserved'],
    ['https://192.0.0.8/', 'reserved'],
    ['https://[2001:1::1]/', 'reserved'],
    ['https://[2001:10::1]/', 'reserved'],
    ['https://[100::1]/', 'reserved'],
    ['https://[5f00::1]/', 'reserved'],
    ['https://[200::1]/', 'reserved'],
    ['https://[4000::1]/', 'reserved'],
    ['https://0.0.0.0/', 'unspecified'],
    ['https://0/', 'unspecified'],
    ['https://[::]/', 'unspecified'],
    ['https://224.0.0.1/', 'multicast'],
    ['https://[ff02::1]/', 'multicast'],
    ['https://255.255.255.255/', 'broadcast'],
  ])('%s is refused: %s', (url, reason) => {
    expect(() => checkUrl(url, {})).toThrow(reason);
  });

  test.each([
    ['http://inventory.example/', 'http:// is not allowed'],
    ['ftp://inventory.example/', 'ftp:// is not allowed'],
    ['file:///etc/passwd', 'file:// is not allowed'],
    ['https://user:pass@inventory.example/', 'credentials in a URL'],
    ['https://token@inventory.example/', 'credentials in a URL'],
    ['nonsense', 'not a URL'],
  ])('%s is refused: %s', (url, reason) => {
    expect(() => checkUrl(url, {})).toThrow(reason);
    expect(() => checkUrl(url, {})).not.toThrow(/pass|token@/);
  });

  test.each([
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1:8500/x?y',
    'https://192.0.1.1/',
    'https://192.88.98.1/',
    'https://[fd12::1]/',
    'https://[fd20:ce::253]/',
    'https://[2001:200::1]/',
    'https://[2400:3200::1]/',
    'https://[64:ff9b::a01:203]/',
    'https://100.64.0.1/',
    'https://100.115.4.7/',
    'https://netbox.internal/',
  ])('%s is allowed: inventories live in private networks', (url) => {
    expect(checkUrl(url, {}).href).toBe(url);
  });

  it('lets loopback through where the setting says so, and nothing else', () => {
    expect(checkUrl('http://127.0.0.1:1/', { allowHttp: true, allowLoopback: true }).port).toBe('1');
    expect(checkUrl('https://[::1]/', { allowLoopback: true }).hostname).toBe('[::1]');
    for (const url of [
      'https://169.254.169.254/',
      'https://[fd00:ec2::254]/',
      'https://0.0.0.0/',
      'https://[64:ff9b::7f00:1]/',
    ]) {
      expect(() => checkUrl(url, { allowLoopback: true })).toThrow('refused');
    }
  });

  it('refuses what is not an address at all', () => {
    expect(forbiddenAddress('inventory.example', {})).toBe('not an address');
  });
});

describe('lookups that only give checked addresses', () => {
  const addresses =
    (...texts: string[]): Resolve =>
    async () =>
      texts.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  const lookup = (resolve: Resolve, all: boolean, policy = {}) =>
    new Promise<string | LookupAddress[]>((done, fail) =>
      guardedLookup(resolve, policy)('inventory.example', { all }, (error, result) =>
        error ? fail(error) : done(result),
      ),
    );

  it('hands on what was checked, in both forms that sockets ask for', async () => {
    expect(await lookup(addresses('10.0.0.1', '2001:db8::1'), false)).toBe('10.0.0.1');
    expect(await lookup(addresses('10.0.0.1', '2001:db8::1'), true)).toEqual([
      { address: '10.0.0.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
  });

  test.each([
    [['127.0.0.1'], 'loopback'],
    [['169.254.169.254'], 'link-local'],
    [['::ffff:169.254.169.254'], 'link-local'],
    [['fd00:ec2::254'], 'metadata service'],
    [['203.0.113.5', '127.0.0.1'], 'loopback'],
    [['fe80::1%eth0'], 'not an address'],
    [[], 'has no address'],
  ])('refuses a name for %j: %s', async (resolved, reason) => {
    await expect(lookup(addresses(...resolved), true)).rejects.toThrow(reason);
    await expect(lookup(addresses(...resolved), false)).rejects.toThrow(reason);
  });

  it('passes on that a name does not resolve', async () => {
    const notFound = Object.assign(new Error('queryA'), { code: 'ENOTFOUND' });
    await expect(lookup(() => Promise.reject(notFound), true)).rejects.toBe(notFound);
  });
});
