// How many of the machines that are wanted in a group report, as it is kept and told. A machine is of one class:
//   - reporting: a heartbeat under its member is younger than `silentAfter`, by the clock of SLS;
//   - elsewhere: it reports, but under another address that the inventory knows of it, or in another group;
//   - silent: it has reported here, and does not any more;
//   - starting: it has never reported here, and the sync has added as many members in the last hour or two;
//   - never: it has never reported here.
// Strangers report here and are in no inventory of the project's groups.

import { cut } from '../text/few.ts';

/** Names of each class that are kept; all are counted. */
export const NAMES_KEPT = 5;
/** Characters of one of them. */
const NAME_MAX = 100;

export const UNCOVERED = ['silent', 'never', 'elsewhere', 'strangers'] as const;
export type Uncovered = (typeof UNCOVERED)[number];

export interface CoverageFigures {
  /** All classes but strangers together. */
  readonly wanted: number;
  readonly reporting: number;
  readonly silent: number;
  readonly never: number;
  readonly starting: number;
  readonly elsewhere: number;
  /** Nobody knows who is one where an inventory of the project was not read, or not whole. */
  readonly strangers?: number | undefined;
}

/** Of a group of ids. */
export interface CoverageOfIds {
  /** Ids that are wanted. */
  readonly wanted: number;
  /** Machines that report under them. */
  readonly machines: number;
  /** Those under the id that most report under. */
  readonly most: number;
}

export interface Coverage extends CoverageFigures {
  /** When SLS listed the machines, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether the inventory was read whole. If not, the figures are of the machines that it did show. */
  readonly whole: boolean;
  /** The first few of each class. */
  readonly names: Readonly<Record<Uncovered, readonly string[]>>;
  readonly ids?: CoverageOfIds | undefined;
  /** The share that a drop is measured by, 0 to 1; see `withDrop`. */
  readonly usual?: number | undefined;
  /** Since when the share has been far below it, in milliseconds since the epoch. */
  readonly droppedSince?: number | undefined;
}

/** Since when nobody could tell, and why. */
export interface Unmeasured {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly says: string;
}

/** Of the machines that could report, those that do, 0 to 1; undefined where there is none. */
export function shareOf({ wanted, starting, reporting }: CoverageFigures): number | undefined {
  const due = wanted - starting;
  return due > 0 ? reporting / due : undefined;
}

/** The first few of them, each cut. */
export function shownNames(names: readonly string[]): readonly string[] {
  return names.slice(0, NAMES_KEPT).map((name) => cut(name, NAME_MAX));
}
