// What becomes of the owner mark that we put on a group. A mark that somebody wiped once and that is back is no fight: a person
// erred, and mended it. A mark that goes a second time within a day is, and so is one that another owner, or another system,
// put over ours.

import { ownerMark } from '../group/owner.ts';
import type { PutMark, ReplacedMark } from '../memory/group.ts';
import { DAY } from '../removal/settings.ts';
import type { GroupReport } from '../report/report.ts';
import { quoted } from '../text/issues.ts';

/** Only where we know that we have put a mark ourselves is another one in its place a replaced one. */
export function markAfter(mark: PutMark | undefined, report: GroupReport, now: number): PutMark | undefined {
  const { change, changes, foundMark, reading, owner } = report;
  const isPut = change === 'written' && (changes.includes('adopt') || changes.includes('create'));
  const found = foundMark === mark?.is ? undefined : foundMark;
  const gone = found === undefined || !mark ? mark?.replaced : replacedBy(found, mark.replaced, now);
  const isBack = isPut || (reading !== undefined && foundMark === undefined);
  const replaced = gone && isBack && !gone.isBack ? { ...gone, isBack: true as const } : gone;
  if (isPut) return { is: ownerMark(owner), at: now, ...(replaced && { replaced }) };
  return !mark || replaced === mark.replaced ? mark : { ...mark, replaced };
}

/** Told once: who stands in its place is the same in the next run. */
function replacedBy(by: string, last: ReplacedMark | undefined, now: number): ReplacedMark {
  if (last === undefined) return { by, at: now };
  // Whoever wipes another's mark gives the group back.
  if (!last.isBack && (by === last.by || by === '')) return last;
  const { at, before } = last;
  const earlier = last.isBack ? at : before;
  return { by, at: now, ...(earlier !== undefined && now - earlier < DAY && { before: earlier }) };
}

/** Who fights over the group with us, in words; undefined if nobody does. */
export function contestText({ is, replaced }: PutMark, owner: string, now: number): string | undefined {
  if (!replaced?.isBack || is !== ownerMark(owner) || now - replaced.at >= DAY) return undefined;
  if (replaced.by !== '') return `somebody put the mark ${quoted(replaced.by)} over ours`;
  return replaced.before === undefined ? undefined : 'somebody wiped our mark twice within a day';
}
