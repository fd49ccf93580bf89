// What ListMachines said of one group, put in order by member, and whether its silence means anything. In words:
//   - the age of a heartbeat is measured against the `Date` of the answer, never against our own clock;
//   - a listing that was denied, failed, was cut, or is not to be asked for is deaf;
//   - so is one that hears fewer than half of the members that stay;
//   - members that were added in the last hour or two may not have reported yet: as many silent ones are let off.
//     If that leaves nobody to measure by, it is too early to tell;
//   - a heartbeat that is there says "alive" even in a deaf listing. Deafness only takes the meaning from silence.

import type { Canonical } from '../group/current.ts';
import type { Machine } from '../group/heartbeat.ts';
import type { IdentifyType } from '../group/machine-group.ts';
import type { RemovalMemory } from './memory.ts';
import { HOUR, type RemovalSettings } from './settings.ts';
import { within } from './tally.ts';

export type Listing =
  | {
      readonly state: 'read';
      readonly machines: readonly Machine[];
      /** `Date` of the answer, in milliseconds since the epoch. */
      readonly answeredAt: number;
      /** Whether rows are missing: a page failed, or there were more than are read. */
      readonly cut: boolean;
    }
  /** `says` why nothing was heard: "ListMachines was denied", "heartbeats are ignored". */
  | { readonly state: 'deaf'; readonly says: string };

export interface Heard {
  readonly rows: ReadonlyMap<string, readonly Machine[]>;
  /** Ids of the machines that report, under whatever member. */
  readonly hostIds: ReadonlySet<string>;
  readonly uniqueIds: ReadonlySet<string>;
  /** `Date` of the answer; 0 if there was none. */
  readonly answeredAt: number;
  readonly hearing: 'hears' | 'too-early' | 'deaf';
  /** Why the listing is deaf, or why it is too early to tell; empty if it hears. */
  readonly says: string;
  /** Members that stay, and how many of them report. */
  readonly staying: number;
  readonly reporting: number;
}

export interface HeardCase {
  readonly listing: Listing;
  readonly identify: IdentifyType;
  readonly canonical: Canonical;
  readonly members: ReadonlySet<string>;
  readonly wanted: { has(member: string): boolean };
  readonly memory: RemovalMemory;
  readonly settings: RemovalSettings;
  readonly now: number;
}

export function hear({
  listing,
  identify,
  canonical,
  members,
  wanted,
  memory,
  settings,
  now,
}: HeardCase): Heard {
  const rows = listing.state === 'read' ? rowsOf(listing.machines, identify, canonical) : NO_ROWS;
  const answeredAt = listing.state === 'read' ? listing.answeredAt : 0;
  const ids = idsOf(listing, settings);
  let staying = 0;
  let reporting = 0;
  for (const member of members) {
    if (!wanted.has(member)) continue;
    staying += 1;
    if (rows.get(member)?.some((row) => isFresh(row, answeredAt, settings))) reporting += 1;
  }
  const known = { rows, ...ids, answeredAt, staying, reporting };
  if (listing.state === 'deaf') return { ...known, hearing: 'deaf', says: listing.says };
  if (listing.cut) return { ...known, hearing: 'deaf', says: 'ListMachines did not give every machine' };
  const excused = Math.min(staying - reporting, within(memory.added, now, HOUR));
  const measured = staying - excused;
  if (staying > 0 && measured === 0) {
    return { ...known, hearing: 'too-early', says: `the ${staying} members that stay are new` };
  }
  if (reporting * 2 >= measured) return { ...known, hearing: 'hears', says: '' };
  return { ...known, hearing: 'deaf', says: `only ${reporting} of the ${staying} members that stay report` };
}

export function isFresh(
  { lastHeartbeatTime }: Machine,
  answeredAt: number,
  { silentAfter }: Pick<RemovalSettings, 'silentAfter'>,
): boolean {
  return lastHeartbeatTime > 0 && answeredAt / 1_000 - lastHeartbeatTime < silentAfter;
}

/** Whether one of a machine's ids is among those that report; an empty id proves nothing. */
export function isReporting(
  { hostIds, uniqueIds }: Heard,
  { hostId, uniqueId }: { readonly hostId: string; readonly uniqueId: string },
): boolean {
  return (hostId !== '' && hostIds.has(hostId)) || (uniqueId !== '' && uniqueIds.has(uniqueId));
}

function idsOf(listing: Listing, settings: RemovalSettings): Pick<Heard, 'hostIds' | 'uniqueIds'> {
  const hostIds = new Set<string>();
  const uniqueIds = new Set<string>();
  if (listing.state === 'deaf') return { hostIds, uniqueIds };
  for (const row of listing.machines) {
    if (!isFresh(row, listing.answeredAt, settings)) continue;
    hostIds.add(row['host-id'] ?? '');
    uniqueIds.add(row['machine-uniqueid']);
  }
  return { hostIds, uniqueIds };
}

const NO_ROWS: ReadonlyMap<string, readonly Machine[]> = new Map();

function rowsOf(machines: readonly Machine[], identify: IdentifyType, canonical: Canonical) {
  const rows = new Map<string, Machine[]>();
  for (const machine of machines) {
    const raw = identify === 'ip' ? machine.ip : machine['userdefined-id'];
    const member = canonical(identify, raw) ?? raw;
    const known = rows.get(member);
    if (known) known.push(machine);
    else rows.set(member, [machine]);
  }
  return rows;
}
