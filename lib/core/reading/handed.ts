// What a run read for others, as text: snapshots of sources by a key, whole, with their proof and the time they began. A source
// that could not be read is in it with the reason, so that nobody asks it once more for the same run.

import * as z from 'zod/mini';
import { defined } from '../text/defined.ts';
import { isAtLeastOne } from '../text/few.ts';
import { READ_PROBLEMS, type ReadProblem } from './read-error.ts';
import type { FoundMachine, SkippedMachine, Snapshot } from './snapshot.ts';

/** Why a source could not be read. */
export interface FailedReading {
  readonly code: ReadProblem;
  /** Without the label of the source. */
  readonly says: string;
  readonly status?: number;
  readonly requestId?: string;
  /** When that was found, in milliseconds since the epoch. */
  readonly at: number;
}

export type Handed = { readonly snapshot: Snapshot } | { readonly failed: FailedReading };

// Machines are lists, not objects: a million of them are the most of what is written.
const words = z.array(z.nullable(z.string()));
const time = z.int();

const snapshotSchema = z.strictObject({
  source: z.string(),
  takenAt: time,
  /** Value, id, and the label of the source where that is another one. */
  machines: z.array(words),
  /** Id, reason, the value or null, and the label in the same way. */
  skipped: z.array(words),
  proof: z.exactOptional(z.string()),
  doubts: z.exactOptional(z.array(z.string())),
  revision: z.exactOptional(z.string()),
  readings: z.exactOptional(z.array(z.string())),
});
type Written = z.output<typeof snapshotSchema>;

const handedSchema = z.strictObject({
  version: z.literal(1),
  snapshots: z.array(z.tuple([z.string(), snapshotSchema])),
  failed: z.array(
    z.tuple([
      z.string(),
      z.strictObject({
        code: z.enum(READ_PROBLEMS),
        says: z.string(),
        status: z.exactOptional(z.int()),
        requestId: z.exactOptional(z.string()),
        at: time,
      }),
    ]),
  ),
});

export function writeHanded(all: Iterable<readonly [key: string, handed: Handed]>): string {
  const snapshots: [string, Written][] = [];
  const failed: [string, FailedReading][] = [];
  for (const [key, handed] of all) {
    if ('snapshot' in handed) snapshots.push([key, written(handed.snapshot)]);
    else failed.push([key, handed.failed]);
  }
  return JSON.stringify({ version: 1, snapshots, failed });
}

/** @throws an error that says nothing of what is in it, for a text that {@link writeHanded} has not made */
export function readHanded(text: string): ReadonlyMap<string, Handed> {
  const read = handedSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new Error('the reading does not have the form of one');
  const { snapshots, failed } = read.data;
  return new Map<string, Handed>([
    ...snapshots.map(([key, snapshot]) => [key, { snapshot: snapshotIn(snapshot) }] as const),
    ...failed.map(([key, reason]) => [key, { failed: reason }] as const),
  ]);
}

/** When a reading began, or failed. */
export function handedAt(handed: Handed): number {
  return 'snapshot' in handed ? handed.snapshot.takenAt : handed.failed.at;
}

function written({ machines, skipped, completeness, ...rest }: Snapshot): Written {
  const { source, takenAt, revision, readings } = rest;
  const of = (label: string): string[] => (label === source ? [] : [label]);
  return {
    source,
    takenAt,
    machines: machines.map(({ value, origin }) => [value, origin.id, ...of(origin.source)]),
    skipped: skipped.map(({ origin, reason, value = null }) => [
      origin.id,
      reason,
      value,
      ...of(origin.source),
    ]),
    ...(completeness.complete ? { proof: completeness.proof } : { doubts: [...completeness.reasons] }),
    ...defined({ revision, readings: readings && [...readings] }),
  };
}

function snapshotIn({ source, takenAt, machines, skipped, proof, doubts = [], ...rest }: Written): Snapshot {
  // Without a proof, and without a reason why there is none, it is no less in doubt.
  const reasons = isAtLeastOne(doubts) ? doubts : (['the reading was handed on without a proof'] as const);
  return {
    source,
    takenAt,
    machines: machines.map(
      ([value, id, label]): FoundMachine => ({
        value: value ?? '',
        origin: { source: label ?? source, id: id ?? '' },
      }),
    ),
    skipped: skipped.map(
      ([id, reason, value, label]): SkippedMachine => ({
        origin: { source: label ?? source, id: id ?? '' },
        reason: reason ?? '',
        ...(value != null && { value }),
      }),
    ),
    completeness: proof === undefined ? { complete: false, reasons } : { complete: true, proof },
    ...defined(rest),
  };
}
