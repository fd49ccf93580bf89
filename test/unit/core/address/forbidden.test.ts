// Why an address must not be connected to, whoever names it. Names and sockets are in the tests of inventories.
import { expect, test } from 'vitest';
import { forbiddenAddress } from '../../../../lib/core/address/forbidden.ts';

test.each([
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['169.254.170.2', 'link-local'],
  ['fe80::1', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['100.100.100.200', 'metadata service'],
  ['fd00:ec2::254', 'metadata service'],
  ['fd20:ce::254', 'metadata service'],
  ['192.88.99.1', 'tunnel'],
  ['2002:7f00:1::', 'tunnel'],
  ['64:ff9b::7f00:1', 'translated to loopback'],
  ['64:ff9b::a9fe:a9fe', 'translated to link-local'],
  ['64:ff9b::6464:64c8', 'translated to metadata service'],
  ['fec0::1', 'reserved'],
  ['192.0.0.1', 'reserved'],
  ['localhost', 'not an address'],
])('%s: %s', (address, reason) => {
  expect(forbiddenAddress(address, {})).toBe(reason);
});

test.each(['10.0.0.1', '100.64.0.1', '203.0.113.7', '2001:db8::1', 'fd12::1', '64:ff9b::a00:1'])(
  '%s may be',
  (address) => expect(forbiddenAddress(address, {})).toBeUndefined(),
);

test.each(['169.254.170.2', '64:ff9b::7f00:1', '0.0.0.0'])('loopback that is allowed is no %s', (address) => {
  expect(forbiddenAddress('127.0.0.1', { allowLoopback: true })).toBeUndefined();
  expect(forbiddenAddress(address, { allowLoopback: true })).toBeDefined();
});
