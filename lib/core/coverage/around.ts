// What all groups of a project say together: who reports anywhere, and whom any inventory knows. A machine that reports in one
// group may be wanted in another one, and is a stranger only if it is in no inventory.

import type { Canonical } from '../group/current.ts';
import type { Machine } from '../group/heartbeat.ts';
import { isFresh } from '../removal/listing.ts';
import type { RemovalSettings } from '../removal/settings.ts';
import type { WantedMachine } from './machines.ts';

/** The machines of one group that SLS lists. */
export interface Listed {
  /** `project/name`. */
  readonly group: string;
  readonly machines: readonly Machine[];
  /** `Date` of the answer, in milliseconds since the epoch. */
  readonly answeredAt: number;
  readonly settings: Pick<RemovalSettings, 'silentAfter'>;
}

/** Where somebody reports. */
export interface Place {
  readonly group: string;
  /** The address in its one spelling. */
  readonly address: string;
}

export interface Around {
  readonly byAddress: ReadonlyMap<string, readonly Place[]>;
  readonly byHost: ReadonlyMap<string, readonly Place[]>;
  /** Undefined where an inventory of the project was not read, or not whole: then nobody is known to be a stranger. */
  readonly known: KnownMachines | undefined;
}

interface KnownMachines {
  readonly addresses: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  /** Ids of groups whose machines nobody knows. */
  readonly members: ReadonlySet<string>;
}

/** @param inventories of all groups of the project; undefined for one that is not read whole */
export function aroundOf(
  listings: readonly Listed[],
  inventories: readonly (readonly WantedMachine[] | undefined)[],
  canonical: Canonical,
): Around {
  const byAddress = new Map<string, Place[]>();
  const byHost = new Map<string, Place[]>();
  const put = (map: Map<string, Place[]>, key: string, place: Place) => {
    const known = map.get(key);
    if (known) known.push(place);
    else map.set(key, [place]);
  };
  for (const { group, machines, answeredAt, settings } of listings) {
    for (const machine of machines) {
      if (!isFresh(machine, answeredAt, settings)) continue;
      const address = addressOf(machine, canonical);
      const place = { group, address };
      if (address !== '') put(byAddress, address, place);
      const host = machine['host-id'] ?? '';
      if (host !== '') put(byHost, host, place);
    }
  }
  return { byAddress, byHost, known: knownIn(inventories) };
}

export function addressOf({ ip }: Machine, canonical: Canonical): string {
  return canonical('ip', ip) ?? ip;
}

function knownIn(inventories: readonly (readonly WantedMachine[] | undefined)[]): KnownMachines | undefined {
  const [addresses, ids, members] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const machines of inventories) {
    if (machines === undefined) return undefined;
    for (const machine of machines) {
      if (machine.address === undefined) members.add(machine.member);
      else addresses.add(machine.address);
      for (const other of machine.others) addresses.add(other);
      for (const id of machine.ids) ids.add(id);
    }
  }
  return { addresses, ids, members };
}

export function isStranger(machine: Machine, address: string, known: KnownMachines): boolean {
  return !(
    known.addresses.has(address) ||
    known.ids.has(machine['host-id'] ?? '') ||
    known.members.has(machine['userdefined-id'])
  );
}
