// Of the machines that are wanted in a group, how many report: as the last look of the coverage found, where there was one.

import type { CoverageFigures } from '../coverage/coverage.ts';
import type { GroupItem } from '../memory/group.ts';
import { defined } from '../text/defined.ts';

export interface CoverageStanding extends Omit<CoverageFigures, 'strangers'> {
  /** When SLS listed the machines. ISO 8601. */
  readonly at: string;
  readonly strangers?: number;
}

export function coverageIn({ coverage }: Pick<GroupItem, 'coverage'>): CoverageStanding | undefined {
  if (coverage === undefined) return undefined;
  const { at, wanted, reporting, silent, never, starting, elsewhere, strangers } = coverage;
  const figures = { wanted, reporting, silent, never, starting, elsewhere };
  return { at: new Date(at).toISOString(), ...figures, ...defined({ strangers }) };
}
