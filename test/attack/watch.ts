// What came out of a test file, and whether it held one of the suites' secrets. watch-setup.ts asks in the end.
import { expect } from 'vitest';
import { FAKE, MARKERS, secretsIn } from './markers.ts';

/** Characters that are searched again with the next piece: a secret may come in two of them. */
const KEPT = 2 * Math.max(FAKE.length, ...Object.values(MARKERS).map(({ length }) => length));

const SEEN = Symbol.for('secrets that came out');
/** One list for all instances of this module: tests load modules afresh. */
const shared = globalThis as { [SEEN]?: string[] };
shared[SEEN] ??= [];
const seen = shared[SEEN];

/** @returns takes what a stream carries, piece by piece */
export function watcher(): (chunk: unknown) => void {
  let before = '';
  return (chunk) => {
    const text = before + (chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk));
    const where = expect.getState().currentTestName ?? 'outside of tests';
    for (const found of secretsIn(text)) seen.push(`${where}: ${found}`);
    before = text.slice(-KEPT);
  };
}

/** @throws Error with every secret that has come out since the last time */
export function expectNoSecrets(): void {
  const found = new Set(seen.splice(0));
  if (found.size > 0) throw new Error(`secrets came out\n${[...found].join('\n')}`);
}
