// What holds candidates of a group back: an empty inventory, too many silent at once, an open breaker, the limit.

import type { Refusal, UnprovenCode, WaitsCode } from '../refusal/codes.ts';
import type { Breaker } from './breaker.ts';
import type { Examination } from './examine.ts';
import { beyondLimit, type LimitFigures, nothingWanted } from './limit.ts';
import type { Candidate, Removal, Waiting } from './outcome.ts';

export interface HoldOptions {
  readonly allowEmpty: boolean;
  /** Of the reading that this group is part of. */
  readonly breaker?: Breaker | undefined;
}

export interface Held {
  readonly goes: readonly Removal[];
  readonly waits: readonly Waiting[];
  readonly refusals: readonly Refusal<UnprovenCode>[];
}

export const NOTHING_WANTED = 'the inventory has no machine for the group';

/** Per cent of a group that may go at once because it is silent. */
const SILENT_SHARE_MAX = 90;

export function hold(
  candidates: readonly Candidate[],
  { reading, members, settings }: Examination,
  figures: LimitFigures,
  { allowEmpty, breaker }: HoldOptions,
): Held {
  if (candidates.length === 0) return { goes: [], waits: [], refusals: [] };
  const isEmpty = reading.wanted.size === 0;
  if (isEmpty && allowEmpty) return { goes: candidates.map(asRemoval), waits: [], refusals: [] };
  const weak = candidates.filter((candidate) => candidate.weak);
  if (isEmpty) {
    const refusal = nothingWanted(members.size, figures.unproven);
    return {
      goes: [],
      waits: candidates.map((candidate) => asWaiting(candidate, 'empty', NOTHING_WANTED)),
      refusals: weak.length > 0 ? [refusal] : [],
    };
  }
  const silent = candidates.filter((candidate) => candidate.class === 'silent').length;
  const tooSilent = silent * 100 > members.size * SILENT_SHARE_MAX;
  const refusal =
    weak.length === 0
      ? undefined
      : breaker?.open
        ? { code: 'breaker' as const, says: breaker.says }
        : beyondLimit(figures, settings);
  const goes: Removal[] = [];
  const waits: Waiting[] = [];
  for (const candidate of candidates) {
    if (candidate.class === 'silent' && tooSilent) {
      waits.push(asWaiting(candidate, 'silent-share', outageSays(silent, members.size)));
    } else if (candidate.weak && refusal) {
      waits.push(asWaiting(candidate, refusal.code === 'breaker' ? 'breaker' : 'limit', refusal.says));
    } else {
      goes.push(asRemoval(candidate));
    }
  }
  return { goes, waits, refusals: refusal ? [refusal] : [] };
}

function outageSays(silent: number, members: number): string {
  return `${silent} of ${members} members are silent at once, which looks like an outage; at most ${SILENT_SHARE_MAX} % may be removed that way`;
}

function asRemoval({ member, class: found, weak, says }: Candidate): Removal {
  return { member, class: found, weak, says };
}

function asWaiting({ member, ripeSince }: Candidate, reason: WaitsCode, says: string): Waiting {
  return { member, for: reason, ripeSince, says };
}
