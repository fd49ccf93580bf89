// Samples, their spread, and the ratio of two series that were measured in turns.

export interface Summary {
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
  readonly samples: number;
}

export interface Ratio extends Summary {
  /** What stands above and below the line. */
  readonly of: string;
  readonly to: string;
}

export type Series = Record<string, number[]>;

/** Each measures once, and gives figures by name. */
export type Subjects = Readonly<Record<string, () => Promise<Readonly<Record<string, number>>>>>;

/**
 * Measures every subject once in each round, in an order that turns, so that whatever else the machine does
 * falls on all of them alike.
 * @param subjects gives figures by name for each subject; `subject.figure` names a series of the result
 */
export async function inTurns(rounds: number, subjects: Subjects): Promise<Series> {
  const names = Object.keys(subjects);
  const series: Series = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const index of names.keys()) {
      const name = names[(index + round) % names.length] as string;
      for (const [figure, value] of Object.entries(await (subjects[name] as () => Promise<object>)())) {
        series[`${name}.${figure}`] ??= [];
        series[`${name}.${figure}`]?.push(value);
      }
    }
  }
  return series;
}

export function summary(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { median, p25: at(0.25), p75: at(0.75), samples: sorted.length };
}

/** The ratio of the medians; its spread is that of the ratios round by round. */
export function ratioOf(series: Series, of: string, to: string): Ratio {
  const above = series[of] ?? [];
  const below = series[to] ?? [];
  const { p25, p75, samples } = summary(above.map((value, round) => value / (below[round] as number)));
  return { of, to, median: summary(above).median / summary(below).median, p25, p75, samples };
}
