// Sync configurations that between them have every field there is, and what each field takes beside its good value.
import { type BadClass, BLANKS, TEXT_CLASSES, WORDS } from './classes.ts';

const base = { owner: 'test-owner', policy: 'sync' };
const ofAddresses = { project: 'ali-test-project', name: 'web', identify: 'ip' };
const ofIds = { ...ofAddresses, identify: 'userdefined' };
const safety = {
  maxRemovalShare: 0.25,
  minMembersForShare: 10,
  maxSmallRemovals: 2,
  keepLast: true,
  secondLook: true,
};
const http = {
  type: 'http',
  hook: 'cmdb',
  url: 'https://inventory.example/machines?site=a',
  timeoutMs: 5_000,
  maxBytes: 1_000_000,
  maxAgeSeconds: 60,
  header: { name: 'Authorization', secretId: 'inventory/token', secretKey: 'token', prefix: 'Bearer ' },
  allowHttp: false,
  allowLoopback: false,
};
const ec2 = {
  type: 'ec2',
  regions: ['eu-central-1'],
  roleArns: ['arn:aws:iam::123456789012:role/inventory'],
  externalId: 'an-external-id',
  tags: { role: 'web', site: ['a', 'b'] },
  filters: { 'vpc-id': 'vpc-0123', 'subnet-id': ['subnet-1', 'subnet-2'] },
  states: ['running'],
  asgInService: true,
};
const hooks = { cmdb: { scheme: 'generic', secretId: 'hooks/cmdb' } };

export const CONFIG_SAMPLES: readonly object[] = [
  {
    $schema: './sync-config.schema.json',
    ...base,
    safety,
    write: 'full',
    onRefusal: 'continue',
    concurrency: 8,
    fanOutAbove: 50,
    groups: [
      {
        ...ofAddresses,
        endpoint: 'cn-hangzhou.log.aliyuncs.com',
        owner: 'somebody',
        topic: 'a topic',
        adopt: false,
        allowEmpty: false,
        policy: 'sync',
        safety,
        write: 'delta',
        allow: ['10.0.0.0/8'],
        deny: ['2001:db8::/32'],
        sources: [{ type: 'static', members: ['10.0.0.1'] }],
      },
    ],
  },
  {
    ...base,
    hooks,
    groups: [
      {
        ...ofAddresses,
        sources: [
          {
            type: 'file',
            hook: 'cmdb',
            url: 's3://inventory/machines.json',
            format: 'json',
            maxBytes: 1_000_000,
            region: 'eu-central-1',
            bucketOwner: '123456789012',
          },
        ],
      },
    ],
  },
  {
    ...base,
    hooks,
    groups: [{ ...ofIds, sources: [{ ...ec2, hook: 'cmdb', id: { tag: 'log-id' } }] }],
  },
  {
    ...base,
    groups: [{ ...ofAddresses, sources: [{ ...ec2, address: { interface: 1, family: 'ipv6' } }] }],
  },
  {
    ...base,
    groups: [{ ...ofAddresses, sources: [{ type: 'ec2', regions: ['eu-central-1'], all: true }] }],
  },
  {
    ...base,
    hooks,
    groups: [
      {
        ...ofIds,
        sources: [{ ...http, format: 'netbox', id: { field: 'log_id' }, netbox: { family: 'ipv4' } }],
      },
    ],
  },
  {
    ...base,
    hooks,
    groups: [
      {
        ...ofIds,
        sources: [{ ...http, format: 'consul', id: 'name', consul: { address: 'lan', passingOnly: false } }],
      },
    ],
  },
  {
    ...base,
    hooks,
    groups: [
      {
        ...ofAddresses,
        sources: [{ ...http, format: 'ansible', ansible: { group: 'web', variable: 'ansible_host' } }],
      },
    ],
  },
];

const optional: readonly BadClass[] = ['missing'];
/** Text on one line, of at least one sign and at most so many. */
const line = (most: 64 | 128 | 256 | 512): readonly BadClass[] => [
  ...WORDS,
  ...BLANKS,
  ...(most > 400 ? (['a number of 400 digits'] as const) : []),
];
const onlyTexts = Object.keys(TEXT_CLASSES).filter((what) => what !== 'missing') as BadClass[];
const label: readonly BadClass[] = [
  'another word',
  'a name every object knows',
  'an exponent',
  'a hexadecimal number',
  'the word null',
];

const BEYOND_ASCII: readonly BadClass[] = [
  'a Cyrillic letter',
  'a change of direction',
  'a combining sign',
  'a full-width sign',
  'a line separator',
  'an Arabic digit',
  'an ideographic blank',
  'an invisible character',
];

/** By the names that `placeIn` gives; what is not here takes nothing but its good value. */
export const CONFIG_TAKES: Readonly<Record<string, readonly BadClass[]>> = {
  // Only editors read it.
  $schema: [...onlyTexts, 'missing'],
  owner: [...label, 'a fraction'],
  safety: ['missing', 'an empty object'],
  'safety.maxRemovalShare': optional,
  'safety.minMembersForShare': optional,
  'safety.maxSmallRemovals': optional,
  'safety.keepLast': optional,
  'safety.secondLook': optional,
  write: optional,
  onRefusal: optional,
  concurrency: optional,
  fanOutAbove: ['missing', 'zero'],
  'hooks.*.secretId': line(512),
  'group.project': label,
  'group.name': [...label, 'the name of a prototype', 'a negative number', 'not a number'],
  'group.endpoint': ['missing', ...label, 'a slash behind', 'a fraction'],
  'group.owner': ['missing', ...label, 'a fraction'],
  'group.topic': ['missing', 'empty', ...line(512)],
  'group.adopt': ['missing', 'a truth value'],
  'group.allowEmpty': ['missing', 'a truth value'],
  'group.policy': optional,
  'group.safety': ['missing', 'an empty object'],
  'group.safety.maxRemovalShare': optional,
  'group.safety.minMembersForShare': optional,
  'group.safety.maxSmallRemovals': optional,
  'group.safety.keepLast': optional,
  'group.safety.secondLook': optional,
  'group.write': optional,
  'group.allow': optional,
  'group.deny': ['missing', 'an empty list'],
  'group.deny[]': optional,
  'static.members': ['an empty list'],
  'static.members[]': ['missing', 'a blank behind'],
  'file.url': [
    'a blank behind',
    'twice, as a gateway joins them',
    'a Cyrillic letter',
    'an Arabic digit',
    'a combining sign',
    'an invisible character',
    'a line separator',
    'a slash behind',
  ],
  'file.format': optional,
  'file.maxBytes': optional,
  'file.region': optional,
  'file.bucketOwner': optional,
  'ec2.all': ['a truth value'],
  'ec2.externalId': [
    'missing',
    ...label.filter((what) => what !== 'another word'),
    'twice, as a gateway joins them',
    'a step up',
    'a slash behind',
    'the name of a prototype',
    'a negative number',
    'a number with a sign',
    'a fraction',
    'a number of 400 digits',
    'not a number',
  ],
  'ec2.tags': ['missing', 'an empty object'],
  // The value of a tag may be empty.
  'ec2.tags.*': ['missing', 'empty', ...line(256), 'a list around it'],
  'ec2.tags.*[]': ['missing', 'empty', ...line(256)],
  'ec2.filters': ['missing', 'an empty object'],
  'ec2.filters.*': ['missing', ...line(256), 'a list around it'],
  'ec2.filters.*[]': ['missing', ...line(256)],
  'ec2.states': optional,
  'ec2.address': optional,
  'ec2.address.interface': [...line(256), 'zero'],
  'ec2.address.family': optional,
  'ec2.asgInService': ['missing', 'a truth value'],
  'ec2.id': optional,
  'ec2.id.tag': line(128),
  'http.url': [
    'twice, as a gateway joins them',
    'a Cyrillic letter',
    'an Arabic digit',
    'a combining sign',
    'an invisible character',
    'a slash behind',
    'a query behind',
  ],
  'http.timeoutMs': optional,
  'http.maxBytes': optional,
  'http.maxAgeSeconds': ['missing', 'zero'],
  'http.header': optional,
  'http.header.name': [...label, 'not a number'],
  'http.header.secretId': line(512),
  'http.header.secretKey': ['missing', ...line(256)],
  'http.header.prefix': ['missing', ...line(64).filter((what) => !BEYOND_ASCII.includes(what))],
  'http.allowHttp': ['missing', 'a truth value'],
  'http.allowLoopback': ['missing', 'a truth value'],
  'http.id': optional,
  'http.id.field': line(128),
  'http.netbox': ['missing', 'an empty object'],
  'http.netbox.family': optional,
  'http.consul': ['missing', 'an empty object'],
  // Anybody may give an address a tag of their own.
  'http.consul.address': [
    'missing',
    'another word',
    'a fraction',
    'a hexadecimal number',
    'a name every object knows',
    'an exponent',
    'not a number',
    'the name of a prototype',
    'the word null',
  ],
  'http.consul.passingOnly': ['missing', 'a truth value'],
  'http.ansible': ['missing', 'an empty object'],
  'http.ansible.group': ['missing', ...line(256)],
  'http.ansible.variable': ['missing', ...line(256)],
};
