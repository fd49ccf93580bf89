// The promise "no machine is removed by mistake, nothing is lost" over hundreds of hostile days, and the proof
// that the simulation would notice: with any one guard switched off, it fails.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MANNERS } from './inventory.ts';
import { describeFailure, type Lived, live, simulate } from './life.ts';
import { SABOTAGE } from './sabotage.ts';
import { Violation } from './violation.ts';
import { MISHAPS } from './weather.ts';

/** Changed when the simulation no longer meets what it should; seeds.json is for those that found something. */
const FIRST_SEED = 1;
const DAYS = 300;
/** Days in which a missing guard has to show. */
const DAYS_TO_NOTICE = 120;

/** What has to have happened in so many days, or they prove little. */
const EXPECTED = [
  ...['returned', 'threw', 'killed'].map((how) => `run ${how}`),
  ...['in-sync', 'planned', 'written', 'recorded', 'withheld', 'left-alone', 'refused', 'stopped'].map(
    (status) => `group ${status}`,
  ),
  ...[
    'GroupMoved',
    'NotConfirmed',
    'Unauthorized',
    'SecretUnavailable',
    'Timeout',
    'forbidden',
    'malformed',
  ].map((code) => `group failed ${code}`),
  ...['policy', 'incomplete', 'keep-last', 'second-look'].map((by) => `withheld ${by}`),
  ...['empty', 'share', 'count', 'foreign', 'unmarked', 'other-owner', 'identify-mismatch'].map(
    (code) => `refusal ${code}`,
  ),
  ...MISHAPS.map((mishap) => `mishap ${mishap}`),
  ...MANNERS.map((manner) => `inventory ${manner}`),
  ...['CreateMachineGroup', 'UpdateMachineGroup', 'UpdateMachineGroupMachine'].map(
    (name) => `took effect ${name}`,
  ),
  ...['approvals used', 'approvals stale', 'approved in peace', 'rotation', 'rotation in a hurry'],
  ...['calms', 'two runs at once', 'writes raced by others', 'members added', 'members removed'],
];

interface Fixture {
  readonly seed: number;
  readonly days: number;
  /** When and how it was found. */
  readonly origin: string;
  /** What was wrong. */
  readonly why: string;
}

const fixtures = JSON.parse(
  readFileSync(new URL('./seeds.json', import.meta.url), 'utf8'),
) as readonly Fixture[];

function expectNoFailure({ failure }: Lived): void {
  if (failure) expect.fail(describeFailure(failure));
}

test('seeds that once failed fail no more', async () => {
  for (const { seed, days } of fixtures) expectNoFailure(await live(seed, days));
}, 120_000);

test('the same seed lives the same life', async () => {
  const [one, other] = [await live(7, 2), await live(7, 2)];
  expect(one.journal).toBe(other.journal);
  expect(String(one.tally)).toBe(String(other.tally));
  expect(one.tally.of('days')).toBe(2);
});

describe(`${DAYS} days`, () => {
  let lived: Lived;
  test('keep every promise', async () => {
    lived = await simulate(FIRST_SEED, DAYS);
    expectNoFailure(lived);
  }, 120_000);

  // A simulation in which nothing happens keeps every promise as well.
  test.each(EXPECTED)('%s', (what) => {
    expect(lived.tally.of(what)).toBeGreaterThan(0);
  });
});

describe('is noticed when it is off:', () => {
  test.each(SABOTAGE.map((sabotage) => [sabotage.off, sabotage] as const))(
    '%s',
    async (_, sabotage) => {
      const { failure } = await simulate(FIRST_SEED, DAYS_TO_NOTICE, sabotage);
      expect(failure?.error).toBeInstanceOf(Violation);
      expect(sabotage.breaks).toContain((failure as { error: Violation }).error.promise);
    },
    120_000,
  );
});
