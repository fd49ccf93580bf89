// For the hostile tests: good settings, and what their fields take beside that.
import {
  externalId,
  flag,
  label,
  line,
  optional,
  type Sample,
  type Takes,
} from '../../../../test/attack/taken.ts';

const full = {
  type: 'alibaba-ecs',
  regions: ['cn-hangzhou'],
  secretId: 'inventory/ecs-key',
  roleArns: ['acs:ram::1234567890123456:role/inventory'],
  externalId: 'an-external-id',
  tags: { role: 'web', site: ['a', 'b'] },
  resourceGroupId: 'rg-acfm0123',
  osType: 'linux',
  states: ['Running'],
  inServiceOnly: true,
  network: 'vpc',
  endpoints: { ecs: 'ecs.aliyuncs.com', ess: 'ess.aliyuncs.com', sts: 'sts.aliyuncs.com' },
  timeoutMs: 90_000,
};

export const SAMPLES: readonly Sample[] = [
  { identify: 'userdefined', settings: { ...full, hook: 'cmdb', id: { tag: 'log-id' } } },
  { identify: 'ip', settings: { ...full, address: { interface: 'primary', family: 'ipv6' } } },
  { identify: 'ip', settings: { type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true } },
];

const endpoint = ['missing', ...label, 'a slash behind', 'a fraction'] as const;

export const TAKES: Takes = {
  all: ['a truth value'],
  secretId: ['missing', ...line(512)],
  externalId,
  tags: ['missing', 'an empty object'],
  'tags.*': ['missing', 'empty', ...line(128), 'a list around it'],
  'tags.*[]': ['missing', 'empty', ...line(128)],
  resourceGroupId: optional,
  osType: optional,
  states: optional,
  address: optional,
  'address.family': optional,
  inServiceOnly: flag,
  id: optional,
  'id.tag': line(128),
  network: optional,
  endpoints: ['missing', 'an empty object'],
  'endpoints.ecs': endpoint,
  'endpoints.ess': endpoint,
  'endpoints.sts': endpoint,
  timeoutMs: optional,
};
