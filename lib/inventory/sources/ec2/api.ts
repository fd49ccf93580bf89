// The part of EC2, Auto Scaling and STS that the adapter calls, with only the fields it reads. The SDK
// clients fit it as they are; so does anything a test hands in.

import type { AwsCredentials } from '../../../core/reading/edges.ts';

export interface Ec2Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export interface Ec2Interface {
  readonly NetworkInterfaceId?: string | undefined;
  readonly Description?: string | undefined;
  readonly PrivateIpAddress?: string | undefined;
  readonly Ipv6Addresses?:
    | readonly { readonly Ipv6Address?: string | undefined; readonly IsPrimaryIpv6?: boolean | undefined }[]
    | undefined;
  readonly Attachment?:
    | { readonly DeviceIndex?: number | undefined; readonly NetworkCardIndex?: number | undefined }
    | undefined;
}

export interface Ec2Instance {
  readonly InstanceId?: string | undefined;
  readonly State?: { readonly Name?: string | undefined } | undefined;
  readonly PrivateIpAddress?: string | undefined;
  readonly PublicIpAddress?: string | undefined;
  readonly Ipv6Address?: string | undefined;
  readonly VpcId?: string | undefined;
  /** `windows`, or absent for everything else. */
  readonly Platform?: string | undefined;
  readonly InstanceType?: string | undefined;
  readonly ImageId?: string | undefined;
  readonly SubnetId?: string | undefined;
  readonly Placement?: { readonly AvailabilityZone?: string | undefined } | undefined;
  readonly SecurityGroups?: readonly { readonly GroupId?: string | undefined }[] | undefined;
  readonly Tags?: readonly Ec2Tag[] | undefined;
  readonly NetworkInterfaces?: readonly Ec2Interface[] | undefined;
}

export interface Ec2Filter {
  Name: string;
  Values: string[];
}

export interface Ec2Api {
  describeInstances(
    input: { Filters?: Ec2Filter[]; MaxResults: number; NextToken?: string },
    signal?: AbortSignal,
  ): Promise<{
    readonly Reservations?:
      | readonly { readonly Instances?: readonly Ec2Instance[] | undefined }[]
      | undefined;
    readonly NextToken?: string | undefined;
  }>;
  close(): void;
}

export interface AutoScalingApi {
  describeAutoScalingInstances(
    input: { InstanceIds: string[]; NextToken?: string },
    signal?: AbortSignal,
  ): Promise<{
    readonly AutoScalingInstances?:
      | readonly { readonly InstanceId?: string | undefined; readonly LifecycleState?: string | undefined }[]
      | undefined;
    readonly NextToken?: string | undefined;
  }>;
  close(): void;
}

/** Opens clients when they are needed, so that what is not needed is not loaded. */
export interface AwsApis {
  ec2(options: AwsPlace): Promise<Ec2Api>;
  autoScaling(options: AwsPlace): Promise<AutoScalingApi>;
  assumeRole(
    role: { readonly roleArn: string; readonly externalId?: string | undefined },
    place: { readonly region: string },
    signal?: AbortSignal,
  ): Promise<AwsCredentials>;
}

export interface AwsPlace {
  readonly region: string;
  /** The function's own where absent. */
  readonly credentials?: AwsCredentials | undefined;
}
