// Sorts everything that is missing: what a person approved, what has to wait whatever the limits say, and the rest,
// which the limits judge.

import { type Examination, stays } from './examine.ts';
import { isNew, type Missing } from './memory.ts';
import type { Candidate, Removal, Waiting } from './outcome.ts';
import { READINGS_MIN } from './settings.ts';
import type { Evidence } from './witness.ts';

export interface Sorted {
  readonly approved: readonly Removal[];
  readonly waits: readonly Waiting[];
  /** Ripe, and not kept by the witness. */
  readonly candidates: readonly Candidate[];
}

export function sort(examination: Examination): Sorted {
  const { memory, evidence, now } = examination;
  const approved: Removal[] = [];
  const waits: Waiting[] = [];
  const candidates: Candidate[] = [];
  const trusts = !isNew(memory, now);
  for (const member of examination.patience.missing) {
    const entry = memory.missing.get(member);
    const early = tooEarly(member, entry, examination);
    if (early) {
      waits.push({ member, ...early });
    } else if (examination.approved.has(member)) {
      approved.push({ member, class: 'approved', weak: false, says: 'a person approved it' });
    } else {
      const ripeSince = (entry as Missing).since + examination.settings.removeAfter * 1_000;
      const found = evidence.get(member) ?? NOT_ASKED;
      if (stays(found)) {
        waits.push({ member, for: found.class as 'alive', ripeSince, says: found.says });
      } else {
        const weak = found.class === 'unheard' || !trusts;
        candidates.push({ member, class: found.class as 'silent', weak, says: found.says, ripeSince });
      }
    }
  }
  return { approved, waits, candidates };
}

const NOT_ASKED: Evidence = { class: 'unheard', says: 'heartbeats were not looked at', machines: 0 };

function tooEarly(
  member: string,
  entry: Missing | undefined,
  { reading, patience, approved, settings }: Examination,
): Pick<Waiting, 'for' | 'says'> | undefined {
  if (!reading.complete) {
    return {
      for: 'incomplete',
      says: 'the inventory was not read completely, so the member may be in the rest',
    };
  }
  if (patience.older) {
    return { for: 'older-reading', says: 'a newer reading has been acted on' };
  }
  const isSeen = entry !== undefined && entry.since <= reading.beganAt;
  if (approved.has(member) && !isSeen) {
    return { for: 'next-run', says: 'a person approved it, and no reading before this one lacked it' };
  }
  if (entry === undefined) {
    return { for: 'unlisted', says: 'too many members are missing: it waits for those before it' };
  }
  if (entry.since > reading.beganAt) {
    return { for: 'patience', says: 'it has only just gone missing' };
  }
  if (approved.has(member) || patience.ripe.has(member)) return undefined;
  const until = new Date(entry.since + settings.removeAfter * 1_000).toISOString();
  const since = new Date(entry.since).toISOString();
  const seen = Math.min(entry.readings, READINGS_MIN);
  return {
    for: 'patience',
    says: `missing since ${since}, in ${seen} of ${READINGS_MIN} readings; it may go in a run after ${until}`,
  };
}
