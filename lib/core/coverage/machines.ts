// The machines that a group wants, with every address under which its inventory knows each. A member of a group of addresses
// is a machine. An id speaks for many: its machines are those that the same sources show by address, joined by what each
// source calls the machine. Where a source knows no addresses, as a list of ids does, the id stands for one machine.

import type { IdentifyType } from '../group/machine-group.ts';
import { listed, type Wanted } from '../reading/wanted.ts';

export interface WantedMachine {
  /** Of the group. */
  readonly member: string;
  /** Where its agent should report from; undefined where only the id is known. */
  readonly address: string | undefined;
  /** Its further addresses. */
  readonly others: readonly string[];
  /** What the sources call it: an instance's id may be the `host-id` of its agent. */
  readonly ids: readonly string[];
}

/**
 * @param wanted by the group
 * @param byAddress what the same sources say of the same machines, by one kind of address each: the group's own first
 */
export function wantedMachines(
  identify: IdentifyType,
  { members }: Pick<Wanted, 'members'>,
  byAddress: readonly Pick<Wanted, 'members'>[],
): readonly WantedMachine[] {
  const addresses = addressesOf(byAddress);
  const known = (source: string, id: string) => addresses.get(keyOf(source, id)) ?? NONE;
  if (identify === 'ip') {
    return Array.from(members, ([member, origins]): WantedMachine => {
      const all = listed(origins);
      const others = all.flatMap(({ source, id }) => [...known(source, id)]);
      return {
        member,
        address: member,
        others: [...new Set(others)].filter((other) => other !== member),
        ids: [...new Set(all.map(({ id }) => id))],
      };
    });
  }
  const found = new Map<string, WantedMachine>();
  for (const [member, origins] of members) {
    let isJoined = false;
    for (const { source, id } of listed(origins)) {
      const [address, ...others] = known(source, id);
      if (address === undefined) continue;
      isJoined = true;
      // Two sources, or two ids, that speak of one machine.
      const same = found.get(address);
      found.set(address, { member, address, others, ids: same ? [...same.ids, id] : [id] });
    }
    if (!isJoined) found.set(`id ${member}`, { member, address: undefined, others: [], ids: [] });
  }
  return [...found.values()];
}

const NONE: ReadonlySet<string> = new Set();

const keyOf = (source: string, id: string): string => `${source}\n${id}`;

function addressesOf(byAddress: readonly Pick<Wanted, 'members'>[]): ReadonlyMap<string, Set<string>> {
  const addresses = new Map<string, Set<string>>();
  for (const { members } of byAddress) {
    for (const [address, origins] of members) {
      for (const { source, id } of listed(origins)) {
        const key = keyOf(source, id);
        const known = addresses.get(key);
        if (known) known.add(address);
        else addresses.set(key, new Set([address]));
      }
    }
  }
  return addresses;
}
