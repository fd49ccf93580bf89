// The machines of the simulated world, and every way in which somebody may write one down. The simulation knows
// which spellings mean the same machine because it made them, not because it can read addresses.

import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import type { Dice } from './dice.ts';

/** Addresses that begin so are denied by every configuration here. */
export const DENIED = '10.200.';

export interface Machines {
  /** Canonical members to draw from. */
  readonly all: readonly string[];
  /** One of the ways to write a member down; what is none of these machines stays as it is. */
  spell(member: string, dice: Dice): string;
  /** The member behind a text; a text that was never a spelling stands for itself. */
  meant(text: string): string;
}

/** What the configuration keeps out of a group of addresses, and is known to. */
export const DENIED_MEMBERS = [`${DENIED}0.9`, `${DENIED}1.1`];

/** What does not tell the address of a machine, so that nobody knows which member it stands for. */
export const UNCLEAR = ['10.0.0.300', 'host?', '10.0.0.01', '127.0.0.1', '169.254.169.254'];

export function machinesOf(identify: IdentifyType, group: number, count: number): Machines {
  const all = Array.from({ length: count }, (_, index) =>
    identify === 'ip' ? address(group, index) : `${index % 3 === 0 ? 'Web' : 'web'}-${group}-${index >> 1}`,
  );
  const members = new Set(all);
  const meaning = new Map<string, string>();
  return {
    all: [...members],
    spell(member, dice) {
      if (identify !== 'ip' || !members.has(member)) return member;
      const text = dice.pick(member.includes(':') ? v6Spellings : v4Spellings)(member);
      meaning.set(text, member);
      return text;
    },
    meant: (text) => meaning.get(text) ?? text,
  };
}

function address(group: number, index: number): string {
  if (index % 10 === 9) return `2001:db8:${group + 1}::${(index + 10).toString(16)}`;
  return `10.${group}.${index >> 7}.${(index & 127) + 1}`;
}

const v4Spellings = [
  (member: string) => member,
  (member: string) => ` ${member}`,
  (member: string) => `${member}\t`,
  (member: string) => `::ffff:${member}`,
];

const v6Spellings = [
  (member: string) => member,
  (member: string) => member.toUpperCase(),
  (member: string) => member.replace('::', ':0:0:0:0:'),
  (member: string) => member.replace('2001:db8:', '2001:0db8:'),
];
