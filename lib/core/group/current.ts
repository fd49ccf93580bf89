// What a group is now: absent, or present with its definition and its members in canonical form.

import { type IdentifyType, knownIdentify, type MachineGroup } from './machine-group.ts';

/**
 * The one spelling of a member, or undefined if it cannot be one (no address in a group of addresses).
 * Given from outside: how members are spelt is the business of the inventory.
 */
export type Canonical = (identify: IdentifyType, raw: string) => string | undefined;

export interface AbsentGroup {
  readonly state: 'absent';
}

export interface PresentGroup {
  readonly state: 'present';
  /** As it was read, with every field, its two times (unix seconds) and `machineList` in its own spelling. */
  readonly definition: MachineGroup;
  /** Canonical members, each once, in the order of the list. */
  readonly members: ReadonlySet<string>;
  /** Every spelling in the list of those members that it holds in another than the canonical one. */
  readonly spellings: ReadonlyMap<string, readonly string[]>;
  /** Members that are not what the group's kind asks for; each stands for itself. */
  readonly unreadable: readonly string[];
}

export type CurrentGroup = AbsentGroup | PresentGroup;

export const ABSENT: AbsentGroup = { state: 'absent' };

/** The group as a read gave it; a group of a kind unknown here keeps every member as it is spelt. */
export function presentGroup(definition: MachineGroup, canonical: Canonical): PresentGroup {
  const identify = knownIdentify(definition.machineIdentifyType);
  const members = new Set<string>();
  const spellings = new Map<string, string[]>();
  // Every text in `spellings`: one address can be spelt in a hundred thousand ways.
  const noted = new Set<string>();
  const note = (member: string, texts: string[]) => {
    const known = spellings.get(member);
    const fresh = texts.filter((text) => !noted.has(text));
    if (known === undefined) spellings.set(member, fresh);
    else for (const text of fresh) known.push(text);
    for (const text of fresh) noted.add(text);
  };
  const unreadable: string[] = [];
  for (const raw of definition.machineList) {
    const read = identify === undefined ? raw : canonical(identify, raw);
    const member = read ?? raw;
    const known = members.size;
    members.add(member);
    if (members.size > known) {
      if (read === undefined) unreadable.push(raw);
      if (member !== raw) note(member, [raw]);
    } else if (spellings.has(member)) {
      note(member, [raw]);
    } else if (member !== raw) {
      note(member, [member, raw]);
    }
  }
  return { state: 'present', definition, members, spellings, unreadable };
}

/** Every spelling under which the list holds a member: what a call that deletes single machines has to name. */
export function spellingsOf(group: PresentGroup, member: string): readonly string[] {
  return group.spellings.get(member) ?? [member];
}

/** Canonical members; an absent group has none. */
export function membersOf(current: CurrentGroup): ReadonlySet<string> {
  return current.state === 'present' ? current.members : NO_MEMBERS;
}

/**
 * What changed between two reads of a group, or undefined. The time alone would not do: it counts whole
 * seconds, so a write in the second of the first read keeps it.
 */
export function movedSince(before: CurrentGroup, now: CurrentGroup): string | undefined {
  if (before.state !== now.state) return now.state === 'present' ? 'it was created' : 'it was deleted';
  if (before.state === 'absent' || now.state === 'absent') return undefined;
  const was = before.definition;
  const is = now.definition;
  if (was.lastModifyTime !== is.lastModifyTime) return 'its lastModifyTime differs';
  if (was.createTime !== is.createTime) return 'it was deleted and created again';
  const sameFields =
    was.groupType === is.groupType &&
    was.machineIdentifyType === is.machineIdentifyType &&
    was.groupAttribute.groupTopic === is.groupAttribute.groupTopic &&
    was.groupAttribute.externalName === is.groupAttribute.externalName;
  if (!sameFields) return 'its attributes differ';
  return sameMembers(before.members, now.members) ? undefined : 'its members differ';
}

function sameMembers(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false;
  for (const member of one) if (!other.has(member)) return false;
  return true;
}

const NO_MEMBERS: ReadonlySet<string> = new Set();
