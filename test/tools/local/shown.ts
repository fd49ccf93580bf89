// Paths in what a person reads.
import { relative } from 'node:path';

/** As it is pasted: from here where it is below, else whole. */
export function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}
