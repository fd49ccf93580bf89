// Whether the share of machines that report has dropped. It is measured by what is usual in the group: the highest share since
// a drop was last taken for the new usual, so that many small steps down are a drop as one large one is. In words:
//   - a drop is ten points below what is usual, and it is over when half of that is made good;
//   - a drop that has stood for a day is what is usual from then on;
//   - figures of an inventory that was not read whole change nothing: who is missing there cannot be told.

import { DAY } from '../removal/settings.ts';
import { type Coverage, shareOf } from './coverage.ts';

/** Points of the share, of 1. */
const DROP = 0.1;
const RECOVERED = DROP / 2;
/** Shares are quotients: what is ten points below must not hang on the last bit. */
const LEAST = 1e-9;

/** The figures with what is usual, and since when they are far below it. @param now milliseconds since the epoch */
export function withDrop(before: Coverage | undefined, measured: Coverage, now: number): Coverage {
  const { usual, droppedSince } = before ?? {};
  const kept = { ...measured, ...(usual !== undefined && { usual }), ...(droppedSince && { droppedSince }) };
  const share = shareOf(measured);
  if (!measured.whole || share === undefined) return kept;
  const { droppedSince: _, ...well } = kept;
  if (usual === undefined || share >= usual) return { ...well, usual: share };
  const below = usual - share;
  if (droppedSince === undefined)
    return below >= DROP - LEAST ? { ...kept, droppedSince: now } : { ...well, usual };
  if (now - droppedSince >= DAY) return { ...well, usual: share };
  return below > RECOVERED + LEAST ? kept : well;
}

/** Whether it dropped since the figures before. */
export function isNewDrop(before: Coverage | undefined, after: Coverage): boolean {
  return after.droppedSince !== undefined && before?.droppedSince === undefined;
}
