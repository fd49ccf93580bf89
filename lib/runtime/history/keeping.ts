// The door to the history: what is behind it is loaded by the first record that there is.
import type { HistoryRecord } from '../../core/history/record.ts';
import { loggedError } from '../log.ts';
import type { Runtime } from '../wire.ts';

/**
 * Keeps a record, if there is one. Never rejects.
 * @param due when it has to be over, in milliseconds since the epoch
 */
export type Keep = (make: () => HistoryRecord | undefined, due: number) => Promise<void>;

/** Undefined where no history is kept. */
export function keeping({ config, log, now }: Pick<Runtime, 'config' | 'log' | 'now'>): Keep | undefined {
  const { history: place } = config;
  if (place === undefined) return undefined;
  return async (make, due) => {
    try {
      const record = make();
      if (record === undefined) return;
      const { keepRecord } = await import('./keep.ts');
      await keepRecord(record, due, { place, log, now, told: loggedError });
    } catch (error) {
      log('error', 'history.lost', { error: loggedError(error) });
    }
  };
}
