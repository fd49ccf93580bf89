import { describe, expect, test } from 'vitest';
import { sourceLabel } from '../../lib/core/source-config.ts';
import { documentOf, groupConfig, problems } from './values.ts';

const inGroup = (group: Record<string, unknown>) => problems(documentOf(group));
const withSource = (source: Record<string, unknown>, group = {}) => inGroup({ sources: [source], ...group });

describe('sources', () => {
  const ec2 = { type: 'ec2', regions: ['eu-central-1'] };
  const http = { type: 'http', url: 'https://cmdb.example/machines', format: 'list' };

  test.each<[string, Record<string, unknown>, string]>([
    ['ec2 without a region', { ...ec2, regions: [] }, 'regions: must be at least 1 entry long'],
    ['ec2 with a region that is none', { ...ec2, regions: ['europe'] }, 'regions[0]: must be an AWS region'],
    [
      'ec2 with a region twice',
      { ...ec2, regions: ['eu-west-1', 'eu-west-1'] },
      'regions: names a region twice',
    ],
    [
      'ec2 with a role that is none',
      { ...ec2, roleArns: ['arn:aws:iam::1:user/x'] },
      'roleArns[0]: must be the ARN of an IAM role',
    ],
    [
      'ec2 with states among the filters',
      { ...ec2, filters: { 'instance-state-name': 'running' } },
      'filters: holds instance-state-name',
    ],
    ['ec2 with a state that has no address', { ...ec2, states: ['terminated'] }, 'states[0]: must be one of'],
    ['ec2 with a tag that is no text', { ...ec2, tags: { role: 3 } }, 'tags.role: must be text or a list'],
    [
      'ec2 with an unknown address',
      { ...ec2, address: 'dns' },
      'address: must be one of "privateIp", "publicIp", "ipv6" or an object',
    ],
    [
      'ec2 with a negative interface',
      { ...ec2, address: { interface: -1 } },
      'address.interface: must be at least 0',
    ],
    ['file by http', { type: 'file', url: 'https://x/y' }, 'url: must be file:///path or s3://bucket/key'],
    [
      'file without a key',
      { type: 'file', url: 's3://bucket' },
      'url: must be file:///path or s3://bucket/key',
    ],
    ['file by a relative path', { type: 'file', url: 'file://machines.txt' }, 'url: must be file:///path'],
    [
      'http in the clear',
      { ...http, url: 'http://cmdb.example/' },
      'url: is plain http: use https, or set allowHttp',
    ],
    [
      'http with a user name',
      { ...http, url: 'https://user:pass@cmdb.example/' },
      'url: must be an https URL without a user name',
    ],
    ['http to no host', { ...http, url: 'https://[::1/' }, 'url: is not a URL'],
    ['http by another protocol', { ...http, url: 'ftp://cmdb.example/' }, 'url: must be an https URL'],
    [
      'http with a framing header',
      { ...http, header: { name: 'Host', secretId: 's' } },
      'header.name: is a header that the connection itself needs',
    ],
    [
      'http with a header over lines',
      { ...http, header: { name: 'a\nb', secretId: 's' } },
      'header.name: must be the name of a header',
    ],
    [
      'http with a secret in plain',
      { ...http, header: { name: 'authorization', value: 's' } },
      'header.secretId: is missing',
    ],
    ['http without an end', { ...http, timeoutMs: 0 }, 'timeoutMs: must be at least 100'],
    ['http of a negative age', { ...http, maxAgeSeconds: -1 }, 'maxAgeSeconds: must be at least 0'],
    [
      'a Consul address that is no tag',
      { ...http, format: 'consul', consul: { address: 'service:' } },
      'consul.address: must be node, service, a tag such as lan_ipv6, or service: and a tag',
    ],
    [
      'a Consul choice that is no truth value',
      { ...http, format: 'consul', consul: { passingOnly: 'yes' } },
      'consul.passingOnly: must be true or false',
    ],
    ['http settings of another format', { ...http, consul: {} }, 'consul: means nothing for format list'],
    ['static over lines', { type: 'static', members: ['a\nb'] }, 'members[0]: holds control characters'],
  ])('refused: %s', (_name, source, expected) => {
    expect(withSource(source)[0]).toContain(`groups[0].sources[0].${expected}`);
  });

  test('an id cannot be chosen from a plain list', () => {
    expect(withSource({ ...http, id: 'name' }, { identify: 'userdefined' })).toEqual([
      'groups[0].sources[0].id: means nothing for a list: its texts are the ids',
    ]);
  });

  test('several of every kind make one group', () => {
    const sources = [
      ec2,
      {
        ...ec2,
        regions: ['cn-north-1', 'us-gov-west-1'],
        tags: { role: ['web', 'api'] },
        address: { interface: 'logs', family: 'ipv6' },
      },
      http,
      { ...http, format: 'prometheus' },
      { ...http, format: 'netbox', header: { name: 'Authorization', secretId: 'netbox', prefix: 'Token ' } },
      { ...http, format: 'consul', consul: { address: 'lan' } },
      { ...http, format: 'ansible', ansible: { group: 'web' } },
      { ...http, url: 'http://127.0.0.1:8080/x', allowHttp: true, allowLoopback: true },
      { type: 'file', url: 'file:///etc/machines' },
      { type: 'file', url: 's3://bucket/a/b.json', format: 'json', region: 'eu-central-1' },
      { type: 'static', members: ['10.0.0.1'] },
    ];
    const group = groupConfig({ sources });
    expect(group.sources.map(sourceLabelOf)).toEqual([
      'sources[0] ec2',
      'sources[1] ec2',
      ...[2, 3, 4, 5, 6, 7].map((index) => `sources[${index}] http`),
      'sources[8] file',
      'sources[9] file',
      'sources[10] static',
    ]);
  });

  const sourceLabelOf = (source: Parameters<typeof sourceLabel>[1], index: number) =>
    sourceLabel(index, source);
});
