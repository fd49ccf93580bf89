// Patience. A member goes when it has been missing for `removeAfter` and from at least three complete readings. In
// words:
//   - a member is missing if it is in the group and the reading does not want it;
//   - only a complete reading that began after the last one acted on counts. What an incomplete or older reading
//     lacks proves nothing: it adds nothing to patience and takes nothing from it;
//   - what any reading wants starts anew: to be listed is proof, whatever else the reading lacks;
//   - the time of being missing ends when the reading began. So a reading never removes a member that was added
//     after it began, since a run had to see it in the group, and missing, before that;
//   - a reading older than the last one acted on, or incomplete, makes nothing ripe;
//   - times of the memory that are hours ahead are of a clock that was wrong, and count as now. Another run that is
//     still under way may be minutes ahead of this one.

import { MISSING_MAX, type Missing, type RemovalMemory } from './memory.ts';
import { HOUR, READINGS_MIN, type RemovalSettings } from './settings.ts';

export interface Reading {
  readonly complete: boolean;
  /** When the oldest of its parts began, in milliseconds since the epoch. */
  readonly beganAt: number;
  /** Canonical members. */
  readonly wanted: { has(member: string): boolean; readonly size: number };
}

export interface MissingCase {
  readonly memory: RemovalMemory;
  readonly reading: Reading;
  /** Members of the group now, canonical. */
  readonly members: ReadonlySet<string>;
  readonly now: number;
  readonly settings: RemovalSettings;
  /** Members whose removal a person has approved: they find a place where there are too many. */
  readonly approved: { has(member: string): boolean };
}

export interface Patience {
  /** The memory after this reading. */
  readonly memory: RemovalMemory;
  /** Whether the reading began before the last one that was acted on. */
  readonly older: boolean;
  /** Every member that the reading does not want, in the order of the group. */
  readonly missing: readonly string[];
  /** Those that have been missing for long enough. */
  readonly ripe: ReadonlySet<string>;
  /** How many are missing that the memory has no place for: they wait. */
  readonly unlisted: number;
}

export function noteMissing({
  memory: stored,
  reading,
  members,
  now,
  settings,
  approved,
}: MissingCase): Patience {
  const memory = notAhead(stored, now);
  const older = reading.beganAt < memory.readingAt;
  const counts = reading.complete && reading.beganAt > memory.readingAt;
  const missing: string[] = [];
  for (const member of members) if (!reading.wanted.has(member)) missing.push(member);
  const noted = new Map<string, Missing>();
  for (const [member, known] of memory.missing) {
    if (!members.has(member) || reading.wanted.has(member)) continue;
    noted.set(member, counts ? { ...known, readings: known.readings + 1 } : known);
  }
  for (const member of missing) {
    if (noted.has(member)) continue;
    const isKept =
      counts && (noted.size < MISSING_MAX || (approved.has(member) && makesRoom(noted, approved)));
    if (isKept) noted.set(member, { since: now, readings: 1 });
  }
  const unlisted = missing.length - noted.size;
  const ripe = new Set<string>();
  if (reading.complete && !older) {
    for (const [member, entry] of noted) if (isRipe(entry, reading, settings)) ripe.add(member);
  }
  const readingAt = Math.max(memory.readingAt, reading.beganAt);
  return { memory: { ...memory, readingAt, missing: noted }, older, missing, ripe, unlisted };
}

/** Takes one away that nobody approved: it would wait longest. */
function makesRoom(noted: Map<string, Missing>, approved: MissingCase['approved']): boolean {
  const [last] = [...noted.keys()].reverse().filter((member) => !approved.has(member));
  return last !== undefined && noted.delete(last);
}

/** What a wrong clock has left, as of now: otherwise every removal would wait until that time comes. */
function notAhead(memory: RemovalMemory, now: number): RemovalMemory {
  const notLater = (time: number) => (time > now + HOUR ? now : time);
  const missing = new Map(memory.missing);
  for (const [member, entry] of missing) {
    const since = notLater(entry.since);
    if (since !== entry.since) missing.set(member, { ...entry, since });
  }
  return { ...memory, missing, since: notLater(memory.since), readingAt: notLater(memory.readingAt) };
}

function isRipe(
  { since, readings }: Missing,
  { beganAt }: Reading,
  { removeAfter }: RemovalSettings,
): boolean {
  return readings >= READINGS_MIN && beganAt - since >= removeAfter * 1_000;
}
