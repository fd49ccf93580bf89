// What instances of any cloud are as members of a group, and what they may, taken together, say against a reading.

import type { IdentifyType } from '../core/group/machine-group.ts';
import { type Collector, collisions, doubtSome, nameSome, shownName } from './found.ts';

const PLACES_SHOWN = 4;

/** An instance that belongs in the group now, and where it was read. */
export interface Selected<Instance> {
  readonly instance: Instance;
  readonly region: string;
}

/** An address, or why there is not exactly one. */
export type ChosenAddress = { readonly address: string } | { readonly missing: string };

/** What of an instance is told by what. */
export interface Traits<Instance> {
  /** Of an `ip` group. */
  readonly addressOf: (instance: Instance) => ChosenAddress;
  /** Of a `userdefined` group: the member, and what it is in words. */
  readonly idOf: (instance: Instance) => readonly [value: string | null | undefined, what: string];
  readonly isWindows: (instance: Instance) => boolean;
  readonly networkOf: (instance: Instance) => string | null | undefined;
}

/** Fills the collector from instances by their ids. */
export function addMembers<Instance>(
  selected: ReadonlyMap<string, Selected<Instance>>,
  identify: IdentifyType,
  { addressOf, idOf, isWindows, networkOf }: Traits<Instance>,
  into: Collector,
): void {
  for (const [id, { instance }] of selected) {
    if (identify === 'ip') {
      const chosen = addressOf(instance);
      if ('address' in chosen) into.machine(id, chosen.address);
      else into.unclear(id, chosen.missing);
    } else {
      const [value, what] = idOf(instance);
      if (value) into.machine(id, value);
      else into.unclear(id, `${value === '' ? 'an empty' : 'no'} ${what}`);
    }
  }
  const windows = [...selected].flatMap(([id, { instance }]) => (isWindows(instance) ? id : []));
  doubtMixedPlatforms(windows, selected.size - windows.length, into);
  if (identify === 'ip') doubtSharedAddresses(selected, networkOf, into);
}

/** SLS documents that Windows and Linux machines must not share a group. */
function doubtMixedPlatforms(windows: readonly string[], others: number, into: Collector): void {
  if (windows.length === 0 || others === 0) return;
  into.doubt(
    `${windows.length} Windows and ${others} Linux instances, which must not share a group; select by platform. Windows: ${nameSome(windows)}`,
  );
}

function doubtSharedAddresses<Instance>(
  selected: ReadonlyMap<string, Selected<Instance>>,
  networkOf: Traits<Instance>['networkOf'],
  into: Collector,
): void {
  const placeOf = (id: string) => {
    const { instance, region = '' } = selected.get(id) ?? {};
    return `${(instance && networkOf(instance)) || 'no VPC'}, ${region}`;
  };
  doubtSome(into, collisions(into.found().machines), ([address, ids]) => {
    const places = ids.slice(0, PLACES_SHOWN).map((id) => `${id} in ${placeOf(id)}`);
    return `several instances have the address ${shownName(address)}, which an ip group cannot tell apart: ${places.join(', ')}`;
  });
}
