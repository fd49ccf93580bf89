// Settings of an EC2 source: which instances of which accounts and regions, and what of them is the member.

import * as z from 'zod/mini';
import { listOf, mapOf } from '../bounded.ts';
import { allDiffer, region, text, wholeNumber } from '../fields.ts';
import { hookOfSource } from '../hook-config.ts';

const ROLE_ARN = /^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

const roleArn = z
  .string()
  .check(z.regex(ROLE_ARN, 'the ARN of an IAM role such as arn:aws:iam::123456789012:role/inventory'));
/** What one request may hold (EC2 user guide, "List and filter using the CLI and API"). */
const FILTERS_MAX = 50;
const FILTER_VALUES_MAX = 200;
/** One value, or several of which any fits. */
const oneOrMore = z.union([text(256), listOf(text(256), FILTER_VALUES_MAX).check(z.minLength(1))]);

const ec2Address = z.union([
  z.enum(['privateIp', 'publicIp', 'ipv6']),
  z.strictObject({
    interface: z
      .union([wholeNumber(0, 31), text(255)])
      .check(z.describe('Device index of the network interface, or its description.')),
    family: z._default(z.enum(['ipv4', 'ipv6']), 'ipv4').check(z.describe('Which address of the interface.')),
  }),
]);

export const ec2Source = z
  .strictObject({
    type: z.literal('ec2'),
    hook: hookOfSource,
    regions: listOf(region, 40).check(
      z.minLength(1),
      z.refine(allDiffer, 'names a region twice'),
      z.describe('Regions to read.'),
    ),
    roleArns: z
      ._default(listOf(roleArn, 200).check(z.refine(allDiffer, 'names a role twice')), [])
      .check(z.describe('A role for each account to read. Without any, the function’s own account is read.')),
    externalId: z.exactOptional(
      z
        .string()
        .check(
          z.regex(/^[\w+=,.@:/-]{2,1224}$/, '2 to 1224 characters: letters, digits and _+=,.@:/-'),
          z.describe('External id sent when the roles are assumed.'),
        ),
    ),
    tags: z
      ._default(mapOf(text(128), oneOrMore, FILTERS_MAX), {})
      .check(
        z.describe('Tags that an instance must carry: key to a value, or to several of which any fits.'),
      ),
    filters: z._default(mapOf(text(255), oneOrMore, FILTERS_MAX), {}).check(
      z.refine(
        (filters) => !Object.hasOwn(filters, 'instance-state-name'),
        'holds instance-state-name: use states',
      ),
      z.describe('Further DescribeInstances filters, by name.'),
    ),
    states: z
      ._default(
        listOf(z.enum(['pending', 'running', 'stopping', 'stopped']), 4).check(
          z.minLength(1),
          z.refine(allDiffer, 'names a state twice'),
        ),
        ['pending', 'running'],
      )
      .check(z.describe('Instance states that count. A stopped instance keeps its private address.')),
    address: z
      ._default(ec2Address, 'privateIp')
      .check(z.describe('Which address of the instance is the member.')),
    asgInService: z
      ._default(z.boolean(), false)
      .check(z.describe('Of instances in an Auto Scaling group, only those InService.')),
    id: z.exactOptional(
      z
        .union([
          z.literal('instanceId'),
          z.strictObject({ tag: text(128).check(z.describe('Key of the tag.')) }),
        ])
        .check(z.describe('In a userdefined group: the instance id (the default) or the value of a tag.')),
    ),
  })
  .check(z.describe('EC2 instances, read with DescribeInstances.'));

export type Ec2Source = z.output<typeof ec2Source>;
