// Where a run leaves readings for its workers: objects of one bucket, which the run alone may write. The SDK of S3 is loaded by
// the first of them.

import { HANDED_CALL_MS } from '../../core/time/timeouts.ts';

export interface ReadingStore {
  /** @throws ReadError */
  readonly put: (key: string, bytes: Uint8Array) => Promise<void>;
  /** @throws ReadError */
  readonly get: (key: string) => Promise<Uint8Array>;
}

/** More than the machines of one batch need: 200 groups of 2 000 with long names are 40 MiB. */
const MAX_BYTES = 64 * 1024 * 1024;

export function readingStore(bucket: string): ReadingStore {
  const signal = () => AbortSignal.timeout(HANDED_CALL_MS);
  return {
    put: async (key, bytes) => {
      const { writeObject } = await import('../../aws/s3.ts');
      await writeObject({ bucket, key }, bytes, { signal: signal() }, {});
    },
    get: async (key) => {
      const { readObject } = await import('../../aws/s3.ts');
      return (await readObject({ bucket, key }, { maxBytes: MAX_BYTES, signal: signal() }, {})).bytes;
    },
  };
}
