// From described instances to machines: which of them belong in the group now, and which member each is.

import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { carrying } from '../../by-tag.ts';
import { type Collector, shownName } from '../../found.ts';
import { addMembers, type Selected, type Traits } from '../../instances.ts';
import type { EcsInstance } from './answers.ts';
import { chooseAddress, privateAddresses } from './choose.ts';
import { askedTags } from './pages.ts';
import type { EcsReading } from './places.ts';
import type { AlibabaEcsSource } from './settings.ts';

/** The tag that Auto Scaling puts on the instances that it makes. */
const SCALING_TAG = 'acs:autoscaling:scalingGroupId';
const IN_SERVICE: ReadonlySet<string> = new Set(['InService', 'Protected']);
/** States that are known not to serve (DescribeScalingInstances page). */
const NOT_IN_SERVICE = /^(?:Pending|Standby|Stopped|Removing)(?::|$)/;

export interface Selection {
  readonly identify: IdentifyType;
  readonly settings: Pick<
    AlibabaEcsSource,
    'tags' | 'resourceGroupId' | 'osType' | 'states' | 'address' | 'inServiceOnly' | 'id'
  >;
}

/** Fills the collector from all readings of the source and returns the number of instances selected. */
export function selectInstances(
  readings: readonly EcsReading[],
  selection: Selection,
  into: Collector,
): number {
  const selected = new Map<string, Selected<EcsInstance>>();
  for (const reading of readings) {
    for (const instance of among(reading, selection)) {
      if (isSelected(instance, reading, selection, into))
        selected.set(instance.InstanceId, { instance, region: reading.region });
    }
  }
  const { address, id } = selection.settings;
  const traits: Traits<EcsInstance> = {
    addressOf: (instance) => chooseAddress(instance, address),
    idOf: (instance) => idOf(instance, id ?? 'instanceId'),
    isWindows: ({ OSType }) => OSType?.toLowerCase() === 'windows',
    networkOf: ({ VpcAttributes }) => VpcAttributes?.VpcId,
  };
  addMembers(selected, selection.identify, traits, into);
  return selected.size;
}

/** Those that can be meant: many groups may select from one reading. What the service selected is looked at one by one. */
function among({ filtered, instances }: EcsReading, { settings }: Selection): readonly EcsInstance[] {
  const [tag] = Object.entries(settings.tags);
  if (filtered || tag === undefined) return instances;
  return carrying(instances, tag[0], [tag[1]].flat(), tagOf);
}

function isSelected(
  instance: EcsInstance,
  reading: EcsReading,
  { settings }: Selection,
  into: Collector,
): boolean {
  const { InstanceId: id, Status, OSType } = instance;
  if (!isAskedFor(instance, reading, settings, into)) return false;
  const skip = (reason: string) => into.skip(id, reason, privateAddresses(instance)[0]);
  if (!(settings.states as readonly string[]).includes(Status ?? '')) {
    skip(`state ${shownName(Status || 'unknown')}`);
    return false;
  }
  if (settings.osType !== undefined && OSType?.toLowerCase() !== settings.osType) {
    if (OSType) skip(`operating system ${shownName(OSType)}`);
    else into.unclear(id, 'an operating system that the answer does not name');
    return false;
  }
  const { lifecycles } = reading;
  if (lifecycles === undefined) return true;
  const lifecycle = lifecycles.get(id);
  if (lifecycle === undefined) {
    const group = tagOf(instance, SCALING_TAG);
    if (group === undefined) return true;
    into.unclear(id, `in scaling group ${shownName(group)} by its tag, but Auto Scaling does not know it`);
    return false;
  }
  if (IN_SERVICE.has(lifecycle)) return true;
  if (NOT_IN_SERVICE.test(lifecycle)) skip(`Auto Scaling state ${lifecycle}`);
  else into.unclear(id, `Auto Scaling state ${shownName(lifecycle)}, which is not a documented one`);
  return false;
}

/** Whether the settings mean the instance at all; what they do not mean is told of nowhere. */
function isAskedFor(
  instance: EcsInstance,
  { filtered }: EcsReading,
  settings: Selection['settings'],
  into: Collector,
): boolean {
  const { InstanceId: id, ResourceGroupId } = instance;
  const wanted = settings.resourceGroupId;
  // The service leaves the field empty at times, for the default group among others.
  if (wanted !== undefined && !ResourceGroupId && !filtered) {
    if (!hasTags(instance, settings)) return false;
    into.unclear(id, 'a resource group that the answer does not name');
    return false;
  }
  const isOfGroup = wanted === undefined || !ResourceGroupId || ResourceGroupId === wanted;
  const isAnswered =
    isOfGroup &&
    askedTags(settings).every(([key, value]) => {
      const has = tagOf(instance, key);
      return has !== undefined && (value === undefined || has === value);
    });
  if (filtered && !isAnswered) into.unclear(id, 'tags or a resource group that were not asked for');
  return isAnswered && hasTags(instance, settings);
}

function hasTags(instance: EcsInstance, { tags }: Pick<AlibabaEcsSource, 'tags'>): boolean {
  return Object.entries(tags).every(([key, values]) => {
    const has = tagOf(instance, key);
    return has !== undefined && [values].flat().includes(has);
  });
}

function idOf(
  instance: EcsInstance,
  source: NonNullable<AlibabaEcsSource['id']>,
): readonly [value: string | null | undefined, what: string] {
  switch (source) {
    case 'instanceId':
      return [instance.InstanceId, 'instance id'];
    case 'instanceName':
      return [instance.InstanceName, 'instance name'];
    case 'hostName':
      return [instance.HostName, 'host name'];
    default:
      return [tagOf(instance, source.tag), `tag ${shownName(source.tag)}`];
  }
}

/** A tag without a value has an empty one. */
export function tagOf({ Tags }: EcsInstance, key: string): string | undefined {
  const tag = Tags?.Tag?.find(({ TagKey }) => TagKey === key);
  return tag === undefined ? undefined : (tag.TagValue ?? '');
}
