// For the hostile tests: good settings, and what their fields take beside that.
import { externalId, flag, line, optional, type Sample, type Takes } from '../../../../test/attack/taken.ts';

const full = {
  type: 'ec2',
  regions: ['eu-central-1'],
  roleArns: ['arn:aws:iam::123456789012:role/inventory'],
  externalId: 'an-external-id',
  tags: { role: 'web', site: ['a', 'b'] },
  filters: { 'vpc-id': 'vpc-0123', 'subnet-id': ['subnet-1', 'subnet-2'] },
  states: ['running'],
  asgInService: true,
};

export const SAMPLES: readonly Sample[] = [
  { identify: 'userdefined', settings: { ...full, hook: 'cmdb', id: { tag: 'log-id' } } },
  { identify: 'ip', settings: { ...full, address: { interface: 1, family: 'ipv6' } } },
  { identify: 'ip', settings: { type: 'ec2', regions: ['eu-central-1'], all: true } },
];

export const TAKES: Takes = {
  all: ['a truth value'],
  externalId,
  tags: ['missing', 'an empty object'],
  // The value of a tag may be empty.
  'tags.*': ['missing', 'empty', ...line(256), 'a list around it'],
  'tags.*[]': ['missing', 'empty', ...line(256)],
  filters: ['missing', 'an empty object'],
  'filters.*': ['missing', ...line(256), 'a list around it'],
  'filters.*[]': ['missing', ...line(256)],
  states: optional,
  address: optional,
  'address.interface': [...line(256), 'zero'],
  'address.family': optional,
  asgInService: flag,
  id: optional,
  'id.tag': line(128),
};
