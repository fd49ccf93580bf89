import { describe, expect, test } from 'vitest';
import { FORMAT_NAMES } from '../../../../lib/inventory/formats/settings.ts';
import { sourceLabel } from '../../../../lib/inventory/sources/open.ts';
import { documentOf, groupConfig, problems } from '../values.ts';

const inGroup = (group: Record<string, unknown>) => problems(documentOf(group));
const withSource = (source: Record<string, unknown>, group = {}) => inGroup({ sources: [source], ...group });

describe('sources', () => {
  const ec2 = { type: 'ec2', regions: ['eu-central-1'], filters: { 'vpc-id': 'vpc-1' } };
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
      'filters: holds a state: use states',
    ],
    ['ec2 with a state that has no address', { ...ec2, states: ['terminated'] }, 'states[0]: must be one of'],
    ['ec2 with a tag that is no text', { ...ec2, tags: { role: 3 } }, 'tags.role: must be text or a list'],
    [
      'ec2 with neither tags nor filters',
      { ...ec2, filters: {} },
      'all: must be true where there are neither',
    ],
    [
      'ec2 that says so in vain',
      { ...ec2, filters: {}, all: false },
      'all: must be true where there are neither',
    ],
    ['ec2 with all and filters', { ...ec2, all: true }, 'all: contradicts tags and filters'],
    [
      'ec2 with all and tags',
      { type: 'ec2', regions: ['eu-central-1'], tags: { role: 'web' }, all: true },
      'all: contradicts tags and filters',
    ],
    [
      'ec2 with a state by its number',
      { ...ec2, filters: { 'instance-state-code': '80' } },
      'filters: holds a state: use states',
    ],
    [
      'ec2 with a filter of another spelling',
      { ...ec2, filters: { VpcId: 'vpc-1' } },
      'filters.VpcId: its name must be the name of a DescribeInstances filter',
    ],
    [
      'ec2 with a filter for a tag without a key',
      { ...ec2, filters: { 'tag:': 'web' } },
      'filters["tag:"]: its name must be the name of a DescribeInstances filter',
    ],
    [
      'ec2 with an empty value that is not of a tag',
      { ...ec2, filters: { 'vpc-id': ['vpc-1', ''] } },
      'filters.vpc-id: holds an empty value, which only tags can have',
    ],
    [
      'ec2 with a value longer than a filter takes',
      { ...ec2, tags: { role: 'x'.repeat(256) } },
      'tags.role: must be at most 255 characters long',
    ],
    [
      'ec2 with more filters than a request takes',
      { ...ec2, tags: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`t${n}`, 'x'])) },
      'tags: make more than 50 filters together with filters',
    ],
    [
      'ec2 in two partitions',
      { ...ec2, regions: ['eu-central-1', 'cn-north-1'] },
      'regions: lie in partitions aws and aws-cn: make a source for each',
    ],
    [
      'ec2 with a role of another partition',
      { ...ec2, regions: ['us-gov-west-1'], roleArns: ['arn:aws:iam::123456789012:role/x'] },
      'roleArns[0]: is of partition aws, the regions are of aws-us-gov',
    ],
    [
      'ec2 with a role that has a path and no name',
      { ...ec2, roleArns: ['arn:aws:iam::123456789012:role/path/'] },
      'roleArns[0]: must be the ARN of an IAM role',
    ],
    [
      'ec2 with an external id for nobody',
      { ...ec2, externalId: 'abc' },
      'externalId: means nothing without',
    ],
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
    [
      'file in the bucket of nobody',
      { type: 'file', url: 's3://bucket/key', bucketOwner: '12345678901' },
      'bucketOwner: must be the id of an AWS account: 12 digits, is text of 11 characters',
    ],
    [
      'file on disk with a bucket’s owner',
      { type: 'file', url: 'file:///x', bucketOwner: '123456789012' },
      'bucketOwner: means nothing for file://',
    ],
    ['file by a relative path', { type: 'file', url: 'file://machines.txt' }, 'url: must be file:///path'],
    ['file with a path in disguise', { type: 'file', url: 'file:///a%2Fb' }, 'url: has an escape'],
    ['file with half an escape', { type: 'file', url: 'file:///100%' }, 'url: has an escape'],
    ['file with bytes that are no text', { type: 'file', url: 'file:///%ff' }, 'url: has an escape'],
    ['file in no bucket', { type: 'file', url: 's3://a..b/key' }, 'url: has a bucket name that S3'],
    [
      'http to this machine',
      { ...http, url: 'https://[::ffff:127.0.0.1]/' },
      'url: leads to this machine itself, which only the local run may ask',
    ],
    [
      'http to a metadata service',
      { ...http, url: 'https://169.254.169.254/', allowLoopback: true },
      'url: leads to an address that nothing may connect to: link-local',
    ],
    [
      'http to another metadata service',
      { ...http, url: 'https://[fd00:ec2::254]/' },
      'url: leads to an address that nothing may connect to: metadata service',
    ],
    [
      'http with a prefix that no header can hold',
      { ...http, header: { name: 'authorization', secretId: 's', prefix: 'Schlüssel ' } },
      'header.prefix: must be 1 to 64 visible ASCII characters',
    ],
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
    [
      'static with what is no address',
      { type: 'static', members: ['10.0.0.1', '10.0.0.1/32'] },
      'members[1]: needs an address without a mask',
    ],
    [
      'static with an address of no machine',
      { type: 'static', members: ['127.0.0.1'] },
      'members[0]: is a loopback address, which no machine of a group can have',
    ],
    [
      'file settings of another format',
      { type: 'file', url: 'file:///x', ansible: {} },
      'ansible: means nothing for format auto',
    ],
    [
      'file settings of a list',
      { type: 'file', url: 'file:///x', format: 'lines', netbox: {} },
      'netbox: means nothing for format lines',
    ],
    [
      'file in an unknown format',
      { type: 'file', url: 'file:///x', format: 'yaml' },
      `format: must be one of ${['auto', 'json', 'lines', ...FORMAT_NAMES].map((name) => `"${name}"`).join(', ')}`,
    ],
    ['static over lines', { type: 'static', members: ['a\nb'] }, 'members[0]: holds control characters'],
  ])('are refused with place and rule: %s', (_name, source, expected) => {
    expect(withSource(source)[0]).toContain(`groups[0].sources[0].${expected}`);
  });

  test('may have an address of no machine where it is denied', () => {
    const source = { type: 'static', members: ['127.0.0.1', '10.0.0.1'] };
    expect(withSource(source, { deny: ['127.0.0.0/8'] })).toEqual([]);
  });

  test('may have any text for an id that is not blank', () => {
    const source = (member: string) => ({ type: 'static', members: ['web 1', member] });
    expect(withSource(source('10.0.0.1/32'), { identify: 'userdefined' })).toEqual([]);
    expect(withSource(source(' '), { identify: 'userdefined' })).toEqual([
      'groups[0].sources[0].members[1]: needs an id that is not blank',
    ]);
  });

  test('may ask for a tag with an empty value', () => {
    expect(withSource({ ...ec2, tags: { spare: '' } })).toEqual([]);
    expect(withSource({ ...ec2, tags: { spare: ['', 'yes'] }, filters: { 'tag:old': '' } })).toEqual([]);
  });

  const file = { type: 'file', url: 's3://bucket/inventory.json' };
  test.each([http, file, ...['json', 'lines', 'list'].map((format) => ({ ...file, format }))])(
    'cannot choose an id from a plain list: %j',
    (source) => {
      expect(withSource({ ...source, id: 'name' }, { identify: 'userdefined' })).toEqual([
        'groups[0].sources[0].id: means nothing for a list: its texts are the ids',
      ]);
    },
  );

  test.each([
    { ...file, format: 'list' },
    { ...file, format: 'prometheus', id: { field: 'agent' } },
    { ...file, format: 'netbox', netbox: { family: 'ipv6' }, id: { field: 'sls_id' } },
    { ...file, format: 'consul', consul: { address: 'lan' }, id: 'name' },
    { ...file, format: 'ansible', ansible: { group: 'web', variable: 'lan' }, id: { field: 'sls_id' } },
  ])('take the formats of http and their settings for a file: %j', (source) => {
    const [read] = groupConfig({ identify: 'userdefined', sources: [source] }).sources;
    expect(read).toMatchObject(source);
  });

  test('make one group, several of every kind', () => {
    const sources = [
      ec2,
      {
        ...ec2,
        regions: ['cn-north-1', 'cn-northwest-1'],
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
      {
        type: 'file',
        url: 's3://bucket/a/b.json',
        format: 'json',
        region: 'eu-central-1',
        bucketOwner: '123456789012',
      },
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
