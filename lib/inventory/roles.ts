// Roles of other accounts, each assumed once a run. Their sessions last for as long as a run can.

import { canonicalJson } from '../core/text/digest.ts';
import type { Readings } from './readings.ts';

/**
 * In the region of whoever asks first; in the own one where it is refused there, since that may be a region that another
 * group's source alone can use.
 * @param role whatever makes it another one
 */
export async function assumeOnce<T>(
  readings: Readings,
  role: unknown,
  region: string,
  assumeIn: (region: string, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const shared = <V>(what: string, begin: (stop: AbortSignal) => Promise<V>) =>
    readings.share(canonicalJson([what, role]), Number.POSITIVE_INFINITY, begin, signal);
  const first = await shared('region', async () => region);
  try {
    return await shared('session', (stop) => assumeIn(first, stop));
  } catch (error) {
    if (first === region || signal.aborted) throw error;
    return await shared(`session of ${region}`, (stop) => assumeIn(region, stop));
  }
}
