// What stands beside every source and every format, collected by the two lists: a kind without it fails the tests.
import { FORMATS } from '../../lib/inventory/formats/kinds.ts';
import { SOURCES } from '../../lib/inventory/sources/kinds.ts';
import type { Sample, Takes } from './taken.ts';

interface Samples {
  readonly SAMPLES: readonly Sample[];
  readonly TAKES: Takes;
}

/** `samples.ts` of every source, by kind. */
export const SOURCE_SAMPLES = new Map<string, Samples>(
  await Promise.all(
    Object.keys(SOURCES).map(
      async (kind) => [kind, await import(`../../lib/inventory/sources/${kind}/samples.ts`)] as const,
    ),
  ),
);

/** `samples.ts` of every format, by name. */
export const FORMAT_SAMPLES = new Map<string, Samples>(
  await Promise.all(
    Object.keys(FORMATS).map(
      async (name) => [name, await import(`../../lib/inventory/formats/${name}/samples.ts`)] as const,
    ),
  ),
);
