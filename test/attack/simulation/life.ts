// A number of days, as lives of ten days each: every life has a seed, and so another configuration, other
// machines and another fate.

import type { Sabotage } from './runtime.ts';
import { Tally } from './tally.ts';
import { World } from './world.ts';

export const DAYS_PER_LIFE = 10;

/** What broke, on which day of which seed, and what happened before. */
export interface Failure {
  readonly seed: number;
  readonly day: number;
  readonly error: unknown;
  readonly journal: string;
}

export interface Lived {
  readonly days: number;
  readonly tally: Tally;
  /** The latest that happened. */
  readonly journal: string;
  readonly failure?: Failure;
}

/** Lives one life until its end or its first broken promise. */
export async function live(seed: number, days = DAYS_PER_LIFE, sabotage: Sabotage = {}): Promise<Lived> {
  const world = new World(seed, sabotage);
  const { tally } = world;
  for (let day = 1; day <= days; day += 1) {
    try {
      await world.day();
    } catch (error) {
      const journal = world.journal;
      return { days: day, tally, journal, failure: { seed, day, error, journal } };
    }
  }
  return { days, tally, journal: world.journal };
}

/** Lives one life after the other, with the seeds from `firstSeed` on, until one fails. */
export async function simulate(
  firstSeed: number,
  days: number,
  sabotage: Sabotage = {},
  onLife: (days: number) => void = () => {},
): Promise<Lived> {
  const tally = new Tally();
  let lived = 0;
  let journal = '';
  for (let seed = firstSeed; lived < days; seed += 1) {
    const life = await live(seed, Math.min(DAYS_PER_LIFE, days - lived), sabotage);
    lived += life.days;
    tally.add(life.tally);
    journal = life.journal;
    if (life.failure) return { days: lived, tally, journal, failure: life.failure };
    onLife(lived);
  }
  return { days: lived, tally, journal };
}

export function describeFailure({ seed, day, error, journal }: Failure): string {
  const what = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  const cause =
    error instanceof Error && error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : '';
  return `seed ${seed}, day ${day}: ${what}${cause}\n\nwhat happened before:\n${journal}`;
}
