// What is known of everything that is missing from one group in one run: the patience it has had, and what the second
// witness says. The figures come from here too, since a breaker needs those of several groups before any is judged.

import type { Canonical } from '../group/current.ts';
import type { IdentifyType } from '../group/machine-group.ts';
import { type Heard, hear, type Listing } from './listing.ts';
import { isNew, type Missing, type RemovalMemory } from './memory.ts';
import { noteMissing, type Patience, type Reading } from './missing.ts';
import { movedTo, type OtherGroup } from './moved.ts';
import { READINGS_MIN, type RemovalSettings } from './settings.ts';
import { maySwap } from './swap.ts';
import { classify, type Evidence } from './witness.ts';

export interface GroupCase {
  readonly memory: RemovalMemory;
  readonly reading: Reading;
  /** Members of the group now, canonical. */
  readonly members: ReadonlySet<string>;
  /** Members that the plan adds. */
  readonly additions: number;
  readonly identify: IdentifyType;
  readonly canonical: Canonical;
  readonly settings: RemovalSettings;
  /** Removals that a person has approved, by member. */
  readonly approved: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** One group with its patience noted, before the witness is asked. */
export interface Noted extends GroupCase {
  readonly patience: Patience;
}

export interface Examination extends Noted {
  /** What the listing said; undefined if it was not asked for. */
  readonly heard?: Heard;
  /** By missing member; empty if heartbeats were not looked at. */
  readonly evidence: ReadonlyMap<string, Evidence>;
  /** Missing without proof, ripe or not, and not approved: what the limit and the breaker count. */
  readonly unproven: number;
  /** The memory after this run's reading and look. Store it, whatever is written. */
  readonly memory: RemovalMemory;
}

export function note(group: GroupCase): Noted {
  return { ...group, patience: noteMissing(group) };
}

/**
 * Whether the group has to wait until all groups of the run are read. What they have, and how much they lack, bears on what is
 * ripe, and on additions to a group that hardly anything stays in; on nothing else.
 */
export function needsOthers({ patience, reading, members, additions }: Noted): boolean {
  if (!reading.complete) return false;
  if (maySwap({ members: members.size, missing: patience.missing.length, additions })) return true;
  return patience.ripe.size > 0;
}

/**
 * Whether ListMachines has to be asked in this run: where {@link needsOthers}, and for who reports under what has just gone
 * missing.
 */
export function needsListing(noted: Noted): boolean {
  if (needsOthers(noted)) return true;
  const { patience, reading } = noted;
  if (!reading.complete || patience.older) return false;
  for (const { seen, readings } of patience.memory.missing.values()) {
    if (seen === undefined && readings <= READINGS_MIN) return true;
  }
  return false;
}

/** @param listing undefined if `needsListing` says no; one that failed is deaf */
export function examine(noted: Noted, listing?: Listing, others: readonly OtherGroup[] = []): Examination {
  if (listing === undefined) {
    const { memory, missing } = noted.patience;
    return {
      ...noted,
      memory,
      evidence: new Map(),
      unproven: unprovenIn(missing, memory.missing, noted.approved),
    };
  }
  const { identify, settings, members, reading, patience } = noted;
  const heard = hear({ ...noted, listing, wanted: reading.wanted });
  const witness = { heard, identify, settings, movedTo: movedTo(others, members, reading.wanted) };
  const evidence = new Map<string, Evidence>();
  const missing = new Map<string, Missing>(patience.memory.missing);
  for (const member of patience.missing) {
    const entry = missing.get(member);
    const found = classify(member, entry?.seen, witness);
    evidence.set(member, found);
    if (entry && found.seen) missing.set(member, { ...entry, seen: found.seen });
  }
  const trusts = !isNew(noted.memory, noted.now);
  const isUnproven = (member: string) => {
    const found = evidence.get(member) as Evidence;
    return found.class === 'unheard' || !(trusts || stays(found));
  };
  return {
    ...noted,
    memory: { ...patience.memory, missing },
    heard,
    evidence,
    unproven: countUnproven(noted, isUnproven),
  };
}

/** Whether the evidence keeps the member: its machine reports, or may. */
export function stays({ class: found }: Evidence): boolean {
  return found === 'alive' || found === 'shared' || found === 'unsure';
}

/** Where heartbeats were not looked at: whom it has never heard of. */
export function unprovenIn(
  missing: readonly string[],
  known: ReadonlyMap<string, Missing>,
  approved: ReadonlySet<string>,
): number {
  return missing.filter((member) => !approved.has(member) && known.get(member)?.seen === undefined).length;
}

function countUnproven({ patience, approved }: Noted, isUnproven: (member: string) => boolean): number {
  let unproven = 0;
  for (const member of patience.missing) if (!approved.has(member) && isUnproven(member)) unproven += 1;
  return unproven;
}
