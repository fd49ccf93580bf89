// The second witness: what heartbeats and the other groups say of a member that the inventory no longer wants.
//   - moved: another group of the document has it. A group that also has members which stay here overlaps with this
//     one, so it proves nothing: its members were there before;
//   - shared: several machines report under one address. The member stays;
//   - reused: another machine reports under it than before, and the one before reports nowhere in this group;
//   - alive: a heartbeat is younger than `silentAfter`. The member stays;
//   - silent: the latest heartbeat is old, and the same in two looks at least two minutes apart;
//   - unsure: it may become silent, after another look or when the members that stay have had time to report;
//   - unheard: there is no row, or the listing is deaf. Nothing is proven.

import type { Machine } from '../group/heartbeat.ts';
import type { IdentifyType } from '../group/machine-group.ts';
import { type Heard, isFresh, isReporting } from './listing.ts';
import type { Seen } from './memory.ts';
import type { RemovalSettings } from './settings.ts';

export type WitnessClass = 'moved' | 'shared' | 'reused' | 'alive' | 'silent' | 'unsure' | 'unheard';

export interface Evidence {
  readonly class: WitnessClass;
  readonly says: string;
  /** Machines with a row under the member: in a group of ids, for how many machines the id speaks. */
  readonly machines: number;
  /** What to remember for the next look. */
  readonly seen?: Seen;
}

export interface Witness {
  readonly heard: Heard;
  readonly identify: IdentifyType;
  readonly settings: RemovalSettings;
  /** The group that proves that a member has moved there; undefined if none does. */
  readonly movedTo: (member: string) => string | undefined;
}

/** Two looks that are less apart may fall between two heartbeats: agents report about once a minute. */
export const LOOKS_APART = 120_000;

export function classify(member: string, before: Seen | undefined, witness: Witness): Evidence {
  const { heard, settings } = witness;
  const rows = heard.rows.get(member) ?? [];
  const last = latest(rows);
  const known = { machines: rows.length, ...remember(last, before, heard.answeredAt) };
  const group = witness.movedTo(member);
  if (group !== undefined) return { ...known, class: 'moved', says: `group ${group} has it now` };
  const fresh = rows.filter((row) => isFresh(row, heard.answeredAt, settings));
  if (fresh.length > 0) return { ...known, ...ofReporting(fresh, before, witness) };
  return { ...known, ...ofQuiet(last, before, witness) };
}

type Finding = Pick<Evidence, 'class' | 'says'>;

function ofReporting(fresh: readonly Machine[], before: Seen | undefined, witness: Witness): Finding {
  const { heard, identify } = witness;
  const last = latest(fresh) as Machine;
  const ago = `${Math.max(0, Math.round(heard.answeredAt / 1_000 - last.lastHeartbeatTime))} s ago`;
  if (identify === 'userdefined') {
    return { class: 'alive', says: `${fresh.length} of its machines report, the last ${ago}` };
  }
  if (fresh.length > 1) {
    return {
      class: 'shared',
      says: `${fresh.length} machines report under this address: user-defined ids tell them apart`,
    };
  }
  if (before && isOther(last, before) && !isReporting(heard, before)) {
    return { class: 'reused', says: `another machine reports under this address, last ${ago}` };
  }
  return { class: 'alive', says: `it still sends heartbeats, the last ${ago}` };
}

function ofQuiet(last: Machine | undefined, before: Seen | undefined, { heard }: Witness): Finding {
  if (heard.hearing === 'deaf') return { class: 'unheard', says: heard.says };
  if (last === undefined || last.lastHeartbeatTime <= 0) {
    return { class: 'unheard', says: 'SLS has no heartbeat of it' };
  }
  const says = `its last heartbeat was at ${timeOf(last.lastHeartbeatTime)}`;
  if (heard.hearing === 'too-early') return { class: 'unsure', says: `${says}, but ${heard.says}` };
  const isConfirmed =
    before !== undefined &&
    before.heartbeat === last.lastHeartbeatTime &&
    heard.answeredAt - before.at >= LOOKS_APART;
  return isConfirmed
    ? { class: 'silent', says }
    : { class: 'unsure', says: `${says}; a second look has to confirm it` };
}

/** An unchanged heartbeat keeps the time of its first look, so that looks in quick succession add up. */
function remember(last: Machine | undefined, before: Seen | undefined, at: number): { seen?: Seen } {
  if (last === undefined) return before ? { seen: before } : {};
  const heartbeat = last.lastHeartbeatTime;
  // Who it was when it went missing is what a later machine is compared with.
  const identity = before && hasIdentity(before) ? before : identityOf(last);
  const firstLook = before?.heartbeat === heartbeat ? before.at : at;
  return { seen: { hostId: identity.hostId, uniqueId: identity.uniqueId, heartbeat, at: firstLook } };
}

/** Unix seconds from the wire may be beyond what a date can hold. */
function timeOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString();
}

function latest(rows: readonly Machine[]): Machine | undefined {
  let last: Machine | undefined;
  for (const row of rows) if (!last || row.lastHeartbeatTime > last.lastHeartbeatTime) last = row;
  return last;
}

export type Identity = Pick<Seen, 'hostId' | 'uniqueId'>;

export const identityOf = (machine: Machine): Identity => ({
  hostId: machine['host-id'] ?? '',
  uniqueId: machine['machine-uniqueid'],
});

const hasIdentity = ({ hostId, uniqueId }: Identity): boolean => hostId !== '' || uniqueId !== '';

/** One id in common is the same machine; an empty id proves nothing. */
export function isOther(machine: Machine, before: Identity): boolean {
  const { hostId, uniqueId } = identityOf(machine);
  const hosts = hostId !== '' && before.hostId !== '';
  const units = uniqueId !== '' && before.uniqueId !== '';
  return (hosts || units) && !(hosts && hostId === before.hostId) && !(units && uniqueId === before.uniqueId);
}
