// Coverage as answers and the command line tell it, and the figures over all groups.

import { defined } from '../text/defined.ts';
import { type Coverage, type CoverageFigures, type CoverageOfIds, shareOf } from './coverage.ts';
import type { KeptCoverage } from './kept.ts';

export interface GroupCoverage extends Partial<CoverageFigures> {
  /** `project/name`. */
  readonly group: string;
  /** ISO 8601; missing where nobody has measured yet, as all figures are. */
  readonly at?: string;
  readonly ageSeconds?: number;
  /** Of the machines that could report, those that do, 0 to 1; missing where none could. */
  readonly share?: number;
  readonly whole?: boolean;
  readonly names?: Coverage['names'];
  readonly ids?: CoverageOfIds;
  /** ISO 8601; since when the share is far below what is usual. */
  readonly droppedSince?: string;
  /** Since when nobody can tell, and why: the figures are of before. */
  readonly unmeasured?: { readonly since: string; readonly says: string };
}

export interface CoverageTotals extends CoverageFigures {
  readonly groups: number;
  readonly unmeasured: number;
  readonly dropped: number;
  /** Of the groups where anybody knows. */
  readonly strangers: number;
  readonly share?: number;
}

export interface CoverageReport {
  readonly total: CoverageTotals;
  /** Those that report least first. */
  readonly groups: readonly GroupCoverage[];
  /** Groups that an answer has no room for: those that report most. */
  readonly leftOut: number;
}

export interface KeptGroup extends KeptCoverage {
  readonly group: string;
}

/** @param now milliseconds since the epoch @param within how many of the groups there is room for */
export function coverageReport(
  kept: readonly KeptGroup[],
  now: number,
  within: (groups: readonly GroupCoverage[]) => readonly GroupCoverage[] = (groups) => groups,
): CoverageReport {
  const all = kept.map((one) => groupCoverage(one, now)).sort((one, other) => rank(one) - rank(other));
  const groups = within(all);
  return { total: totalsOf(kept), groups, leftOut: all.length - groups.length };
}

/** Figures over all groups that have any: of one that could not be measured now those before, so that it is no drop. */
export function totalsOf(kept: readonly KeptGroup[]): CoverageTotals {
  const measured = kept.flatMap(({ coverage }) => coverage ?? []);
  const sum = (of: (coverage: Coverage) => number) => measured.reduce((total, one) => total + of(one), 0);
  const figures = {
    wanted: sum(({ wanted }) => wanted),
    reporting: sum(({ reporting }) => reporting),
    silent: sum(({ silent }) => silent),
    never: sum(({ never }) => never),
    starting: sum(({ starting }) => starting),
    elsewhere: sum(({ elsewhere }) => elsewhere),
    strangers: sum(({ strangers = 0 }) => strangers),
  };
  return {
    groups: kept.length,
    unmeasured: kept.filter(({ coverage, unmeasured }) => unmeasured !== undefined || coverage === undefined)
      .length,
    dropped: measured.filter(({ droppedSince }) => droppedSince !== undefined).length,
    ...figures,
    ...defined({ share: rounded(shareOf(figures)) }),
  };
}

function groupCoverage({ group, coverage, unmeasured }: KeptGroup, now: number): GroupCoverage {
  const vain = unmeasured && { since: iso(unmeasured.since), says: unmeasured.says };
  if (coverage === undefined) return { group, ...defined({ unmeasured: vain }) };
  const { at, usual: _, droppedSince, strangers, ids, ...figures } = coverage;
  return {
    group,
    at: iso(at),
    ageSeconds: Math.max(0, Math.round((now - at) / 1_000)),
    ...figures,
    ...defined({
      strangers,
      ids,
      share: rounded(shareOf(coverage)),
      droppedSince: droppedSince === undefined ? undefined : iso(droppedSince),
      unmeasured: vain,
    }),
  };
}

/** The lowest share first, then what nobody knows, then groups that want nobody. */
function rank({ share, at }: GroupCoverage): number {
  return share ?? (at === undefined ? 1 : 2);
}

const rounded = (share: number | undefined) =>
  share === undefined ? undefined : Math.round(share * 10_000) / 10_000;

const iso = (at: number): string => new Date(at).toISOString();
