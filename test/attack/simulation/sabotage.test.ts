// The proof that the simulation notices: with any one guard switched off, it fails.
import { expect, test } from 'vitest';
import { simulate } from './life.ts';
import { SABOTAGE } from './sabotage.ts';
import { Violation } from './violation.ts';

const FIRST_SEED = 1;
/** Days in which a missing guard has to show: as many as `npm run test:all` lives through. */
const DAYS = 300;

test.each(SABOTAGE.map((sabotage) => [sabotage.off, sabotage] as const))(
  'is noticed when it is off: %s',
  async (_, sabotage) => {
    const { failure } = await simulate(sabotage.firstSeed ?? FIRST_SEED, DAYS, sabotage);
    expect(failure?.error).toBeInstanceOf(Violation);
    expect(sabotage.breaks).toContain((failure as { error: Violation }).error.promise);
  },
  300_000,
);
