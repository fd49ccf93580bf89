// What is legal and suspicious, and what is not.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, readCidr } from '../../../../lib/core/address/cidr.ts';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { suspicionsOf } from '../../../../lib/core/config/suspicious.ts';
import { GROUP_NAME } from '../../../../lib/core/group/machine-group.ts';

const EC2 = { type: 'ec2', regions: ['eu-central-1'], tags: { role: 'web' } };
const HTTP = { type: 'http', url: 'https://netbox.example.com/api/dcim/devices/?role=web', format: 'netbox' };

function suspicions(group: object, policy = 'upsert-only', local = false): string[] {
  const groups = [{ project: 'p', name: 'web', identify: 'ip', sources: [EC2], ...group }];
  const document = { owner: 'o', policy, groups };
  return suspicionsOf(parseSyncConfig(document), local);
}

test.each([
  ['a filter, and nothing removed', {}, 'upsert-only'],
  ['removing within the limits that all have', {}, 'sync'],
  ['regions of all kinds', { sources: [{ ...EC2, regions: ['ap-southeast-2', 'il-central-1'] }] }, 'sync'],
  ['ids', { identify: 'userdefined', sources: [{ type: 'static', members: ['10.0.0.1', 'a'] }] }, 'sync'],
  ['blocks apart', { allow: ['10.0.0.0/16', '10.1.0.0/16'], deny: ['10.0.1.0/24'] }, 'upsert-only'],
  ['a query', { sources: [HTTP] }, 'upsert-only'],
])('%s is fine', (_, group, policy) => {
  expect(suspicions(group, policy)).toEqual([]);
});

test.each([
  [
    { name: 'w2' },
    'sync',
    `name: SLS makes no group of this name, so it has to be there already: a new one has ${GROUP_NAME.says}`,
  ],
  [
    { identify: 'userdefined', sources: [{ type: 'static', members: ['10.0.0.1', '::1'] }] },
    'sync',
    'sources[0].members: are all addresses, and the group is one of user-defined ids: should identify be ip?',
  ],
  [
    { sources: [{ ...EC2, regions: ['eu-frankfurt-1'] }] },
    'sync',
    'sources[0].regions[0]: is not named as regions of AWS are, such as eu-central-1',
  ],
  [
    { sources: [{ type: 'ec2', regions: ['eu-central-1'], all: true }] },
    'upsert-only',
    'sources[0].all: has no filter: every instance is a member',
  ],
  [
    { sources: [EC2, { ...HTTP, url: 'https://netbox.example.com/api/dcim/devices/' }] },
    'upsert-only',
    'sources[1].url: has no filter: every device is a member',
  ],
  [
    { sources: [{ type: 'file', url: 'file:///srv/list' }] },
    'upsert-only',
    'sources[0].url: is file://, which no deployment reads',
  ],
  [{ deny: ['10.0.0.0/8', '10.1.0.0/16'] }, 'upsert-only', 'deny[1]: lies in deny[0], so it changes nothing'],
  [
    { allow: ['10.1.0.0/16', '10.0.0.0/8'] },
    'upsert-only',
    'allow[0]: lies in allow[1], so it changes nothing',
  ],
  [{ deny: ['::/0', '::/0'] }, 'upsert-only', 'deny[1]: lies in deny[0], so it changes nothing'],
  [
    { allow: ['10.1.0.0/16'], deny: ['10.0.0.0/8'] },
    'upsert-only',
    'allow[0]: lies in deny[0], so nothing of it is allowed',
  ],
])('%j, %s: %s', (group, policy, line) => {
  expect(suspicions(group, policy)).toEqual([`groups[0].${line}`]);
});

test('what only the local run may do is fine where it is for that', () => {
  const sources = [
    { type: 'file', url: 'file:///srv/list' },
    { ...HTTP, url: 'http://127.0.0.1:8702/?a=b', allowHttp: true, allowLoopback: true },
  ];
  expect(suspicions({ sources })).toHaveLength(2);
  expect(suspicions({ sources }, 'sync', true)).toEqual([]);
});

test('a block covers another if and only if its prefix is shorter and the same', () => {
  const v4 = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 32 }));
  fc.assert(
    fc.property(v4, v4, fc.boolean(), ([one, bits], [two, most], near) => {
      // Blocks at random hardly ever meet.
      const other = near ? (one ^ (two >>> bits)) >>> 0 : two;
      const [block, inner] = [blockOf(one, bits), blockOf(other, most)];
      const shift = BigInt(32 - bits);
      expect(covers(block, inner)).toBe(bits <= most && BigInt(one) >> shift === BigInt(other) >> shift);
    }),
  );
  expect(covers(parsed('2001:db8::/32'), parsed('2001:db8:1::/48'))).toBe(true);
  expect(covers(parsed('2001:db8:1::/48'), parsed('2001:db8::/32'))).toBe(false);
  expect(covers(parsed('0.0.0.0/0'), parsed('::/0'))).toBe(false);
});

const blockOf = (address: number, bits: number) =>
  parsed(`${[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')}/${bits}`);

function parsed(text: string) {
  const reading = readCidr(text);
  return reading.ok ? reading.cidr : expect.fail(reading.says);
}
