// Verdicts after a run, and after a look over groups that workers look at: judged, and kept where they changed.

import pLimit from 'p-limit';
import { groupId } from '../../core/memory/known.ts';
import type { MemoryTable } from '../../core/memory/table.ts';
import type { GroupReport } from '../../core/report/report.ts';
import { isAcknowledged } from '../../core/verdict/acknowledge.ts';
import { isNewAttention, judgeFinding, judgeRun } from '../../core/verdict/judge.ts';
import { dropNote, noteLook, unseen } from '../../core/verdict/looked.ts';
import { noteMembers } from '../../core/verdict/members.ts';
import { type Log, loggedError } from '../log.ts';
import { type Changed, changeItem, ITEMS_AT_A_TIME, type SeenItem, seenIn, seenOf } from './items.ts';
import type { RunMemory } from './ports.ts';

/** What set the run off, where that says who looks at which groups: the schedule at all, a worker at those it is handed. */
export type Via = 'schedule' | 'work' | 'other';

export interface VerdictDeps {
  readonly table: MemoryTable;
  readonly now: () => number;
  readonly log: Log;
  /** When it has to be over, in milliseconds since the epoch. */
  readonly due: number;
}

/** A group whose verdict is kept, as it stands now. */
export interface KeptVerdict extends SeenItem {
  readonly group: string;
  /** Attention that was not there before, or for another reason. */
  readonly isNew: boolean;
  readonly isAcknowledged: boolean;
}

/**
 * Never rejects: a verdict that could not be kept is judged by the next run.
 * @returns groups that the memory knows; the others have no verdict
 */
export async function keepVerdicts(
  reports: readonly GroupReport[],
  memory: RunMemory,
  via: Via,
  deps: VerdictDeps,
): Promise<KeptVerdict[]> {
  const kept = await pLimit(ITEMS_AT_A_TIME).map(reports, async (report) => {
    const seen = seenOf(memory(report.group));
    if (seen === undefined) return [];
    const judge = (item: SeenItem['item'], now: number) =>
      LOOKS[via](noteMembers(judgeRun(item, report, now), report, now), now);
    return keep(report.group, seen, judge, deps);
  });
  return kept.flat();
}

/** Groups that workers look at. @throws ReadError if the memory cannot be read */
export async function lookOver(
  groups: readonly string[],
  periodMs: number,
  deps: VerdictDeps,
): Promise<KeptVerdict[]> {
  const items = await deps.table.read(groups.map(groupId), deps.due);
  const kept = await pLimit(ITEMS_AT_A_TIME).map(groups, async (group) => {
    let seen: SeenItem;
    try {
      seen = seenIn(items.get(groupId(group)));
    } catch (error) {
      deps.log('warn', 'verdict.failed', { group, error: loggedError(error) });
      return [];
    }
    return keep(
      group,
      seen,
      (item, now) => {
        // A group that no worker has ever looked at is waited for from now on.
        if (item.lookedAt === undefined) return { ...item, lookedAt: now };
        const finding = unseen(item, periodMs, now);
        return finding === undefined ? item : judgeFinding(item, finding, now);
      },
      deps,
    );
  });
  return kept.flat();
}

async function keep(
  group: string,
  seen: SeenItem,
  judge: (item: SeenItem['item'], now: number) => SeenItem['item'],
  { table, now, log, due }: VerdictDeps,
): Promise<KeptVerdict[]> {
  let changed: Changed;
  try {
    changed = await changeItem(group, seen, (item) => judge(item, now()), due, table);
  } catch (error) {
    log('warn', 'verdict.failed', { group, error: loggedError(error) });
    return [];
  }
  const { before, item, revision } = changed;
  const isNew = isNewAttention(before, item);
  if (item.verdict?.is !== before.verdict?.is || isNew)
    log(item.verdict?.is === 'attention' ? 'warn' : 'info', 'verdict', { group, ...item.verdict });
  const isKnown = isAcknowledged(item, now());
  // What a person knows of may stand again once another reason is over.
  return [{ group, item, revision, isNew: isNew && !isKnown, isAcknowledged: isKnown }];
}

const LOOKS = { schedule: dropNote, work: noteLook, other: (item: SeenItem['item']) => item } as const;
