// An instance as DescribeInstances shows it (its API reference page), made up from few words.

export interface ShownInstance {
  readonly InstanceId: string;
  readonly [field: string]: unknown;
}

export interface InstanceWords {
  readonly ip?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A running Linux machine in a VPC. @param number gives it its id and, without another, its address in 10.0.0.0/8 */
export function shownInstance(
  number: number,
  { ip, tags = {}, more = {} }: InstanceWords = {},
): ShownInstance {
  const address = ip ?? `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  return {
    InstanceId: `i-bp1${String(number).padStart(10, '0')}`,
    InstanceName: `name-${number}`,
    HostName: `host-${number}`,
    Status: 'Running',
    OSType: 'linux',
    InstanceNetworkType: 'vpc',
    ResourceGroupId: 'rg-acfmweb',
    VpcAttributes: { VpcId: 'vpc-bp1', NatIpAddress: '', PrivateIpAddress: { IpAddress: [address] } },
    InnerIpAddress: { IpAddress: [] },
    PublicIpAddress: { IpAddress: [] },
    EipAddress: { IpAddress: '', AllocationId: '' },
    NetworkInterfaces: {
      NetworkInterface: [
        { Type: 'Primary', NetworkInterfaceId: `eni-bp1${number}`, PrimaryIpAddress: address },
      ],
    },
    Tags: { Tag: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
    ...more,
  };
}
