// Random items, with names as long and as odd as somebody may choose.
import fc from 'fast-check';
import { type Coverage, NAMES_KEPT } from '../../../../lib/core/coverage/coverage.ts';
import { type GroupItem, VERDICTS } from '../../../../lib/core/memory/group.ts';
import { type Lease, pendingOf } from '../../../../lib/core/memory/pending.ts';
import type { Missing, RemovalMemory } from '../../../../lib/core/removal/memory.ts';
import { cut } from '../../../../lib/core/text/few.ts';

const time = fc.integer({ min: 0, max: 4e12 });
const count = fc.integer({ min: 0, max: 1e6 });
export const name = fc.oneof(
  fc.ipV4(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('__proto__', 'constructor', '"', '\u0000', '中文', '\ud800'),
);

const seen = fc.record({
  hostId: name,
  uniqueId: name,
  heartbeat: fc.integer({ min: 0, max: 4e9 }),
  at: time,
});
const missing: fc.Arbitrary<Missing> = fc.oneof(
  fc.record({ since: time, readings: count }),
  fc.record({ since: time, readings: count, seen }),
);
/** As many as fit, however they are escaped. */
const names = fc.array(
  name.map((text) => cut(text, 10)),
  { maxLength: NAMES_KEPT },
);
const counts = fc
  .uniqueArray(fc.tuple(count, count), { maxLength: 20, selector: ([at]) => at })
  .map((entries) => new Map(entries));

export const removalMemory: fc.Arbitrary<RemovalMemory> = fc.record({
  since: time,
  readingAt: time,
  missing: fc
    .uniqueArray(fc.tuple(name, missing), { maxLength: 30, selector: ([member]) => member })
    .map((entries) => new Map(entries)),
  added: counts,
  weak: counts,
});

export const pending = fc
  .record({ removals: fc.array(name), additions: fc.array(name), weak: count })
  .map(({ removals, additions, weak }) => pendingOf(removals, additions, weak));

export const lease: fc.Arbitrary<Lease> = fc.record({ holder: fc.uuid(), since: time, until: time, pending });

const coverage: fc.Arbitrary<Coverage> = fc.record(
  {
    at: time,
    wanted: count,
    reporting: count,
    silent: count,
    never: count,
    starting: count,
    elsewhere: count,
    strangers: count,
    whole: fc.boolean(),
    names: fc.record({
      silent: names,
      never: names,
      elsewhere: names,
      strangers: names,
    }),
    ids: fc.record({ wanted: count, machines: count, most: count }),
    usual: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
    droppedSince: time,
  },
  {
    requiredKeys: ['at', 'wanted', 'reporting', 'silent', 'never', 'starting', 'elsewhere', 'whole', 'names'],
  },
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

export const groupItem: fc.Arbitrary<GroupItem> = fc.record({
  lease: maybe(lease),
  again: maybe(time),
  verdict: maybe(fc.record({ is: fc.constantFrom(...VERDICTS), since: time, code: name, says: name })),
  failingSince: maybe(time),
  incompleteSince: maybe(time),
  goodRuns: maybe(count),
  ack: maybe(fc.record({ who: name, reason: name, at: time, until: time, code: name })),
  mark: maybe(
    fc.oneof(
      fc.record({ is: name, at: time }),
      fc.record({ is: name, at: time, replaced: fc.record({ by: name, at: time }) }),
    ),
  ),
  lookedAt: maybe(time),
  notice: maybe(fc.record({ at: time, digest: fc.stringMatching(/^[0-9a-f]{64}$/) })),
  removal: maybe(removalMemory),
  coverage: maybe(coverage),
  unmeasured: maybe(fc.record({ since: time, says: name })),
  bindings: maybe(
    fc.record(
      { at: time, digest: name, missing: names, says: name },
      { requiredKeys: ['at', 'digest', 'missing'] },
    ),
  ),
  removed: counts,
});
