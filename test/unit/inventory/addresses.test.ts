// What a group's sources are asked for beside its members. That it adds no call is in shared.test.ts.
import { expect, test } from 'vitest';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import { addressReadings } from '../../../lib/inventory/addresses.ts';
import { type SourceConfig, sourceSchema } from '../../../lib/inventory/sources/settings.ts';

const EC2 = { type: 'ec2', regions: ['eu-central-1'], all: true };
const ECS = { type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true };
const HTTP = { type: 'http', url: 'https://inventory.example/machines' };
const STATIC = { type: 'static', members: ['10.0.0.1'] };

/** Which address each source of each reading is asked for. */
function asked(identify: IdentifyType, ...sources: object[]): unknown[] {
  const parsed = sources.map((one) => sourceSchema.parse(one));
  return addressReadings({ identify, sources: parsed }).map((reading) => reading.map(addressIn));
}

function addressIn(source: SourceConfig): unknown {
  if ('address' in source) return source.address;
  if (source.type === 'http' || source.type === 'file')
    return source.netbox?.family ?? source.consul?.address ?? source.format;
  return source.type;
}

test.each<[string, IdentifyType, object[], unknown[]]>([
  ['EC2', 'ip', [EC2], [['publicIp'], ['ipv6']]],
  ['EC2 by another address', 'ip', [{ ...EC2, address: 'ipv6' }], [['privateIp'], ['publicIp']]],
  ['ids of EC2', 'userdefined', [EC2], [['privateIp'], ['publicIp'], ['ipv6']]],
  ['ECS', 'ip', [ECS], [['public'], ['eip']]],
  ['ECS by what only interfaces have', 'ip', [{ ...ECS, address: 'ipv6' }], []],
  ['NetBox', 'ip', [{ ...HTTP, format: 'netbox' }], [['ipv6']]],
  [
    'ids of Consul',
    'userdefined',
    [{ ...HTTP, format: 'consul', consul: { address: 'wan' } }],
    [['wan'], ['node'], ['lan']],
  ],
  ['ids of Prometheus', 'userdefined', [{ ...HTTP, format: 'prometheus' }], [['prometheus']]],
  ['a list', 'ip', [{ ...HTTP, format: 'list' }], []],
  ['ids of a list know no addresses', 'userdefined', [{ ...HTTP, format: 'list' }], []],
  ['ids that are written down', 'userdefined', [{ ...STATIC, members: ['web'] }], []],
  [
    'each stays in its place, so that its machines have the same names',
    'userdefined',
    [STATIC, { ...HTTP, format: 'netbox' }, EC2],
    [
      ['static', 'netbox', 'privateIp'],
      ['static', 'ipv6', 'publicIp'],
      ['static', 'netbox', 'ipv6'],
    ],
  ],
])('%s, in a group of %s', (_, identify, sources, expected) => {
  expect(asked(identify, ...sources)).toEqual(expected);
});
