// What a suite of the benchmark found, and the tables it is printed as.
import { type Ratio, ratioOf, type Series, type Summary, summary } from './statistics.ts';

export interface Goal {
  readonly ratio: Ratio;
  readonly says: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Result {
  readonly title: string;
  /** Name, unit and values. */
  readonly figures: readonly (readonly [name: string, unit: string, values: Summary])[];
  /** What needs one row for several values. */
  readonly rows?: { readonly columns: readonly string[]; readonly values: readonly (readonly string[])[] };
  readonly goals: readonly Goal[];
  readonly notes: readonly string[];
}

export const figure = (series: Series, name: string, unit: string) =>
  [name, unit, summary(series[name] ?? [])] as const;

export const goal = (
  series: Series,
  of: string,
  to: string,
  limit: { says: string; atMost?: number; atLeast?: number },
): Goal => ({ ratio: ratioOf(series, of, to), ...limit });

/** A single number as a figure. */
export const single = (value: number): Summary => ({ median: value, p25: value, p75: value, samples: 1 });

function isMet({ ratio, atMost, atLeast }: Goal): boolean {
  return ratio.median <= (atMost ?? Number.POSITIVE_INFINITY) && ratio.median >= (atLeast ?? 0);
}

function limit({ atMost, atLeast }: Goal): string {
  if (atMost !== undefined) return `≤ ${atMost}`;
  return atLeast === undefined ? '' : `≥ ${atLeast}`;
}

export function asMarkdown({ title, figures, rows, goals, notes }: Result): string {
  const lines = [`## ${title}`, ''];
  if (figures.length > 0) {
    lines.push('| | median | quartiles | samples |', '|---|---:|---:|---:|');
    for (const [name, unit, { median, p25, p75, samples }] of figures) {
      const spread = samples === 1 ? '' : `${short(p25)} – ${short(p75)}`;
      lines.push(`| ${name} | ${short(median)} ${unit} | ${spread} | ${samples} |`);
    }
    lines.push('');
  }
  if (rows !== undefined) {
    lines.push(`| | ${rows.columns.join(' | ')} |`, `|---|${'---:|'.repeat(rows.columns.length)}`);
    lines.push(...rows.values.map((row) => `| ${row.join(' | ')} |`), '');
  }
  if (goals.length > 0) {
    lines.push('| ratio | of medians | quartiles | goal | |', '|---|---:|---:|---:|---|');
    for (const one of goals) {
      const { median, p25, p75, samples } = one.ratio;
      const spread = samples === 1 ? '' : `${short(p25)} – ${short(p75)}`;
      const verdict = limit(one) === '' ? '' : isMet(one) ? 'met' : 'missed';
      lines.push(`| ${one.says} | ${short(median)} | ${spread} | ${limit(one)} | ${verdict} |`);
    }
    lines.push('');
  }
  return [...lines, ...notes.map((note) => `- ${note}`), ''].join('\n');
}

/** Three significant digits, or all of a greater whole number, in groups of three. */
export function short(value: number): string {
  const rounded = Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en').replaceAll(',', ' ');
}
