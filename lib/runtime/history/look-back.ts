// Looks through the history, the latest first: names are listed, and only objects are read whose names may be about what is asked.
// Bounded in lists, in reads and in time; where it ends before the end, it says from where to go on.

import pLimit from 'p-limit';
import { type Asked, entryOf, type HistoryEntry } from '../../core/history/entry.ts';
import { type ObjectName, PREFIX, readKey, runOf } from '../../core/history/key.ts';
import { readRecord } from '../../core/history/read.ts';
import type { HistoryRecord } from '../../core/history/record.ts';
import { type Log, loggedError } from '../log.ts';
import { OBJECT_MAX_BYTES, RECORD_MAX_BYTES, unzipped } from './objects.ts';

export type HistoryBucket = ReturnType<typeof import('../../aws/s3.ts')['openBucket']>;

export interface HistoryReader {
  readonly bucket: HistoryBucket;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Page {
  readonly entries: readonly HistoryEntry[];
  /** Where to go on; none at the end. */
  readonly next?: string;
  /** Objects that could not be read as records. */
  readonly unreadable: number;
}

/** Lists of a thousand names each, and objects, in one look. */
const LISTS_MAX = 20;
const READS_MAX = 200;
/** A record may be large once it is read. */
const READS_AT_A_TIME = 4;

/** @throws ReadError where the bucket cannot be listed or read */
export async function lookBack(
  asked: Asked & {
    readonly since?: number | undefined;
    readonly limit: number;
    readonly after?: string | undefined;
  },
  due: number,
  reader: HistoryReader,
): Promise<Page> {
  const entries: HistoryEntry[] = [];
  let unreadable = 0;
  let reads = 0;
  let last = asked.after;
  const isOver = () => entries.length >= asked.limit || reads >= READS_MAX || reader.now() >= due;
  for (let lists = 0; lists < LISTS_MAX && !isOver(); lists += 1) {
    const { names, isAll, end } = await namesAfter(last, due, reader);
    const young = names.filter((name) => name.at >= (asked.since ?? 0));
    const wanted = young.filter((name) => name.mayBeOf(asked));
    while (wanted.length > 0 && !isOver()) {
      const batch = wanted.splice(0, Math.min(READS_AT_A_TIME, asked.limit - entries.length));
      reads += batch.length;
      // Of each record no more is kept than its entry.
      const found = await pLimit(READS_AT_A_TIME).map(batch, async ({ key }) => {
        const record = await readOne(key, due, reader);
        if (record === undefined) unreadable += 1;
        return record && entryOf(record, asked);
      });
      entries.push(...found.filter((entry) => entry !== undefined));
      last = batch.at(-1)?.key;
    }
    if (wanted.length > 0) break;
    if (young.length < names.length || isAll) return { entries, unreadable };
    last = end;
  }
  return { entries, unreadable, ...(last !== undefined && { next: tokenOf(last) }) };
}

/**
 * The record of a run that changed a group; undefined where there is none.
 * @throws ReadError where the bucket cannot be listed or read; LookedTooFar
 */
export async function findRun(
  run: string,
  group: string,
  due: number,
  reader: HistoryReader,
): Promise<HistoryRecord | undefined> {
  let last: string | undefined;
  for (let lists = 0; lists < RUN_LISTS_MAX && reader.now() < due; lists += 1) {
    const { names, isAll, end } = await namesAfter(last, due, reader);
    const found = names.find((name) => name.run === runOf(run) && name.mayBeOf({ group }));
    if (found) return readOne(found.key, due, reader);
    if (isAll) return undefined;
    last = end;
  }
  throw new LookedTooFar();
}

/** A hundred thousand runs. */
const RUN_LISTS_MAX = 100;

/** The run may be there, farther back than is looked. */
export class LookedTooFar extends Error {
  override readonly name = 'LookedTooFar';
  constructor() {
    super('the run was not found among those that there was time to look through');
  }
}

/** What stands before `?next=` of an answer: a name without what all names begin with. */
const tokenOf = (key: string) => key.slice(PREFIX.length);

/** @param token of an earlier answer, or anything: nothing but the order of names comes of it */
export const afterToken = (token: string) => `${PREFIX}${token}`;

async function namesAfter(after: string | undefined, due: number, { bucket, now }: HistoryReader) {
  const { names, isAll } = await bucket.names(PREFIX, after, signalFor(due, now));
  // What is not ours is passed over, and a list of nothing else ends nothing.
  const ours: readonly ObjectName[] = names.flatMap((name) => readKey(name) ?? []);
  return { names: ours, isAll, end: names.at(-1) };
}

async function readOne(
  key: string,
  due: number,
  { bucket, log, now }: HistoryReader,
): Promise<HistoryRecord | undefined> {
  const bytes = await bucket.read(key, { maxBytes: OBJECT_MAX_BYTES, signal: signalFor(due, now) });
  try {
    const record = readRecord(unzipped(bytes, RECORD_MAX_BYTES));
    if (record === undefined) log('warn', 'history.unreadable', { key });
    return record;
  } catch (error) {
    log('warn', 'history.unreadable', { key, error: loggedError(error) });
    return undefined;
  }
}

const signalFor = (due: number, now: () => number) =>
  AbortSignal.timeout(Math.max(1, Math.ceil(due - now())));
