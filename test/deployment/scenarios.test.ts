// Sixteen scenarios of rows of runs and of several writers, each of which went wrong once, and where its tests are. The title of
// a test begins with the number of its scenario in brackets.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** What is wanted, and the files of its tests. */
const SCENARIOS: Readonly<Record<number, readonly [string, ...string[]]>> = {
  1: ['an inventory that fades removes no machine that reports', 'unit/core/scenarios.test.ts'],
  2: [
    'a group whose mark is gone is told',
    'unit/core/plan/plan.test.ts',
    'unit/core/verdict/judge.test.ts',
    'unit/runtime/watch.test.ts',
  ],
  3: [
    'a group that no document names is told as an orphan',
    'unit/core/verdict/telling.test.ts',
    'unit/runtime/watch.test.ts',
  ],
  4: [
    'one record without an address is told after a day',
    'unit/core/scenarios.test.ts',
    'unit/core/verdict/judge.test.ts',
    'unit/runtime/watch.test.ts',
  ],
  5: [
    'a source that fails is told after an hour',
    'unit/core/verdict/judge.test.ts',
    'unit/runtime/watch.test.ts',
  ],
  6: ['one writer of a group at a time', 'attack/writers/writers.test.ts', 'unit/runtime/two-runs.test.ts'],
  7: ['never more goes than was approved', 'unit/runtime/two-runs.test.ts'],
  8: ['no stop for all is promised', 'unit/core/config/config.test.ts'],
  9: ['a small group that is replaced whole gets its new members', 'unit/core/scenarios.test.ts'],
  10: ['what worked is not sent again', 'unit/runtime/group-access.test.ts'],
  11: ['reports say what is known', 'unit/runtime/group-access.test.ts'],
  12: ['a failed group is tried again within a period', 'attack/retry/retry.test.ts'],
  13: ['an event before its source shows it', 'attack/retry/retry.test.ts', 'unit/core/scenarios.test.ts'],
  14: ['a direct invocation gives its report and fails', 'functions/sync.test.ts'],
  15: [
    'what stands is told once a day, and fits',
    'unit/core/verdict/telling.test.ts',
    'unit/runtime/watch.test.ts',
  ],
  16: [
    'each alarm rings for one thing',
    'deployment/alarms.test.ts',
    'unit/core/verdict/telling.test.ts',
    'unit/runtime/watch.test.ts',
  ],
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A title, or a row of a table that becomes one. */
const TAG = /['"`]\[(\d+)\] [a-z]/g;

/** Files of tests, by the numbers that their titles carry. */
const found = Map.groupBy(
  readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .flatMap((path) => {
      const numbers = [...readFileSync(`${ROOT}${path}`, 'utf8').matchAll(TAG)].map(([, number]) =>
        Number(number),
      );
      return [...new Set(numbers)].map((number) => ({ number, path }));
    }),
  ({ number }) => number,
);

describe('the sixteen scenarios', () => {
  test('are these', () => {
    expect(Object.keys(SCENARIOS).map(Number)).toEqual(Array.from({ length: 16 }, (_, at) => at + 1));
  });

  test.each(Object.entries(SCENARIOS))('%s has its tests where the list says', (number, [, ...places]) => {
    const paths = (found.get(Number(number)) ?? []).map(({ path }) => path).sort();
    expect(paths).toEqual([...places].sort());
  });

  test('are all that the titles of tests number', () => {
    expect([...found.keys()].filter((number) => !(number in SCENARIOS))).toEqual([]);
  });
});
