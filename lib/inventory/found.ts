// Collects what a reader finds while it reads: machines, machines left out, and what it could not make
// sense of. One bad record does not fail the others, but it makes the snapshot incomplete.

import {
  completenessOf,
  type FoundMachine,
  type SkippedMachine,
  type Snapshot,
} from '../core/reading/snapshot.ts';
import { counted } from '../core/text/counted.ts';
import { defined } from '../core/text/defined.ts';
import { quoted } from '../core/text/issues.ts';

/** Names in one reason; the rest is counted, and all of them are among the skipped machines. */
const NAMES_IN_A_REASON = 10;
/** Doubts of a kind that are put in words; the rest is counted. One is enough to withhold every removal. */
const DOUBTS = 20;
/** Addresses of several machines that are told one by one. */
const SHARED_SHOWN = 5;
const OTHER_REASONS = 'other reasons';

export interface Found {
  readonly machines: readonly FoundMachine[];
  readonly skipped: readonly SkippedMachine[];
  /** Reasons why something may be missing; none of them means the read was complete. */
  readonly doubts: readonly string[];
}

export interface Collector {
  machine(id: string, value: string): void;
  /** A machine left out on purpose: its absence is part of the truth. */
  skip(id: string, reason: string, value?: string): void;
  /** A machine that belongs here but whose member could not be told: nothing may be removed on this reading. */
  unclear(id: string, reason: string, value?: string): void;
  /** Something about the whole read that may hide machines. */
  doubt(reason: string): void;
  found(): Found;
}

/** @param source label that every origin carries */
export function collector(source: string): Collector {
  const machines: FoundMachine[] = [];
  const skipped: SkippedMachine[] = [];
  const doubts: string[] = [];
  let moreDoubts = 0;
  const unclear = new Map<string, string[]>();
  const skip = (id: string, reason: string, value?: string) =>
    void skipped.push({ origin: { source, id }, reason, ...(value === undefined ? {} : { value }) });
  return {
    machine: (id, value) => void machines.push({ value, origin: { source, id } }),
    skip,
    unclear: (id, reason, value) => {
      skip(id, reason, value);
      const name = unclear.has(reason) || unclear.size < DOUBTS ? reason : OTHER_REASONS;
      const ids = unclear.get(name);
      if (ids === undefined) unclear.set(name, [id]);
      else ids.push(id);
    },
    doubt: (reason) => {
      if (doubts.length < DOUBTS) doubts.push(reason);
      else moreDoubts += 1;
    },
    found: () => ({
      machines,
      skipped,
      doubts: [
        ...doubts,
        ...(moreDoubts > 0 ? [`and ${counted(moreDoubts, 'more reason')}`] : []),
        ...Array.from(unclear, ([reason, ids]) => `${reason}: ${nameSome(ids)}`),
      ],
    }),
  };
}

/** Values that several machines carry, with the machines' ids. */
export function collisions(machines: readonly FoundMachine[]): ReadonlyMap<string, readonly string[]> {
  // Hardly any value is there twice: no set is made for those that are not.
  const first = new Map<string, string>();
  const shared = new Map<string, Set<string>>();
  for (const { value, origin } of machines) {
    const known = first.get(value);
    if (known === undefined) first.set(value, origin.id);
    else if (shared.has(value)) shared.get(value)?.add(origin.id);
    else if (known !== origin.id) shared.set(value, new Set([known, origin.id]));
  }
  if (shared.size === 0) return new Map();
  return new Map(
    [...first.keys()].flatMap((value) => {
      const ids = shared.get(value);
      return ids === undefined ? [] : [[value, [...ids]] as const];
    }),
  );
}

/**
 * Doubts about addresses that several machines carry: an `ip` group cannot tell those machines apart, and
 * when one of them goes, the address would be taken from under the other.
 */
export function doubtCollisions(into: Collector, machines: string): void {
  const shared = collisions(into.found().machines);
  doubtSome(
    into,
    shared,
    ([value, ids]) => `several ${machines} have the address ${shownName(value)}: ${nameSome(ids)}`,
  );
}

/** A doubt for each of the first addresses that several machines carry, and one for the others. */
export function doubtSome(
  into: Collector,
  shared: ReadonlyMap<string, readonly string[]>,
  says: (one: readonly [address: string, ids: readonly string[]]) => string,
): void {
  for (const one of [...shared].slice(0, SHARED_SHOWN)) into.doubt(says(one));
  const more = shared.size - SHARED_SHOWN;
  if (more > 0) into.doubt(`and ${more} more addresses that several machines have`);
}

/** Names from an inventory, safe to print on one line: the first ten, and how many more there are. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_IN_A_REASON).map(shownName).join(', ');
  const more = names.length - NAMES_IN_A_REASON;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** A name as it is where it is plain, quoted and cut where it could forge a line of a log or fill it. */
export function shownName(name: string): string {
  return /^[\w.:@/+-]{1,64}$/.test(name) ? name : quoted(name);
}

export interface Reading {
  readonly source: string;
  /** When the read began, in milliseconds since the epoch. */
  readonly takenAt: number;
  /** What was read when nothing is in doubt: pages, records, their own total. */
  readonly proof: string;
  readonly revision?: string | undefined;
  /** Keys of what was read for it, by which others may have got the same. */
  readonly readings?: readonly string[] | undefined;
}

export function snapshotOf(found: Found, { source, takenAt, proof, revision, readings }: Reading): Snapshot {
  return {
    source,
    takenAt,
    machines: found.machines,
    skipped: found.skipped,
    completeness: completenessOf(found.doubts, proof),
    ...defined({ revision, readings }),
  };
}
