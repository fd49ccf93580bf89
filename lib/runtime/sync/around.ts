// What a run keeps of the groups that it has read, for those that wait for all of them: how much each lacks, and its members only
// where somebody may look for one of them. Everything else of a group is gone when it is reported.

import type { GroupConfig } from '../../core/config/config.ts';
import { membersOf } from '../../core/group/current.ts';
import type { Examined, Prepared } from '../../core/plan/decide.ts';
import { type Share, shareOf } from './breakers.ts';
import type { Member } from './elsewhere.ts';
import type { RunMemory } from './ports.ts';

export interface Around {
  /** A group that was read takes its place; a second look at it takes that of the first. */
  note(prepared: Prepared): void;
  /** A group that was examined; with more known of the others, once more. */
  count(examined: Examined): void;
  /** Both in the order of the run. */
  members(): readonly Member[];
  shares(): readonly Share[];
}

/** @param memory names whom somebody may look for: who is ripe in a run has been missing in earlier ones */
export function keepAround(groups: readonly GroupConfig[], memory: RunMemory): Around {
  const sought = new Set<string>();
  for (const { key } of groups) {
    const known = memory(key);
    if (known.state === 'known') for (const member of known.removal.missing.keys()) sought.add(member);
  }
  const members = new Map<string, Member>();
  const shares = new Map<string, Share>();
  return {
    note({ group, current, wanted }) {
      const { key, identify } = group;
      members.delete(key);
      const has = membersOf(current);
      // Whoever is leaving it is not in it for anybody else.
      const stays = (member: string) => wanted.members.has(member);
      if (!some(has, (member) => sought.has(member) && stays(member))) return;
      members.set(key, {
        group: key,
        identify,
        members: new Set([...has].filter(stays)),
        leaving: NOBODY,
      });
    },
    count(examined) {
      const share = shareOf(examined);
      if (share) shares.set(examined.group.key, share);
      else shares.delete(examined.group.key);
    },
    members: () => groups.flatMap(({ key }) => members.get(key) ?? []),
    shares: () => groups.flatMap(({ key }) => shares.get(key) ?? []),
  };
}

const NOBODY: ReadonlySet<string> = new Set();

function some(members: ReadonlySet<string>, is: (member: string) => boolean): boolean {
  for (const member of members) if (is(member)) return true;
  return false;
}
