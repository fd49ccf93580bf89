// Answers of ECS, Auto Scaling and STS, with only the fields that are read. Lists come wrapped, and what an instance
// does not have may be absent, null or empty.
// Source: API reference pages of DescribeInstances, DescribeScalingInstances and AssumeRole.

import * as z from 'zod/mini';
import { once } from '../../../core/text/once.ts';

const text = () => z.nullish(z.string());
const addresses = () => z.nullish(z.object({ IpAddress: z.nullish(z.array(z.string())) }));

const networkInterface = once(() =>
  z.object({
    Type: text(),
    PrimaryIpAddress: text(),
    PrivateIpSets: z.nullish(
      z.object({
        PrivateIpSet: z.nullish(
          z.array(z.object({ PrivateIpAddress: text(), Primary: z.nullish(z.boolean()) })),
        ),
      }),
    ),
    Ipv6Sets: z.nullish(z.object({ Ipv6Set: z.nullish(z.array(z.object({ Ipv6Address: text() }))) })),
  }),
);

const instance = once(() =>
  z.object({
    InstanceId: z.string().check(z.minLength(1)),
    InstanceName: text(),
    HostName: text(),
    Status: text(),
    OSType: text(),
    ResourceGroupId: text(),
    VpcAttributes: z.nullish(z.object({ VpcId: text(), PrivateIpAddress: addresses() })),
    InnerIpAddress: addresses(),
    PublicIpAddress: addresses(),
    EipAddress: z.nullish(z.object({ IpAddress: text() })),
    NetworkInterfaces: z.nullish(z.object({ NetworkInterface: z.nullish(z.array(networkInterface())) })),
    Tags: z.nullish(
      z.object({ Tag: z.nullish(z.array(z.object({ TagKey: z.string(), TagValue: text() }))) }),
    ),
  }),
);

export type EcsInterface = z.output<ReturnType<typeof networkInterface>>;
export type EcsInstance = z.output<ReturnType<typeof instance>>;

/** A page by token: its `TotalCount` counts nothing. */
export const instancePage = once(() =>
  z.object({ NextToken: text(), Instances: z.object({ Instance: z.array(instance()) }) }),
);

export const scalingPage = once(() =>
  z.object({
    TotalCount: z.int().check(z.minimum(0)),
    ScalingInstances: z.object({
      ScalingInstance: z.array(z.object({ InstanceId: z.string(), LifecycleState: z.string() })),
    }),
  }),
);

const line = () => z.string().check(z.regex(/^[\x21-\x7e]+$/));
export const assumedRole = once(() =>
  z.object({
    Credentials: z.object({ AccessKeyId: line(), AccessKeySecret: line(), SecurityToken: line() }),
  }),
);

/** Of any service, for any refusal. */
export const refusal = once(() => z.object({ Code: z.string(), RequestId: text() }));
