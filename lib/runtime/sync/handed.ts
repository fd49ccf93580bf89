// Readings that go from a run to its workers. The run reads what several batches need, once, and leaves each batch its part. A
// worker uses a part whose digest is the message's and which is not too old; everything else it reads for itself.

import type { GroupConfig } from '../../core/config/config.ts';
import { type Handed, handedAt, readHanded, writeHanded } from '../../core/reading/handed.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import type { Snapshot } from '../../core/reading/snapshot.ts';
import { sha256 } from '../../core/text/digest.ts';
import { once } from '../../core/text/once.ts';
import { HANDED_AHEAD_MS, HANDED_READING_MS } from '../../core/time/timeouts.ts';
import type { Batch, HandedReading } from '../../core/trigger/work.ts';
import { SourceError, sourceErrorOf } from '../../inventory/source.ts';
import { asksOf, type SourceAsk, snapshotKey } from '../../inventory/sources/open.ts';
import { readsOf } from '../../inventory/sources/reads.ts';
import { type Log, loggedError } from '../log.ts';
import type { ReadingStore } from './reading-store.ts';

/** Reads a source for others. @throws SourceError */
export type ReadAsk = (ask: SourceAsk) => Promise<Snapshot>;

export interface HandingDeps {
  readonly store: ReadingStore;
  /** @param asks all that will be read, so that what they share is read once */
  readonly reader: (asks: readonly SourceAsk[]) => ReadAsk;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * What is handed with each batch: snapshots of the sources whose inventory another batch needs as well. Undefined where
 * there are none, and where they could not be left: then the worker reads. Never rejects.
 */
export function handing(
  runId: string,
  batches: readonly Batch[],
  document: readonly GroupConfig[],
  { store, reader, now, log }: HandingDeps,
): ((batch: Batch) => Promise<HandedReading | undefined>) | undefined {
  const groups = new Map(document.map((group) => [group.key, group]));
  const asked = new Map(batches.map((batch) => [batch, asksIn(batch, groups)]));
  const users = new Map<string, Batch>();
  const shared = new Set<string>();
  for (const [batch, asks] of asked) {
    for (const key of asks.flatMap(({ settings }) => readsOf(settings))) {
      const first = users.get(key);
      if (first === undefined) users.set(key, batch);
      else if (first !== batch) shared.add(key);
    }
  }
  const isShared = ({ settings }: SourceAsk) => readsOf(settings).some((key) => shared.has(key));
  const wanted = new Map([...asked].map(([batch, asks]) => [batch, asks.filter(isShared)]));
  const all = [...wanted.values()].flat();
  if (all.length === 0) return undefined;
  const read = reader(all);
  return async (batch) => {
    try {
      const part = await readAll(wanted.get(batch) ?? [], read, now);
      if (part.size === 0) return undefined;
      const bytes = Buffer.from(writeHanded(part));
      const key = `${runId}/${batches.indexOf(batch)}`;
      await store.put(key, bytes);
      return { key, digest: sha256(bytes) };
    } catch (error) {
      log('warn', 'reading.kept', { runId, error: loggedError(error) });
      return undefined;
    }
  };
}

function asksIn({ groups: keys }: Batch, groups: ReadonlyMap<string, GroupConfig>): readonly SourceAsk[] {
  return keys.flatMap((key) => {
    const group = groups.get(key);
    return group === undefined ? [] : asksOf(group);
  });
}

/** Each once; one that was given up is left out. */
async function readAll(
  asks: readonly SourceAsk[],
  read: ReadAsk,
  now: () => number,
): Promise<ReadonlyMap<string, Handed>> {
  const part = new Map<string, Handed>();
  await Promise.all(
    asks.map(async (ask) => {
      const handed = await read(ask).then(
        (snapshot): Handed => ({ snapshot }),
        (error: unknown) => failedOf(error, ask.label, now()),
      );
      if (handed !== undefined) part.set(snapshotKey(ask), handed);
    }),
  );
  return part;
}

function failedOf(error: unknown, label: string, at: number): Handed | undefined {
  const { code, says, status, requestId } = sourceErrorOf(label, error);
  if (code === 'aborted') return undefined;
  return {
    failed: {
      code,
      says,
      at,
      ...(status !== undefined && { status }),
      ...(requestId !== undefined && { requestId }),
    },
  };
}

/** What was handed for a source, or undefined. @throws SourceError where it could not be read for the worker either */
export type TakeHanded = (ask: SourceAsk) => Promise<Snapshot | undefined>;

export function taking(
  readings: readonly HandedReading[],
  { store, now, log }: Pick<HandingDeps, 'store' | 'now' | 'log'>,
): TakeHanded {
  const open = once(async () => {
    const parts = await Promise.all(readings.map((reading) => openPart(reading, store, log)));
    return new Map(parts.flatMap((part) => [...part]));
  });
  return async (ask) => {
    if (readsOf(ask.settings).length === 0) return undefined;
    const handed = (await open()).get(snapshotKey(ask));
    if (handed === undefined) return undefined;
    const age = now() - handedAt(handed);
    if (age > HANDED_READING_MS || age < -HANDED_AHEAD_MS) return undefined;
    if ('snapshot' in handed) return handed.snapshot;
    const { code, says, status, requestId } = handed.failed;
    throw new SourceError(code, ask.label, says, { status, requestId });
  };
}

async function openPart(
  { key, digest }: HandedReading,
  store: ReadingStore,
  log: Log,
): Promise<ReadonlyMap<string, Handed>> {
  try {
    const bytes = await store.get(key);
    if (sha256(bytes) !== digest) throw new ReadError('changed', 'it is not what the message says');
    return readHanded(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    log('warn', 'reading.unusable', { key, error: loggedError(error) });
    return new Map();
  }
}
