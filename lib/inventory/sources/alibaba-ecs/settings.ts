// Settings of an Alibaba Cloud ECS source: which instances of which accounts and regions, and what of them is the member.

import * as z from 'zod/mini';
import { ALIBABA_REGION, type AlibabaService } from '../../../core/address/alibaba.ts';
import { ENDPOINT } from '../../../core/address/endpoint.ts';
import { listOf, mapOf } from '../../../core/text/bounded.ts';
import { allDiffer, externalId, isOneLine, text, wholeNumber } from '../../../core/text/fields.ts';
import { hookOfSource } from '../../../core/text/hook-name.ts';
import { fault } from '../../../core/text/issues.ts';
import { ALIBABA_SOURCE_MS } from '../../../core/time/timeouts.ts';

const ROLE_ARN = /^acs:ram::\d{1,20}:role\/[\w.-]{1,64}$/;
/** Most tags that one request takes (DescribeInstances page). */
const TAGS_MAX = 20;

const roleArn = z
  .string()
  .check(z.regex(ROLE_ARN, 'the ARN of a RAM role such as acs:ram::1234567890:role/inventory'));
/** As long as the value of a tag can be; empty as it may be. */
const value = z.string().check(z.maxLength(128), z.refine(isOneLine, 'holds control characters'));
/** One value, or several of which any fits. */
const oneOrMore = z.union([value, listOf(value, 50).check(z.minLength(1))]);

const address = z.union([
  z.enum(['private', 'public', 'eip', 'ipv6']),
  z.strictObject({
    interface: z
      .enum(['primary', 'secondary'])
      .check(z.describe('The primary network interface, or the one secondary.')),
    family: z._default(z.enum(['ipv4', 'ipv6']), 'ipv4').check(z.describe('Which address of the interface.')),
  }),
]);

const endpoint = (service: AlibabaService) =>
  z.exactOptional(
    z
      .string()
      .check(
        z.regex(ENDPOINT.pattern, ENDPOINT.says),
        z.describe(
          `Endpoint of ${service.toUpperCase()} for all regions of this source: a documented one, or one that the deployer lists.`,
        ),
      ),
  );

export const alibabaEcsSource = z
  .strictObject({
    type: z.literal('alibaba-ecs'),
    hook: hookOfSource,
    regions: listOf(z.string().check(z.regex(ALIBABA_REGION.pattern, ALIBABA_REGION.says)), 40).check(
      z.minLength(1),
      z.refine(allDiffer, 'names a region twice'),
      z.describe('Regions to read.'),
    ),
    secretId: z.exactOptional(
      text(2048).check(
        z.describe(
          'Secrets Manager secret with the AccessKey to read with: its name or ARN, bound by the deployer. Without it, the deployment’s own AccessKey reads.',
        ),
      ),
    ),
    roleArns: z
      ._default(listOf(roleArn, 200).check(z.refine(allDiffer, 'names a role twice')), [])
      .check(
        z.describe('A RAM role for each account to read. Without any, the AccessKey’s own account is read.'),
      ),
    externalId: z.exactOptional(externalId),
    tags: z
      ._default(mapOf(text(128), oneOrMore, TAGS_MAX), {})
      .check(
        z.describe(
          'Tags that an instance must carry: key to a value, or to several of which any fits. Empty text fits an empty value.',
        ),
      ),
    resourceGroupId: z.exactOptional(
      z
        .string()
        .check(
          z.regex(
            /^rg-[a-z0-9]{1,60}$/,
            'the id of a resource group, rg- with lower-case letters and digits',
          ),
          z.describe('Resource group that an instance must be in.'),
        ),
    ),
    osType: z.exactOptional(
      z.enum(['linux', 'windows']).check(z.describe('Operating system that an instance must have.')),
    ),
    all: z
      ._default(z.boolean(), false)
      .check(
        z.describe('Says that every instance is meant, where there are neither tags nor a resource group.'),
      ),
    states: z
      ._default(
        listOf(z.enum(['Pending', 'Starting', 'Running', 'Stopping', 'Stopped']), 5).check(
          z.minLength(1),
          z.refine(allDiffer, 'names a state twice'),
        ),
        ['Running'],
      )
      .check(z.describe('Instance states that count. A stopped instance keeps its private address.')),
    address: z._default(address, 'private').check(z.describe('Which address of the instance is the member.')),
    inServiceOnly: z
      ._default(z.boolean(), false)
      .check(z.describe('Of instances that Auto Scaling manages, only those in service.')),
    id: z.exactOptional(
      z
        .union([
          z.enum(['instanceId', 'instanceName', 'hostName']),
          z.strictObject({ tag: text(128).check(z.describe('Key of the tag.')) }),
        ])
        .check(
          z.describe(
            'In a userdefined group: the instance id (the default), the name, the host name or the value of a tag.',
          ),
        ),
    ),
    network: z
      ._default(z.enum(['public', 'vpc']), 'public')
      .check(z.describe('vpc: call the endpoints inside a VPC, such as ecs-vpc.cn-hangzhou.aliyuncs.com.')),
    endpoints: z.exactOptional(
      z
        .strictObject({ ecs: endpoint('ecs'), ess: endpoint('ess'), sts: endpoint('sts') })
        .check(z.describe('Endpoints other than the region’s own.')),
    ),
    timeoutMs: z
      ._default(wholeNumber(ALIBABA_SOURCE_MS[1], ALIBABA_SOURCE_MS[2]), ALIBABA_SOURCE_MS[0])
      .check(z.describe('Milliseconds for the whole read, waits after throttling included.')),
  })
  .check(z.describe('Alibaba Cloud ECS instances, read with DescribeInstances.'), checkSelection);

export type AlibabaEcsSource = z.output<typeof alibabaEcsSource>;

/** What is read is said: nobody puts all machines of an account into a group by leaving something out. */
function checkSelection(context: z.core.ParsePayload<z.output<typeof alibabaEcsSource>>): void {
  const { tags, resourceGroupId, all, roleArns, externalId } = context.value;
  const isSelective = Object.keys(tags).length > 0 || resourceGroupId !== undefined;
  if (!isSelective && !all)
    fault(
      context,
      ['all'],
      'must be true where there are neither tags nor resourceGroupId: every instance is read',
    );
  if (isSelective && all)
    fault(context, ['all'], 'contradicts tags and resourceGroupId: leave it out, or them');
  if (externalId !== undefined && roleArns.length === 0)
    fault(context, ['externalId'], 'means nothing without roleArns');
}

/** The services that a source calls. */
export function servicesOf({
  inServiceOnly,
  roleArns,
}: Pick<AlibabaEcsSource, 'inServiceOnly' | 'roleArns'>): readonly AlibabaService[] {
  return [
    'ecs',
    ...(inServiceOnly ? (['ess'] as const) : []),
    ...(roleArns.length > 0 ? (['sts'] as const) : []),
  ];
}
