// From described instances to machines: which of them belong in the group now, and which member each is.

import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { type Collector, shownName } from '../../found.ts';
import { doubtMixedPlatforms, doubtSharedAddresses } from '../../instances.ts';
import type { Ec2Instance } from './api.ts';
import { chooseAddress } from './choose.ts';
import { tagOf } from './filters.ts';
import type { Ec2Reading } from './places.ts';
import type { Ec2Source } from './settings.ts';
import { asgOf, hasState } from './states.ts';

export interface Selection {
  readonly identify: IdentifyType;
  readonly settings: Pick<Ec2Source, 'states' | 'address' | 'asgInService' | 'id'>;
}

/** Fills the collector from all readings of the source and returns the number of instances selected. */
export function selectInstances(
  readings: readonly Ec2Reading[],
  selection: Selection,
  into: Collector,
): number {
  const selected = new Map<string, { readonly instance: Ec2Instance; readonly region: string }>();
  for (const { region, instances, lifecycles } of readings) {
    for (const instance of instances) {
      const id = instance.InstanceId;
      if (id === undefined) into.unclear(region, 'an instance without an id');
      else if (isSelected(id, instance, lifecycles, selection, into)) selected.set(id, { instance, region });
    }
  }
  for (const [id, { instance }] of selected) addMember(id, instance, selection, into);
  const isWindows = (id: string) => selected.get(id)?.instance.Platform?.toLowerCase() === 'windows';
  doubtMixedPlatforms([...selected.keys()], isWindows, into);
  if (selection.identify === 'ip') doubtSharedAddresses(into, (id) => placeOf(selected.get(id)));
  return selected.size;
}

function isSelected(
  id: string,
  instance: Ec2Instance,
  lifecycles: ReadonlyMap<string, string>,
  { settings }: Selection,
  into: Collector,
): boolean {
  if (!hasState(instance, settings.states)) {
    into.skip(id, `state ${instance.State?.Name ?? 'unknown'}`, instance.PrivateIpAddress);
    return false;
  }
  const group = asgOf(instance);
  if (group === undefined) return true;
  const lifecycle = lifecycles.get(id);
  // Between launch and registration, or after its group let go of it: neither in nor out can be told.
  if (lifecycle === undefined) {
    into.unclear(
      id,
      `in Auto Scaling group ${shownName(group)} by its tag, but Auto Scaling does not know it`,
    );
    return false;
  }
  const leaving = /^(?:Terminat|Warmed:)/.test(lifecycle);
  if (!leaving && (!settings.asgInService || lifecycle === 'InService')) return true;
  into.skip(id, `Auto Scaling state ${lifecycle}`, instance.PrivateIpAddress);
  return false;
}

function addMember(
  id: string,
  instance: Ec2Instance,
  { identify, settings }: Selection,
  into: Collector,
): void {
  if (identify === 'ip') {
    const chosen = chooseAddress(instance, settings.address);
    if ('address' in chosen) into.machine(id, chosen.address);
    else into.unclear(id, chosen.missing);
    return;
  }
  const source = settings.id ?? 'instanceId';
  if (source === 'instanceId') {
    into.machine(id, id);
    return;
  }
  const value = tagOf(instance, source.tag);
  if (value) into.machine(id, value);
  else into.unclear(id, `${value === '' ? 'an empty' : 'no'} tag ${shownName(source.tag)}`);
}

function placeOf(selected: { readonly instance: Ec2Instance; readonly region: string } | undefined): string {
  return `${selected?.instance.VpcId ?? 'no VPC'}, ${selected?.region ?? ''}`;
}
