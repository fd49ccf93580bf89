// Accounts and regions of a source that reads a cloud. All of them are read or the reading fails: one region that answers
// nothing would look like one region that has nothing.

import pLimit from 'p-limit';
import type { Snapshot } from '../core/reading/snapshot.ts';
import { type Collector, collector, snapshotOf } from './found.ts';
import { eachPlace, type Places } from './places.ts';
import type { Readings } from './readings.ts';
import { assumeOnce } from './roles.ts';

/** Accounts and regions read at a time. */
const CONCURRENCY = 4;

/** One region of one account. */
export interface Account<Key> {
  /** Undefined in the own account. */
  readonly roleArn: string | undefined;
  readonly region: string;
  readonly key: Key;
}

export interface Reach<Key, Reading> {
  readonly readings: Readings;
  /** Of the own account. */
  readonly key: Key;
  /** Whatever makes a role another one, see `assumeOnce`. */
  readonly roleOf: (roleArn: string) => unknown;
  readonly assume: (roleArn: string, region: string, signal: AbortSignal) => Promise<Key>;
  readonly read: (account: Account<Key>, signal: AbortSignal) => Promise<Reading>;
}

/** What one reading of a place has in common with those of others. */
export interface PlaceReading {
  readonly instances: readonly unknown[];
  readonly pages: number;
  /** When the read began, in milliseconds since the epoch. */
  readonly takenAt: number;
  /** Key of what was read. */
  readonly key: string;
}

/** The first failure stops the rest, unless others wait for it: their answers would be thrown away. */
export async function readAll<Key, Reading>(
  { regions, roleArns }: Places,
  { readings, key, roleOf, assume, read }: Reach<Key, Reading>,
  signal: AbortSignal | undefined,
): Promise<readonly Reading[]> {
  const [first = ''] = regions;
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const limit = pLimit(CONCURRENCY);
  const keyOf = (roleArn: string) =>
    assumeOnce(readings, roleOf(roleArn), first, (region, stop) => assume(roleArn, region, stop), either);
  try {
    const keys = new Map<string | undefined, Key>([[undefined, key]]);
    await Promise.all(roleArns.map((roleArn) => limit(async () => keys.set(roleArn, await keyOf(roleArn)))));
    return await Promise.all(
      eachPlace({ regions, roleArns }, (roleArn, region) =>
        limit(() => read({ roleArn, region, key: keys.get(roleArn) as Key }, either)),
      ),
    );
  } catch (error) {
    limit.clearQueue();
    failed.abort();
    throw error;
  }
}

/**
 * @param select fills the collector and returns how many instances it selected
 * @param prove from that, how many there were, and how much was read for them
 */
export function snapshotOfPlaces(
  source: string,
  read: readonly PlaceReading[],
  select: (into: Collector) => number,
  prove: (selected: number, matched: number, extent: string) => string,
): Snapshot {
  const into = collector(source);
  const selected = select(into);
  const matched = read.reduce((sum, { instances }) => sum + instances.length, 0);
  const pages = read.reduce((sum, reading) => sum + reading.pages, 0);
  return snapshotOf(into.found(), {
    source,
    takenAt: Math.min(...read.map(({ takenAt }) => takenAt)),
    proof: prove(selected, matched, `${pages} pages, ${read.length} regions`),
    readings: read.map(({ key }) => key),
  });
}
