// What stored fields look like. Rows instead of objects, where there are many.

import * as z from 'zod/mini';
import { type Coverage, shownNames, UNCOVERED } from '../coverage/coverage.ts';
import type { Missing, RemovalMemory, Seen } from '../removal/memory.ts';
import { bytesOf } from '../text/json-size.ts';
import { COVERAGE_BYTES_MAX, fitting, MISSING_BYTES_MAX } from './bounds.ts';

/** Milliseconds since the epoch, up to the last that a date can have. */
const LAST_DATE = 8.64e15;
/** A number of milliseconds since the epoch, or a count. */
export const whole = z.number().check(z.int(), z.nonnegative(), z.maximum(LAST_DATE));

const seenShape = z.tuple([z.string(), z.string(), z.number(), whole]);
const missingShape = z.union([
  z.tuple([z.string(), whole, whole]),
  z.tuple([z.string(), whole, whole, seenShape]),
]);
export const countsShape = z.array(z.tuple([whole, whole]));

export const removalShape = z.object({
  since: whole,
  readingAt: whole,
  missing: z.array(missingShape),
  added: countsShape,
  weak: countsShape,
});

type Row = z.output<typeof missingShape>;

/** Bytes of what is kept of who reported. Longer ids are not cut: a cut one would read as another machine's. */
const SEEN_BYTES_MAX = 512;

/** Missing members beyond the bound are left out: each starts anew when there is room, and waits until then. */
export function removalText({ since, readingAt, missing, added, weak }: RemovalMemory): string {
  const rows = Array.from(missing, ([member, entry]) => rowOf(member, entry));
  return JSON.stringify({
    since,
    readingAt,
    missing: fitting(rows, MISSING_BYTES_MAX),
    added: countsOf(added),
    weak: countsOf(weak),
  });
}

export function removalOf(stored: z.output<typeof removalShape>): RemovalMemory {
  const { since, readingAt, missing, added, weak } = stored;
  return {
    since,
    readingAt,
    missing: new Map(missing.map((row) => [row[0], missingOf(row)])),
    added: new Map(added),
    weak: new Map(weak),
  };
}

/** Counts of a week by the hour, or of a month by the day, are fewer. */
const COUNTS_MAX = 200;

export function countsOf(counts: ReadonlyMap<number, number>): [number, number][] {
  return [...counts].slice(-COUNTS_MAX);
}

function rowOf(member: string, { since, readings, seen }: Missing): Row {
  if (seen === undefined) return [member, since, readings];
  const { hostId, uniqueId, heartbeat, at } = seen;
  const fits = bytesOf(hostId) + bytesOf(uniqueId) <= SEEN_BYTES_MAX;
  return fits ? [member, since, readings, [hostId, uniqueId, heartbeat, at]] : [member, since, readings];
}

function missingOf([, since, readings, seen]: Row): Missing {
  return seen === undefined ? { since, readings } : { since, readings, seen: seenOf(seen) };
}

function seenOf([hostId, uniqueId, heartbeat, at]: z.output<typeof seenShape>): Seen {
  return { hostId, uniqueId, heartbeat, at };
}

const names = z.array(z.string());
const share = z.number().check(z.minimum(0), z.maximum(1));

export const coverageShape = z.object({
  at: whole,
  wanted: whole,
  reporting: whole,
  silent: whole,
  never: whole,
  starting: whole,
  elsewhere: whole,
  strangers: z.optional(whole),
  whole: z.boolean(),
  names: z.object({ silent: names, never: names, elsewhere: names, strangers: names }),
  ids: z.optional(z.object({ wanted: whole, machines: whole, most: whole })),
  usual: z.optional(share),
  droppedSince: z.optional(whole),
} satisfies Record<keyof Coverage, z.ZodMiniType>);

export function coverageText({ names: all, ...figures }: Coverage): string {
  const kept = UNCOVERED.map((what) => [what, fitting(shownNames(all[what]), COVERAGE_BYTES_MAX)]);
  return JSON.stringify({ ...figures, names: Object.fromEntries(kept) });
}
