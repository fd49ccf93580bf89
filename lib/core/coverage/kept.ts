// What is kept of a group's coverage after a look. The table is written when a figure changes and once an hour, since a write a
// run for each group would cost more than it says.

import { HOUR } from '../removal/settings.ts';
import type { Coverage, Unmeasured } from './coverage.ts';
import { withDrop } from './drop.ts';

/** Part of a group's item. */
export interface KeptCoverage {
  readonly coverage?: Coverage | undefined;
  readonly unmeasured?: Unmeasured | undefined;
}

/** What a look came to: figures, or a sentence on why there are none. */
export type Look = { readonly coverage: Coverage } | { readonly says: string };

/** A look in vain keeps the figures before it: nobody knows that they have changed. @param now milliseconds since the epoch */
export function keptCoverage(before: KeptCoverage, look: Look, now: number): KeptCoverage {
  if ('says' in look) {
    const { says } = look;
    return { coverage: before.coverage, unmeasured: { since: before.unmeasured?.since ?? now, says } };
  }
  const coverage = withDrop(before.coverage, look.coverage, now);
  const isSame =
    before.coverage !== undefined &&
    coverage.at - before.coverage.at < HOUR &&
    JSON.stringify(sorted({ ...coverage, at: 0 })) === JSON.stringify(sorted({ ...before.coverage, at: 0 }));
  return { coverage: isSame ? before.coverage : coverage, unmeasured: undefined };
}

/** A value whose texts are the same whatever the order of its fields, and whichever of them are undefined. */
function sorted(coverage: Coverage): unknown {
  return Object.entries(coverage)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) =>
      name === 'names' || name === 'ids' ? [name, Object.entries(value).sort()] : [name, value],
    );
}
