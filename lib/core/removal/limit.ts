// The limit for removals without proof. In words:
//   - counted is everything that is missing without proof, ripe or not, and what went that way before. Additions
//     do not make up for removals: that a group grows back does not bring back the logs;
//   - in 24 hours at most `maxRemovalShare` of the members that are older than a day may go, in 7 days half of them,
//     or `maxRemovalShare` where that is more. Those that went in that time count among them, so that it is the same
//     whether they go at once or one by one; but once alone, where others came in their place;
//   - `maxSmallRemovals` may go in either time where that is more;
//   - where nothing is wanted at all, nothing goes.
// Beyond the limit none of them goes, and a person is asked. Additions flow.

import type { Refusal, UnprovenCode } from '../refusal/codes.ts';
import type { RemovalMemory } from './memory.ts';
import { DAY, type RemovalSettings } from './settings.ts';
import { within } from './tally.ts';

export interface LimitFigures {
  readonly members: number;
  /** Members older than a day, as far as the memory knows. */
  readonly older: number;
  /** Missing without proof, ripe or not. */
  readonly unproven: number;
  readonly day: Window;
  readonly week: Window;
}

export interface Window {
  /** Removals without proof so far. */
  readonly gone: number;
  /** Members that the share is taken of: the older ones, and those that went and were not replaced. */
  readonly of: number;
  readonly limit: number;
}

export interface LimitCase {
  readonly memory: RemovalMemory;
  readonly members: number;
  readonly unproven: number;
  readonly settings: RemovalSettings;
  readonly now: number;
}

export function limitFigures({ memory, members, unproven, settings, now }: LimitCase): LimitFigures {
  const young = within(memory.added, now, DAY);
  const older = Math.max(0, members - young);
  const window = (span: number, share: number): Window => {
    const gone = within(memory.weak, now, span);
    const replaced = within(memory.added, now, span) - young;
    const of = older + Math.max(0, gone - replaced);
    return { gone, of, limit: Math.max(wholeShare(of, share), settings.maxSmallRemovals) };
  };
  const { maxRemovalShare: share } = settings;
  return { members, older, unproven, day: window(DAY, share), week: window(7 * DAY, weekShare(share)) };
}

/** Why no removal without proof may be made; undefined if they may. */
export function beyondLimit(
  figures: LimitFigures,
  settings: RemovalSettings,
): Refusal<UnprovenCode> | undefined {
  const { day, week } = figures;
  const { maxRemovalShare: share, maxSmallRemovals: few } = settings;
  if (figures.unproven + day.gone > day.limit) {
    return {
      code: 'day-limit',
      says: limitText(figures, day, '24 hours', shareText(`maxRemovalShare ${percent(share)}`, day, few)),
    };
  }
  if (figures.unproven + week.gone > week.limit) {
    return {
      code: 'week-limit',
      says: limitText(figures, week, '7 days', shareText(percent(weekShare(share)), week, few)),
    };
  }
  return undefined;
}

export function nothingWanted(members: number, unproven: number): Refusal<UnprovenCode> {
  return {
    code: 'empty',
    says: `the inventory has no machine for the group, and ${unproven} of ${members} members are missing without proof`,
  };
}

export const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;

const weekShare = (share: number): number => Math.max(0.5, share);

function limitText({ members, unproven }: LimitFigures, { gone, limit }: Window, span: string, why: string) {
  const missing = `${unproven} of ${members} members ${unproven === 1 ? 'is' : 'are'} missing`;
  const machines = unproven === 1 ? 'its machine is gone' : 'their machines are gone';
  const before = gone === 0 ? '' : `, ${gone} of which went already`;
  return `${missing}, and nothing proves that ${machines}; without proof at most ${limit} may go in ${span}${before} (${why})`;
}

function shareText(share: string, { of }: Window, few: number): string {
  const taken =
    of === 0 ? 'no member is older than a day' : `${share} of the ${of} that are older than a day`;
  return `${taken}, maxSmallRemovals ${few}`;
}

/**
 * The most that is not above the share. Decided by a division, which is exact where the share is met exactly
 * (3/10 and 0.3 are the same double), while 0.3 × members may fall on either side.
 */
export function wholeShare(members: number, share: number): number {
  const near = Math.round(members * share);
  return members === 0 || near / members <= share ? near : near - 1;
}
