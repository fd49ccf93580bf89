// Instances of one account and region, and what Auto Scaling says of them. ECS answers a key that may not read with an empty
// list, and a filtered reading with 1 000 instances at the most: neither is taken for the truth.

import type * as z from 'zod/mini';
import { defined } from '../../../core/text/defined.ts';
import { SourceError } from '../../source.ts';
import { followTokens } from '../../tokens.ts';
import { type EcsInstance, instancePage, scalingPage } from './answers.ts';
import type { Caller } from './call.ts';
import type { AlibabaEcsSource } from './settings.ts';

/** Most instances on one page of DescribeInstances, and of DescribeScalingInstances. */
const PAGE_SIZE = 100;
/** So many instances are all that a filter by tag or resource group shows (DescribeInstances page). */
const FILTERED_MAX = 1_000;
/** Times that a list of Auto Scaling is read which changes meanwhile. */
const SCALING_READS = 3;

/** Where one reading of a source goes. */
export interface EcsPlace {
  readonly region: string;
  readonly caller: Caller;
  readonly source: string;
}

export type Query = Readonly<Record<string, string>>;
type Settings = Pick<AlibabaEcsSource, 'tags' | 'resourceGroupId'>;

/** Key and value of a tag as the service can select by it: several values, and an empty one, are selected here. */
export function askedTags({
  tags,
}: Pick<Settings, 'tags'>): readonly (readonly [key: string, value?: string])[] {
  return Object.entries(tags).map(([key, values]) => {
    const [only, another] = [values].flat();
    return only && another === undefined ? [key, only] : [key];
  });
}

export function filterOf(settings: Settings): Query {
  const filter: Record<string, string> = {};
  for (const [index, [key, value]] of askedTags(settings).entries()) {
    filter[`Tag.${index + 1}.Key`] = key;
    if (value !== undefined) filter[`Tag.${index + 1}.Value`] = value;
  }
  if (settings.resourceGroupId !== undefined) filter.ResourceGroupId = settings.resourceGroupId;
  return filter;
}

/** IPv6 addresses and those of interfaces come only to those who ask for them. */
export function needsInterfaces({ address }: Pick<AlibabaEcsSource, 'address'>): boolean {
  return typeof address !== 'string' || address === 'ipv6';
}

export interface ProvedInstances {
  readonly instances: readonly EcsInstance[];
  readonly pages: number;
  /** Why the list is not all: the service shows no more, or `most` pages were not enough. Nothing else is proved then. */
  readonly ended?: 'filtered' | 'pages';
}

/**
 * Everything that a filter selects.
 * @param most pages that are read
 * @throws SourceError where it is not proved to be everything
 */
export async function readProved(
  filter: Query,
  withInterfaces: boolean,
  place: EcsPlace,
  most = Number.POSITIVE_INFINITY,
): Promise<ProvedInstances> {
  // Before, since a permission may come while pages are read, and after, since it may go.
  await proveAccess(place, filter);
  const read = await readInstances(filter, withInterfaces, place, most);
  if (read.ended === undefined) await proveAccess(place, filter);
  return read;
}

/** A dry run is refused in any case: with `DryRunOperation` where the same call would have been let through. */
async function proveAccess({ caller, region, source }: EcsPlace, filter: Query): Promise<void> {
  const outcome = await caller.ask('DescribeInstances', region, {
    RegionId: region,
    ...filter,
    DryRun: 'true',
  });
  if (!outcome.ok && outcome.code === 'DryRunOperation') return;
  if (!outcome.ok) throw outcome.error;
  throw new SourceError(
    'forbidden',
    source,
    `DescribeInstances in ${region}: the dry run was answered, which proves no permission to read`,
  );
}

async function readInstances(
  filter: Query,
  withInterfaces: boolean,
  { caller, region, source }: EcsPlace,
  most: number,
): Promise<ProvedInstances> {
  const instances: EcsInstance[] = [];
  const attributes = withInterfaces ? { 'AdditionalAttributes.1': 'NETWORK_PRIMARY_ENI_IP' } : {};
  const query = { RegionId: region, MaxResults: String(PAGE_SIZE), ...attributes, ...filter };
  const enough = Object.keys(filter).length > 0 ? FILTERED_MAX : Number.POSITIVE_INFINITY;
  let read = 0;
  let ended: ProvedInstances['ended'];
  const pages = await followTokens(source, async (NextToken) => {
    const asked = NextToken === undefined ? query : { ...query, NextToken };
    const outcome = await caller.ask('DescribeInstances', region, asked);
    if (!outcome.ok) {
      if (NextToken === undefined || !/Token/i.test(outcome.code) || /Security/.test(outcome.code))
        throw outcome.error;
      const said = `DescribeInstances in ${region}: changed while it was read, a page's token is not taken any more`;
      throw new SourceError('changed', source, said, { cause: outcome.error });
    }
    const page = pageOf(instancePage(), outcome.body, `DescribeInstances in ${region}`, source);
    for (const instance of page.Instances.Instance) instances.push(instance);
    read += 1;
    if (instances.length >= enough) ended = 'filtered';
    else if (page.NextToken && read >= most) ended = 'pages';
    return ended === undefined ? page.NextToken : undefined;
  });
  return { instances, pages, ...defined({ ended }) };
}

/** The state of each instance that Auto Scaling manages in the region. */
export async function readLifecycles({
  caller,
  region,
  source,
}: EcsPlace): Promise<ReadonlyMap<string, string>> {
  const doing = `DescribeScalingInstances in ${region}`;
  for (let read = 1; read <= SCALING_READS; read += 1) {
    const lifecycles = new Map<string, string>();
    let total = 0;
    let rows = 0;
    for (let number = 1; ; number += 1) {
      const asked = { RegionId: region, PageSize: String(PAGE_SIZE), PageNumber: String(number) };
      const body = await caller.call('DescribeScalingInstances', region, asked);
      const { TotalCount, ScalingInstances } = pageOf(scalingPage(), body, doing, source);
      for (const { InstanceId, LifecycleState } of ScalingInstances.ScalingInstance)
        lifecycles.set(InstanceId, LifecycleState);
      rows += ScalingInstances.ScalingInstance.length;
      if (number > 1 && TotalCount !== total) break;
      total = TotalCount;
      if (rows >= total || ScalingInstances.ScalingInstance.length === 0) break;
    }
    // Pages are numbered: what goes moves the others forward, and one of them is on no page that is read.
    if (rows === total && lifecycles.size === total) return lifecycles;
  }
  throw new SourceError('changed', source, `${doing}: changed while it was read, ${SCALING_READS} times`);
}

function pageOf<T>(schema: z.ZodMiniType<T>, body: unknown, doing: string, source: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new SourceError(
    'malformed',
    source,
    `${doing}: ${where === '' ? 'the answer' : where} is not as documented`,
  );
}
