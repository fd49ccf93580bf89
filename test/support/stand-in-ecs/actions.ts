// What ECS, Auto Scaling and STS answer, as their API reference pages have it.
import { randomUUID } from 'node:crypto';
import type { ShownInstance } from './instance.ts';
import type { KnownKey } from './signature.ts';

export interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ScalingInstance {
  readonly InstanceId: string;
  readonly LifecycleState: string;
}

export interface Role {
  readonly account: string;
  readonly externalId?: string;
}

export interface Cloud {
  readonly keys: Map<string, KnownKey>;
  /** By account and region: `1111 cn-hangzhou`. */
  readonly instances: Map<string, ShownInstance[]>;
  readonly scaling: Map<string, ScalingInstance[]>;
  readonly roles: Map<string, Role>;
  /** Accounts and actions that RAM does not allow: `1111 DescribeInstances`. */
  readonly denied: Set<string>;
  /** Times that somebody changed the instances so that tokens of pages went stale. */
  changes: number;
}

export interface Asked {
  readonly action: string;
  readonly version: string;
  readonly account: string;
  readonly query: Readonly<Record<string, string>>;
}

type Action = (cloud: Cloud, asked: Asked) => Reply;

export const refuse = (status: number, Code: string): Reply => ({
  status,
  body: { RequestId: randomUUID().toUpperCase(), HostId: 'ecs.test', Code, Message: `Refused: ${Code}.` },
});

const answer = (body: object): Reply => ({
  status: 200,
  body: { RequestId: randomUUID().toUpperCase(), ...body },
});

/** Instances that a filtered reading shows at the most. */
const FILTERED_MAX = 1_000;

const describeInstances: Action = (cloud, { account, query }) => {
  if (!query.RegionId) return refuse(400, 'MissingParameter.RegionId');
  const isDenied = cloud.denied.has(`${account} DescribeInstances`);
  if (query.DryRun === 'true')
    return isDenied ? refuse(403, 'Forbidden.RAM') : refuse(400, 'DryRunOperation');
  if (query.PageNumber || query.PageSize) return refuse(400, 'InvalidParameter.PageNumber');
  const size = Math.max(10, Number(query.MaxResults ?? 10));
  if (!(size <= 100)) return refuse(400, 'InvalidParameter.MaxResults');
  const [changes = '', from = '0'] = Buffer.from(query.NextToken ?? '', 'base64url')
    .toString()
    .split(' ');
  if (query.NextToken && changes !== String(cloud.changes)) return refuse(400, 'InvalidNextToken');
  const everything = isDenied ? [] : (cloud.instances.get(`${account} ${query.RegionId}`) ?? []);
  const tags = tagsOf(query);
  const isFiltered = tags.length > 0 || query.ResourceGroupId !== undefined;
  const matching = everything.filter(
    (instance) =>
      (query.ResourceGroupId === undefined || instance.ResourceGroupId === query.ResourceGroupId) &&
      tags.every(([key, value]) => carries(instance, key, value)),
  );
  const shown = isFiltered ? matching.slice(0, FILTERED_MAX) : matching;
  const end = Number(from) + size;
  const hasInterfaces = query['AdditionalAttributes.1'] === 'NETWORK_PRIMARY_ENI_IP';
  return answer({
    TotalCount: 0,
    NextToken: end < shown.length ? Buffer.from(`${cloud.changes} ${end}`).toString('base64url') : '',
    Instances: {
      Instance: shown.slice(Number(from), end).map((one) => (hasInterfaces ? one : withoutIpv6(one))),
    },
  });
};

function tagsOf(query: Asked['query']): [string, string | undefined][] {
  const tags: [string, string | undefined][] = [];
  for (let number = 1; query[`Tag.${number}.Key`] !== undefined; number += 1)
    tags.push([query[`Tag.${number}.Key`] as string, query[`Tag.${number}.Value`]]);
  return tags;
}

function carries({ Tags }: ShownInstance, key: string, value: string | undefined): boolean {
  const { Tag } = Tags as { Tag: readonly { TagKey: string; TagValue: string }[] };
  return Tag.some(({ TagKey, TagValue }) => TagKey === key && (value === undefined || TagValue === value));
}

function withoutIpv6(instance: ShownInstance): ShownInstance {
  const { NetworkInterface = [] } = (instance.NetworkInterfaces ?? {}) as {
    NetworkInterface?: readonly object[];
  };
  const bare = NetworkInterface.map((one) => ({ ...one, Ipv6Sets: undefined, PrivateIpSets: undefined }));
  return { ...instance, NetworkInterfaces: { NetworkInterface: bare } };
}

const describeScalingInstances: Action = (cloud, { account, query }) => {
  if (cloud.denied.has(`${account} DescribeScalingInstances`)) return refuse(403, 'Forbidden.Unauthorized');
  const [size, page] = [Number(query.PageSize ?? 10), Number(query.PageNumber ?? 1)];
  if (!(size >= 1 && size <= 100 && page >= 1)) return refuse(400, 'InvalidParameter');
  const all = cloud.scaling.get(`${account} ${query.RegionId}`) ?? [];
  return answer({
    TotalCount: all.length,
    PageNumber: page,
    PageSize: size,
    ScalingInstances: { ScalingInstance: all.slice((page - 1) * size, page * size) },
  });
};

const assumeRole: Action = (cloud, { account, query }) => {
  const role = cloud.roles.get(query.RoleArn ?? '');
  if (cloud.denied.has(`${account} AssumeRole`)) return refuse(403, 'NoPermission');
  if (!role) return refuse(404, 'EntityNotExist.Role');
  if (role.externalId !== query.ExternalId) return refuse(403, 'NoPermission');
  if (!/^[\w.@-]{2,64}$/.test(query.RoleSessionName ?? ''))
    return refuse(400, 'InvalidParameter.RoleSessionName');
  if (!(Number(query.DurationSeconds ?? 3600) >= 900)) return refuse(400, 'InvalidParameter.DurationSeconds');
  const id = `STS.test-${cloud.keys.size}`;
  const key = { secret: `not-a-real-secret-${id}`, token: `not-a-real-token-${id}`, account: role.account };
  cloud.keys.set(id, key);
  return answer({
    AssumedRoleUser: { Arn: `${query.RoleArn}/${query.RoleSessionName}`, AssumedRoleId: '1' },
    Credentials: {
      AccessKeyId: id,
      AccessKeySecret: key.secret,
      SecurityToken: key.token,
      Expiration: '2026-01-01T00:00:00Z',
    },
  });
};

export const ACTIONS: Readonly<Record<string, Action>> = {
  '2014-05-26 DescribeInstances': describeInstances,
  '2014-08-28 DescribeScalingInstances': describeScalingInstances,
  '2015-04-01 AssumeRole': assumeRole,
};
