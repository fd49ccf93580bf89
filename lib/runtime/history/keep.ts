// Keeps records: in the bucket, or on the queue while that cannot be written to. Whoever has written groups loads this when it
// is done. Nothing here rejects, and nothing waits for long: what nobody takes is told in the log.

import { gzipSync } from 'node:zlib';
import { CallFailed, putNew, sendMessage } from '../../aws/small-calls.ts';
import { recordWithin } from '../../core/history/bounded.ts';
import { keyOf } from '../../core/history/key.ts';
import type { HistoryRecord } from '../../core/history/record.ts';
import {
  HISTORY_ATTEMPT_MS,
  HISTORY_LEAST_MS,
  HISTORY_PUT_MS,
  HISTORY_QUEUE_MS,
} from '../../core/time/timeouts.ts';
import type { HistoryPlace } from '../environment.ts';
import type { Log } from '../log.ts';
import { messageOf, OBJECT_MAX_BYTES, RECORD_MAX_BYTES } from './objects.ts';

export interface HistoryDeps {
  readonly place: HistoryPlace;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** `loggedError`, which whoever loads this has already: it takes half of that with it otherwise. */
  readonly told: (error: unknown) => unknown;
}

/** Bytes of a message of SQS: 256 KiB in every region, and less by what stands around it. */
const MESSAGE_MAX_BYTES = 256 * 1024 - 1_024;

/** @param due when it has to be over, in milliseconds since the epoch */
export async function keepRecord(record: HistoryRecord, due: number, deps: HistoryDeps): Promise<void> {
  const { place, log, now, told } = deps;
  // A run that took all of its time leaves word all the same.
  const until = Math.max(due, now() + HISTORY_LEAST_MS);
  const key = keyOf(record);
  const about = { runId: record.run, key, groups: record.changes.length };
  try {
    const whole = recordWithin(
      record,
      gzipped,
      (bytes) => bytes !== undefined && bytes.length <= OBJECT_MAX_BYTES,
    );
    if (whole?.encoded === undefined) throw new Error('the record is too large');
    // Where time is short, half of it is left for the queue.
    const putUntil = now() + Math.min(HISTORY_PUT_MS, (until - now()) / 2);
    await put(key, whole.encoded, putUntil, deps);
    return;
  } catch (error) {
    if (place.queueUrl === undefined)
      return void log('error', 'history.lost', { ...about, error: told(error) });
    log('warn', 'history.waits', { ...about, error: told(error) });
  }
  try {
    const message = recordWithin(
      record,
      (less) => messageOf(key, gzipped(less) ?? Buffer.alloc(MESSAGE_MAX_BYTES)),
      (text) => text.length <= MESSAGE_MAX_BYTES,
    );
    if (!message) throw new Error('the record is too large for a message');
    const timeoutMs = Math.max(1, Math.min(until - now(), HISTORY_QUEUE_MS));
    await sendMessage(place.queueUrl, place.region, message.encoded, timeoutMs);
  } catch (error) {
    log('error', 'history.lost', { ...about, error: told(error) });
  }
}

/** Also where the object is there: what was put by an attempt without an answer is this one. @throws as `putNew` does */
export async function put(
  key: string,
  body: Uint8Array,
  due: number,
  { place, now }: Pick<HistoryDeps, 'place' | 'now'>,
): Promise<void> {
  const attempt = () => putNew(place, key, body, Math.max(1, Math.min(due - now(), HISTORY_ATTEMPT_MS)));
  await attempt().catch((error: unknown) => {
    if ((error instanceof CallFailed && !error.passing) || due <= now()) throw error;
    return attempt();
  });
}

function gzipped(record: HistoryRecord): Buffer | undefined {
  const text = Buffer.from(JSON.stringify(record));
  return text.length > RECORD_MAX_BYTES ? undefined : gzipSync(text);
}
