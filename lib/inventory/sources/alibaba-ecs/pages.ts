// All instances of one account and region, and what Auto Scaling says of them. ECS answers a key that may not read with
// an empty list, and a filtered reading with 1 000 instances at the most: neither is taken for the truth.

import type * as z from 'zod/mini';
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

export interface EcsReading {
  readonly region: string;
  readonly instances: readonly EcsInstance[];
  /** Whether the service selected by tags and resource group; it did not where it would not have shown all. */
  readonly filtered: boolean;
  /** Auto Scaling state by instance id; undefined where it was not asked. */
  readonly lifecycles?: ReadonlyMap<string, string> | undefined;
  readonly pages: number;
}

/** Where one reading of a source goes. */
export interface EcsPlace {
  readonly region: string;
  readonly caller: Caller;
  readonly source: string;
}

type Query = Readonly<Record<string, string>>;
type Settings = Pick<AlibabaEcsSource, 'tags' | 'resourceGroupId' | 'address' | 'inServiceOnly'>;

/** Key and value of a tag as the service can select by it: several values, and an empty one, are selected here. */
export function askedTags({
  tags,
}: Pick<Settings, 'tags'>): readonly (readonly [key: string, value?: string])[] {
  return Object.entries(tags).map(([key, values]) => {
    const [only, another] = [values].flat();
    return only && another === undefined ? [key, only] : [key];
  });
}

function filterOf(settings: Settings): Query {
  const filter: Record<string, string> = {};
  for (const [index, [key, value]] of askedTags(settings).entries()) {
    filter[`Tag.${index + 1}.Key`] = key;
    if (value !== undefined) filter[`Tag.${index + 1}.Value`] = value;
  }
  if (settings.resourceGroupId !== undefined) filter.ResourceGroupId = settings.resourceGroupId;
  return filter;
}

/** IPv6 addresses and those of interfaces come only to those who ask for them. */
function attributesFor({ address }: Settings): Query {
  const isPlain = typeof address === 'string' && address !== 'ipv6';
  return isPlain ? {} : { 'AdditionalAttributes.1': 'NETWORK_PRIMARY_ENI_IP' };
}

/** Everything of one place. @throws SourceError where it is not proved to be everything */
export async function readPlace(settings: Settings, place: EcsPlace): Promise<EcsReading> {
  const filter = filterOf(settings);
  // Before, since a permission may come while pages are read, and after, since it may go.
  await proveAccess(place, filter);
  let filtered = Object.keys(filter).length > 0;
  let { instances, pages } = await readInstances(
    settings,
    place,
    filter,
    filtered ? FILTERED_MAX : undefined,
  );
  if (filtered && instances.length >= FILTERED_MAX) {
    filtered = false;
    await proveAccess(place, {});
    const all = await readInstances(settings, place, {});
    [instances, pages] = [all.instances, pages + all.pages];
  }
  await proveAccess(place, filtered ? filter : {});
  // Later than the instances: one that was launched meanwhile is known here, and is not in service yet.
  const lifecycles = settings.inServiceOnly ? await readLifecycles(place) : undefined;
  return { region: place.region, instances, filtered, lifecycles, pages };
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

/** @param enough stops there: what is read is thrown away then */
async function readInstances(
  settings: Settings,
  { caller, region, source }: EcsPlace,
  filter: Query,
  enough = Number.POSITIVE_INFINITY,
): Promise<{ readonly instances: readonly EcsInstance[]; readonly pages: number }> {
  const instances: EcsInstance[] = [];
  const query = { RegionId: region, MaxResults: String(PAGE_SIZE), ...attributesFor(settings), ...filter };
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
    return instances.length >= enough ? undefined : page.NextToken;
  });
  return { instances, pages };
}

/** The state of each instance that Auto Scaling manages in the region. */
async function readLifecycles({ caller, region, source }: EcsPlace): Promise<ReadonlyMap<string, string>> {
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
