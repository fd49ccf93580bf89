// Settings of an EC2 source: which instances of which accounts and regions, and what of them is the member.

import * as z from 'zod/mini';
import { listOf, mapOf } from '../../../core/text/bounded.ts';
import { allDiffer, externalId, isOneLine, region, text, wholeNumber } from '../../../core/text/fields.ts';
import { hookOfSource } from '../../../core/text/hook-name.ts';
import { fault } from '../../../core/text/issues.ts';

/** A path of any depth, then the role's name. */
const ROLE_ARN = /^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/(?:[\w+=,.@-]{1,512}\/){0,32}[\w+=,.@-]{1,64}$/;
/** Names of filters are lower case (DescribeInstances page), but for the keys of tags. */
const FILTER_NAME = /^(?:tag:.{1,128}|[a-z][a-z0-9.-]{0,254})$/;
/** Filters hide the states they leave out: a machine that stopped would look like one that is gone. */
const OF_STATES = ['instance-state-name', 'instance-state-code'];
/** Most filters that one request takes (EC2 User Guide, filtering). */
const FILTERS_MAX = 50;
/** Values of one filter (the same page). */
const FILTER_VALUES_MAX = 200;

const roleArn = z
  .string()
  .check(
    z.maxLength(640),
    z.regex(ROLE_ARN, 'the ARN of an IAM role such as arn:aws:iam::123456789012:role/inventory'),
  );
/** As long as EC2 takes the value of a filter; empty as the values of tags may be. */
const value = z.string().check(z.maxLength(255), z.refine(isOneLine, 'holds control characters'));
/** One value, or several of which any fits. */
const oneOrMore = z.union([value, listOf(value, FILTER_VALUES_MAX).check(z.minLength(1))]);

const filterName = z
  .string()
  .check(
    z.regex(FILTER_NAME, 'the name of a DescribeInstances filter, such as vpc-id or tag:role'),
    z.refine(isOneLine, 'holds control characters'),
  );

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
    externalId: z.exactOptional(externalId),
    tags: z
      ._default(mapOf(text(128), oneOrMore, FILTERS_MAX), {})
      .check(
        z.describe(
          'Tags that an instance must carry: key to a value, or to several of which any fits. Empty text fits an empty value.',
        ),
      ),
    filters: z._default(mapOf(filterName, oneOrMore, FILTERS_MAX), {}).check(
      z.refine(
        (filters) => !OF_STATES.some((name) => Object.hasOwn(filters, name)),
        'holds a state: use states',
      ),
      z.describe('Further DescribeInstances filters, by name.'),
    ),
    all: z
      ._default(z.boolean(), false)
      .check(z.describe('Says that every instance is meant, where there are neither tags nor filters.')),
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
  .check(z.describe('EC2 instances, read with DescribeInstances.'), checkSelection, checkPlaces);

export type Ec2Source = z.output<typeof ec2Source>;

type Checked = z.core.ParsePayload<z.output<typeof ec2Source>>;

/** What is read is said: nobody puts all machines of an account into a group by leaving something out. */
function checkSelection(context: Checked): void {
  const { tags, filters, all } = context.value;
  const count = Object.keys(tags).length + Object.keys(filters).length;
  if (count === 0 && !all)
    fault(context, ['all'], 'must be true where there are neither tags nor filters: every instance is read');
  if (count > 0 && all) fault(context, ['all'], 'contradicts tags and filters: leave it out, or them');
  if (count > FILTERS_MAX)
    fault(
      context,
      ['tags'],
      `make more than ${FILTERS_MAX} filters together with filters, the most that EC2 takes`,
    );
  for (const [name, values] of Object.entries(filters)) {
    if (!name.startsWith('tag:') && [values].flat().includes(''))
      fault(context, ['filters', name], 'holds an empty value, which only tags can have');
  }
}

/** Credentials hold in one partition of AWS; a read in another would be refused every time. */
function checkPlaces(context: Checked): void {
  const { regions, roleArns, externalId } = context.value;
  if (externalId !== undefined && roleArns.length === 0)
    fault(context, ['externalId'], 'means nothing without roleArns');
  const [own, other] = new Set(regions.flatMap((region) => partitionOf(region) ?? []));
  if (other !== undefined)
    fault(context, ['regions'], `lie in partitions ${own} and ${other}: make a source for each`);
  else if (own !== undefined)
    roleArns.forEach((arn, index) => {
      const partition = /^arn:(aws[a-z-]*):/.exec(arn)?.[1];
      if (partition !== undefined && partition !== own)
        fault(context, ['roleArns', index], `is of partition ${partition}, the regions are of ${own}`);
    });
}

/** Beginnings of regions' names; of a region that none of them fits nothing is claimed. */
const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^us-iso-/, 'aws-iso'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^(?:af|ap|ca|eu|il|me|mx|sa|us)-(?:central|north|south|east|west)/, 'aws'],
];

function partitionOf(region: string): string | undefined {
  return PARTITIONS.find(([beginning]) => beginning.test(region))?.[1];
}
