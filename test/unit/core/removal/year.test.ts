// A year of runs over each world: machines removed while they belonged, and times that a person was asked.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { share } from '../../../support/whole.ts';
import { live, rulesOverTime, rulesRunByRun } from './model/life.ts';
import { PAGE, pageOf, type Row, rowOf } from './model/page.ts';
import { FURTHER, SCENARIOS } from './model/scenarios.ts';

const TIMEOUT = 120_000;
const rows = new Map<string, Row>();

describe('a year: wrongly removed / asked', () => {
  test.each([...SCENARIOS, ...FURTHER])(
    '$name gives $runByRun run by run, $overTime over time',
    { timeout: TIMEOUT },
    (scenario) => {
      const row = rowOf(scenario);
      rows.set(row.name, row);
      expect(row).toEqual({ name: scenario.name, runByRun: scenario.runByRun, overTime: scenario.overTime });
    },
  );

  test('docs/removal-model.md has these figures (write it with node test/unit/core/removal/model/write.ts)', async () => {
    const of = (scenarios: typeof SCENARIOS) => scenarios.map(({ name }) => rows.get(name) as Row);
    expect(await readFile(PAGE, 'utf8')).toBe(pageOf(of(SCENARIOS), of(FURTHER)));
  });
});

describe('machines that are gone leave the group', () => {
  test.each(SCENARIOS)('in the life $name', { timeout: TIMEOUT }, ({ world }) => {
    const lived = world(33);
    const { members } = live(lived, 33, rulesOverTime());
    // At midnight nothing is under way but the machines that a day left behind an hour ago.
    expect(members).toBe(lived.inventory.findLast(({ at }) => at < Date.UTC(2026, 1, 3))?.wanted.size);
  });
});

describe('stepping over runs in which nothing can change', () => {
  const DAYS = 12;
  // Every run of every world is what the stepping is there to spare: `npm test` has the first.
  test.each(share(SCENARIOS.slice(0, 1), SCENARIOS))(
    'gives the same as all 3 456 runs for $name',
    { timeout: TIMEOUT },
    ({ world }) => {
      for (const rules of [rulesRunByRun, rulesOverTime]) {
        const { evaluated, ...stepped } = live(world(DAYS), DAYS, rules());
        const { evaluated: all, ...whole } = live(world(DAYS), DAYS, rules(), true);
        expect(all).toBe(3_456);
        expect(evaluated).toBeLessThan(all);
        expect(stepped).toEqual(whole);
      }
    },
  );
});
