// The way back to the members of a group before a run. An address that another machine reports by now stays out: what has been
// learnt of the one would be said of the other. In words, of an address that is to come back and reports in another group:
//   - heartbeats told which machine it was, and it is that one: it comes back;
//   - it is another one: it stays out;
//   - nobody knows which one it was: it comes back where that other group is as it was before the run, so that both had the
//     address then, and stays out otherwise.

import type { Machine } from '../group/heartbeat.ts';
import { identityOf, isOther } from '../removal/witness.ts';
import { setDigest, sha256 } from '../text/digest.ts';
import type { ChangeRecord } from './record.ts';

/** Who reports under an address in another group. */
export interface Speaker {
  /** `project/name`. */
  readonly group: string;
  readonly machine: Machine;
  /** When that group was last written, in milliseconds since the epoch. */
  readonly writtenAt: number;
}

export interface LeftOut {
  readonly member: string;
  readonly says: string;
}

export interface WayBack {
  /** Sorted, both of them. */
  readonly additions: readonly string[];
  readonly removals: readonly string[];
}

/** @param now canonical members @param stays members that do not come back */
export function wayBack(
  before: readonly string[],
  now: ReadonlySet<string>,
  stays: ReadonlySet<string> = new Set(),
): WayBack {
  const then = new Set(before);
  return {
    additions: [...then].filter((member) => !now.has(member) && !stays.has(member)).sort(),
    removals: [...now].filter((member) => !then.has(member)).sort(),
  };
}

/** @param at when the run was over, in milliseconds since the epoch; SLS tells times of writes in whole seconds */
export function leftOut(
  additions: readonly string[],
  { machines = [] }: Pick<ChangeRecord, 'machines'>,
  speakers: ReadonlyMap<string, readonly Speaker[]>,
  at: number,
): LeftOut[] {
  const second = Math.floor(at / 1_000) * 1_000;
  const known = new Map(machines.map(([member, hostId, uniqueId]) => [member, { hostId, uniqueId }]));
  return additions.flatMap((member) => {
    const was = known.get(member);
    const other = speakers
      .get(member)
      ?.find(({ machine, writtenAt }) => (was === undefined ? writtenAt >= second : isOther(machine, was)));
    if (other === undefined) return [];
    const { hostId, uniqueId } = identityOf(other.machine);
    const who = `machine ${hostId || uniqueId || 'without an id'}`;
    const why = was === undefined ? 'nobody knows which one it was' : 'it was another one';
    return { member, says: `${who} reports under it in group ${other.group}, and ${why}` };
  });
}

/** 128 bits, as of removals: names a way back of a group, and changes with it. */
export function restoreFingerprint(group: string, run: string, { additions, removals }: WayBack): string {
  const parts = ['restore/1', group, run, setDigest(additions), setDigest(removals)];
  return sha256(JSON.stringify(parts)).slice(0, 32);
}
