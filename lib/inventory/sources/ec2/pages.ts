// All instances of one account and region, and the Auto Scaling state of those that a group manages.

import { defined } from '../../../core/text/defined.ts';
import { followTokens } from '../../tokens.ts';
import type { AutoScalingApi, Ec2Api, Ec2Filter, Ec2Instance } from './api.ts';

/** Most instances on one page of DescribeInstances. */
const PAGE_SIZE = 1000;
/** Most ids that one call of DescribeAutoScalingInstances takes. */
const LIFECYCLE_BATCH = 50;

/**
 * Reservations flattened, pages followed through empty ones until no token is left.
 * @param most pages that are read: `isWhole` is false if there are more
 */
export async function readInstances(
  api: Ec2Api,
  filters: Ec2Filter[],
  source: string,
  signal?: AbortSignal,
  most = Number.POSITIVE_INFINITY,
) {
  let read = 0;
  let isWhole = true;
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
    read += 1;
    isWhole = !page.NextToken || read < most;
    return isWhole ? page.NextToken : undefined;
  });
  return { instances, pages, isWhole };
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
