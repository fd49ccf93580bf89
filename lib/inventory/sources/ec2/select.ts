// From described instances to machines: which of them belong in the group now, and which member each is.

import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { type Collector, shownName } from '../../found.ts';
import { addMembers, type Selected, type Traits } from '../../instances.ts';
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
  const selected = new Map<string, Selected<Ec2Instance>>();
  for (const { region, instances, lifecycles } of readings) {
    for (const instance of instances) {
      const id = instance.InstanceId;
      if (id === undefined) into.unclear(region, 'an instance without an id');
      else if (isSelected(id, instance, lifecycles, selection, into)) selected.set(id, { instance, region });
    }
  }
  const { address, id } = selection.settings;
  const traits: Traits<Ec2Instance> = {
    addressOf: (instance) => chooseAddress(instance, address),
    idOf: (instance) => idOf(instance, id ?? 'instanceId'),
    isWindows: ({ Platform }) => Platform?.toLowerCase() === 'windows',
    networkOf: ({ VpcId }) => VpcId,
  };
  addMembers(selected, selection.identify, traits, into);
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

function idOf(
  instance: Ec2Instance,
  source: NonNullable<Ec2Source['id']>,
): readonly [value: string | undefined, what: string] {
  if (source === 'instanceId') return [instance.InstanceId, 'instance id'];
  return [tagOf(instance, source.tag), `tag ${shownName(source.tag)}`];
}
