// The composition root of functions that have the history and nothing else.
import { openBucket } from '../../aws/s3.ts';
import { type HistoryPlace, readHistoryEnvironment } from '../environment.ts';
import { log } from '../log.ts';
import { started } from '../wire.ts';
import type { HistoryReader } from './look-back.ts';

export interface HistoryRuntime extends HistoryReader {
  readonly place: HistoryPlace;
}

/** The runtime of this process; see `startRuntime`. */
export function startHistoryRuntime(env = process.env): () => HistoryRuntime {
  return started(
    () => {
      const place = readHistoryEnvironment(env);
      return { place, bucket: openBucket(place.bucket), log, now: Date.now };
    },
    async () => {},
  );
}
