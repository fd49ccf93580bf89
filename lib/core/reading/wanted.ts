// The wanted set of one group: what its sources say should be in it, after the address policy, with where
// each member came from and whether that is everything.

import { defined } from '../text/defined.ts';
import { type Completeness, completenessOf, type Origin, type SkippedMachine } from './snapshot.ts';

/** One origin as it is, several as a list: most members have one, and a million lists would be the most of a plan. */
export type Origins = Origin | readonly Origin[];

export interface Wanted {
  /** Canonical member (address or user-defined id) to everything that asked for it. */
  readonly members: ReadonlyMap<string, Origins>;
  /** What the sources skipped and what the address policy took out, each with its reason. */
  readonly dropped: readonly SkippedMachine[];
  /** Incomplete also when a value could not be read as an address: that machine may be in the group. */
  readonly completeness: Completeness;
  /** When the oldest of the readings began, in milliseconds since the epoch. */
  readonly takenAt: number;
}

/** What one source contributes: its snapshot after the address policy. */
export interface SourceWanted extends Wanted {
  /** Label of the source, as in its snapshot. */
  readonly source: string;
  readonly revision?: string;
  /** As in its snapshot. */
  readonly readings?: readonly string[];
}

/** How the reading of one source went, for the report. */
export interface SourceReading {
  readonly source: string;
  readonly members: number;
  readonly dropped: number;
  readonly completeness: Completeness;
  readonly takenAt: number;
  readonly revision?: string;
}

/** One address asked for by several machines of one source: overlapping networks, most likely. */
export interface Collision {
  readonly member: string;
  readonly source: string;
  readonly ids: readonly string[];
}

export interface GroupWanted extends Wanted {
  readonly sources: readonly SourceReading[];
  readonly collisions: readonly Collision[];
  /** What was read for any of the sources: groups that have one of these in common share that reading. */
  readonly readings?: readonly string[];
}

/**
 * The union of what a group's sources say. It is incomplete if any of them is, with every reason under its
 * source's label, and as old as the oldest of them. No sources at all is incomplete: nothing was read.
 */
export function mergeWanted(parts: readonly SourceWanted[]): GroupWanted {
  const [first, ...others] = parts;
  return {
    members: first && others.length === 0 ? first.members : unionOf(parts),
    dropped: first && others.length === 0 ? first.dropped : parts.flatMap((part) => part.dropped),
    completeness: mergeCompleteness(parts),
    takenAt: parts.reduce((oldest, part) => Math.min(oldest, part.takenAt), first?.takenAt ?? 0),
    sources: parts.map(readingOf),
    collisions: parts.flatMap(collisionsOf),
    readings: [...new Set(parts.flatMap(({ readings = [] }) => readings))],
  };
}

/** Everything that asked for a member; nothing, if it is not wanted. */
export function listed(origins: Origins | undefined): readonly Origin[] {
  if (origins === undefined) return [];
  return isList(origins) ? origins : [origins];
}

/** Adds what asks for a member to what does already; the lists in `members` are made here. */
export function addOrigin(members: Map<string, Origin | Origin[]>, member: string, origin: Origin): void {
  const known = members.get(member);
  if (known === undefined) members.set(member, origin);
  else if (Array.isArray(known)) known.push(origin);
  else members.set(member, [known, origin]);
}

/** The members that more than one origin asked for. */
export function askedForTwice(
  members: ReadonlyMap<string, Origins>,
): (readonly [member: string, origins: readonly Origin[]])[] {
  const found: (readonly [string, readonly Origin[]])[] = [];
  members.forEach((origins, member) => {
    if (isList(origins) && origins.length > 1) found.push([member, origins]);
  });
  return found;
}

function isList(origins: Origins): origins is readonly Origin[] {
  return Array.isArray(origins);
}

function unionOf(parts: readonly SourceWanted[]): ReadonlyMap<string, Origins> {
  const union = new Map<string, Origin | Origin[]>();
  for (const part of parts) {
    for (const [member, origins] of part.members) {
      for (const origin of listed(origins)) addOrigin(union, member, origin);
    }
  }
  return union;
}

function mergeCompleteness(parts: readonly SourceWanted[]): Completeness {
  const reasons: string[] = [];
  const proofs: string[] = [];
  for (const { source, completeness } of parts) {
    if (completeness.complete) proofs.push(`${source}: ${completeness.proof}`);
    else for (const reason of completeness.reasons) reasons.push(`${source}: ${reason}`);
  }
  return completenessOf(parts.length === 0 ? ['no source was read'] : reasons, proofs.join('; '));
}

function readingOf(part: SourceWanted): SourceReading {
  const { source, members, dropped, completeness, takenAt, revision } = part;
  return defined({
    source,
    members: members.size,
    dropped: dropped.length,
    completeness,
    takenAt,
    revision,
  });
}

/** Only within one source: two sources knowing one machine by different ids is what merging is for. */
function collisionsOf({ source, members }: SourceWanted): Collision[] {
  const collisions: Collision[] = [];
  for (const [member, origins] of askedForTwice(members)) {
    const ids = [...new Set(origins.map((origin) => origin.id))];
    if (ids.length > 1) collisions.push({ member, source, ids });
  }
  return collisions;
}
