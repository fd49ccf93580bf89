// All instances of one account and region, and the Auto Scaling state of those that a group manages.

import { defined } from '../../../core/text/defined.ts';
import { followTokens } from '../../tokens.ts';
import type { AutoScalingApi, Ec2Api, Ec2Filter, Ec2Instance } from './api.ts';
import type { Ec2Source } from './settings.ts';

/** The tag that Auto Scaling puts on every instance of a group, and takes off when one is detached. */
export const ASG_TAG = 'aws:autoscaling:groupName';
/** Most instances on one page of DescribeInstances. */
const PAGE_SIZE = 1000;
/** Most ids that one call of DescribeAutoScalingInstances takes. */
const LIFECYCLE_BATCH = 50;

export interface Ec2Reading {
  readonly region: string;
  readonly instances: readonly Ec2Instance[];
  /** Lifecycle state by instance id, for instances that are in an Auto Scaling group. */
  readonly lifecycles: ReadonlyMap<string, string>;
  readonly pages: number;
}

/** Values hold as EC2 filters hold them: any of several values, `*` and `?` as wildcards. */
export function filtersOf({ tags, filters }: Pick<Ec2Source, 'tags' | 'filters'>): Ec2Filter[] {
  const entries = [
    ...Object.entries(tags).map(([key, value]) => [`tag:${key}`, value] as const),
    ...Object.entries(filters),
  ];
  return entries.map(([Name, value]) => ({ Name, Values: typeof value === 'string' ? [value] : [...value] }));
}

/** Reservations flattened, pages followed through empty ones until no token is left. */
export async function readInstances(api: Ec2Api, filters: Ec2Filter[], source: string, signal?: AbortSignal) {
  const instances: Ec2Instance[] = [];
  const pages = await followTokens(source, async (NextToken) => {
    const page = await api.describeInstances(
      {
        ...(filters.length > 0 ? { Filters: filters } : {}),
        MaxResults: PAGE_SIZE,
        ...defined({ NextToken }),
      },
      signal,
    );
    for (const { Instances = [] } of page.Reservations ?? []) {
      for (const instance of Instances) instances.push(instance);
    }
    return page.NextToken;
  });
  return { instances, pages };
}

/** The lifecycle state of each instance that Auto Scaling knows, asked for in batches. */
export async function readLifecycles(
  api: AutoScalingApi,
  ids: readonly string[],
  source: string,
  signal?: AbortSignal,
) {
  const lifecycles = new Map<string, string>();
  for (let from = 0; from < ids.length; from += LIFECYCLE_BATCH) {
    const InstanceIds = ids.slice(from, from + LIFECYCLE_BATCH);
    await followTokens(source, async (NextToken) => {
      const page = await api.describeAutoScalingInstances(defined({ InstanceIds, NextToken }), signal);
      for (const { InstanceId, LifecycleState } of page.AutoScalingInstances ?? []) {
        if (InstanceId && LifecycleState) lifecycles.set(InstanceId, LifecycleState);
      }
      return page.NextToken;
    });
  }
  return lifecycles;
}
