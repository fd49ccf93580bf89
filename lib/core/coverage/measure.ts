// The figures of one group: each wanted machine in its class, from one listing of the machines that have connected.

import type { Canonical } from '../group/current.ts';
import type { Machine } from '../group/heartbeat.ts';
import type { IdentifyType } from '../group/machine-group.ts';
import { isFresh } from '../removal/listing.ts';
import { type Around, addressOf, isStranger, type Listed } from './around.ts';
import { type Coverage, type CoverageOfIds, shownNames, type Uncovered } from './coverage.ts';
import type { WantedMachine } from './machines.ts';

export interface CoverageCase {
  readonly identify: IdentifyType;
  readonly wanted: readonly WantedMachine[];
  /** Whether the inventory was read whole. */
  readonly whole: boolean;
  readonly listed: Listed;
  readonly around: Around;
  /** Members that the sync has added so lately that they need not have reported yet. */
  readonly added: number;
  readonly canonical: Canonical;
}

export function measure(one: CoverageCase): Coverage {
  const { identify, wanted, whole, listed, around } = one;
  const rows = rowsOf(one);
  const names: Record<Uncovered, string[]> = { silent: [], never: [], elsewhere: [], strangers: [] };
  const counts = { reporting: 0, silent: 0, unheard: 0, elsewhere: 0 };
  for (const machine of wanted) {
    const own = ownRows(machine, rows, identify);
    const place = own.some(rows.isFresh) ? undefined : elsewhere(machine, around, listed.group);
    if (own.some(rows.isFresh)) counts.reporting += 1;
    else if (place !== undefined) {
      counts.elsewhere += 1;
      names.elsewhere.push(`${nameOf(machine)} ${place}`);
    } else if (own.some(({ lastHeartbeatTime }) => lastHeartbeatTime > 0)) {
      counts.silent += 1;
      names.silent.push(nameOf(machine));
    } else {
      counts.unheard += 1;
      names.never.push(nameOf(machine));
    }
  }
  const { known } = around;
  const strangers = known && rows.fresh.filter(({ row, address }) => isStranger(row, address, known));
  names.strangers.push(...(strangers ?? []).map(({ row, address }) => strangerName(row, address)));
  const starting = Math.min(counts.unheard, one.added);
  return {
    at: listed.answeredAt,
    wanted: wanted.length,
    reporting: counts.reporting,
    silent: counts.silent,
    never: counts.unheard - starting,
    starting,
    elsewhere: counts.elsewhere,
    ...(strangers && { strangers: strangers.length }),
    whole,
    names: {
      silent: shownNames(names.silent),
      // Of those that have never reported nobody knows which ones are new.
      never: counts.unheard > starting ? shownNames(names.never) : [],
      elsewhere: shownNames(names.elsewhere),
      strangers: shownNames(names.strangers),
    },
    ...(identify === 'userdefined' && { ids: idsOf(wanted, rows) }),
  };
}

interface Rows {
  readonly isFresh: (row: Machine) => boolean;
  readonly fresh: readonly { readonly row: Machine; readonly address: string }[];
  readonly byAddress: ReadonlyMap<string, readonly Machine[]>;
  readonly byId: ReadonlyMap<string, readonly Machine[]>;
  readonly byHost: ReadonlyMap<string, readonly Machine[]>;
}

function rowsOf({ listed, canonical }: CoverageCase): Rows {
  const { machines, answeredAt, settings } = listed;
  const fresh = (row: Machine) => isFresh(row, answeredAt, settings);
  const all = machines.map((row) => ({ row, address: addressOf(row, canonical) }));
  const by = (keyOf: (one: (typeof all)[number]) => string) => {
    const found = new Map<string, Machine[]>();
    for (const one of all) {
      const known = found.get(keyOf(one));
      if (known) known.push(one.row);
      else found.set(keyOf(one), [one.row]);
    }
    found.delete('');
    return found;
  };
  return {
    isFresh: fresh,
    fresh: all.filter(({ row }) => fresh(row)),
    byAddress: by(({ address }) => address),
    byId: by(({ row }) => row['userdefined-id']),
    byHost: by(({ row }) => row['host-id'] ?? ''),
  };
}

/** A machine is in a group of ids by its id, whatever address its agent reports; in a group of addresses by that alone. */
function ownRows(
  { member, address, others, ids }: WantedMachine,
  rows: Rows,
  identify: IdentifyType,
): readonly Machine[] {
  if (address === undefined) return rows.byId.get(member) ?? [];
  const own = rows.byAddress.get(address) ?? [];
  if (identify === 'ip') return own;
  return [
    ...own,
    ...others.flatMap((other) => rows.byAddress.get(other) ?? []),
    ...ids.flatMap((id) => rows.byHost.get(id) ?? []),
  ];
}

/** Where the machine reports instead; undefined if nowhere. */
function elsewhere(
  { address, others, ids }: WantedMachine,
  { byAddress, byHost }: Around,
  group: string,
): string | undefined {
  if (address === undefined) return undefined;
  const places = [
    ...(byAddress.get(address) ?? []),
    ...others.flatMap((other) => byAddress.get(other) ?? []),
    ...ids.flatMap((id) => byHost.get(id) ?? []),
  ];
  const [place] = places;
  if (place === undefined) return undefined;
  const as = place.address === address ? '' : `as ${place.address}`;
  const where = place.group === group ? '' : `in ${place.group}`;
  return ['reports', as, where].filter((part) => part !== '').join(' ');
}

function nameOf({ member, address, ids: [id] }: WantedMachine): string {
  const name = address ?? member;
  return id === undefined || id === name ? name : `${name} (${id})`;
}

function strangerName(row: Machine, address: string): string {
  return (
    address || row['host-id'] || row['machine-uniqueid'] || row['userdefined-id'] || 'without an address'
  );
}

function idsOf(wanted: readonly WantedMachine[], rows: Rows): CoverageOfIds {
  const ids = new Set(wanted.map(({ member }) => member));
  const speaksFor = Array.from(ids, (id) => (rows.byId.get(id) ?? []).filter(rows.isFresh).length);
  return {
    wanted: ids.size,
    machines: speaksFor.reduce((sum, machines) => sum + machines, 0),
    most: speaksFor.reduce((most, machines) => Math.max(most, machines), 0),
  };
}
