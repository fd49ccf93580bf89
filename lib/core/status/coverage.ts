// Of the machines that are wanted in a group, how many report: as the last look of the coverage found, where there was one.

import { defined } from '../text/defined.ts';

export interface Coverage {
  readonly wanted: number;
  readonly reporting: number;
  readonly silent: number;
  readonly never: number;
  readonly starting: number;
  readonly elsewhere: number;
  readonly strangers?: number | undefined;
}

export interface CoverageStanding extends Omit<Coverage, 'strangers'> {
  /** When SLS listed the machines. ISO 8601. */
  readonly at: string;
  readonly strangers?: number;
}

/** @param item of a group, which has a `coverage` once it was measured */
export function coverageIn(item: object): CoverageStanding | undefined {
  const { coverage } = item as { readonly coverage?: Coverage & { readonly at: number } };
  if (coverage === undefined) return undefined;
  const { at, wanted, reporting, silent, never, starting, elsewhere, strangers } = coverage;
  const figures = { wanted, reporting, silent, never, starting, elsewhere };
  return { at: new Date(at).toISOString(), ...figures, ...defined({ strangers }) };
}
