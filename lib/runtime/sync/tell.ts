// Tells people of verdicts. What they were told is noted when the topic has taken the notice, and not before: rather twice
// than not at all.

import pLimit from 'p-limit';
import type { SyncConfig } from '../../core/config/config.ts';
import { unitsOf } from '../../core/family/units.ts';
import { groupId } from '../../core/memory/known.ts';
import type { Notice } from '../../core/report/notice.ts';
import { type Ending, type Told, verdictNotice } from '../../core/verdict/notice.ts';
import { ORPHAN_CODE, orphanText } from '../../core/verdict/orphans.ts';
import { isDue, newsOf, told } from '../../core/verdict/telling.ts';
import { loggedError } from '../log.ts';
import { changeItem, ITEMS_AT_A_TIME, seenIn } from './items.ts';
import type { ProjectFound } from './orphans.ts';
import type { KeptVerdict, VerdictDeps } from './verdicts.ts';

export type Publish = (notice: Notice) => Promise<void>;

export interface GroupNews extends Told {
  /** Whether it is a reason to send a notice. */
  readonly isDue: boolean;
}

export function newsOfGroups(kept: readonly KeptVerdict[], config: SyncConfig, now: number): GroupNews[] {
  const contacts = new Map(unitsOf(config).map(({ key, contact }) => [key, contact]));
  return kept.flatMap(({ group, item }) => {
    const news = newsOf(item, now);
    if (news === undefined) return [];
    const { code = '', says = '', since = now } = item.verdict ?? {};
    return { group, news, code, says, since, contact: contacts.get(group), isDue: isDue(item, now) };
  });
}

/** Orphans that a person has not said to know of. @throws ReadError if the memory cannot be read */
export async function newsOfOrphans(
  found: readonly ProjectFound[],
  { table, now, due }: VerdictDeps,
): Promise<Told[]> {
  const all = found.flatMap(({ after }) => after.orphans);
  if (all.length === 0 && found.every(({ before }) => before.orphans.length === 0)) return [];
  const items =
    all.length === 0
      ? new Map()
      : await table.read(
          all.map(({ group }) => groupId(group)),
          due,
        );
  const isKnown = (group: string) => {
    const { ack } = seenIn(items.get(groupId(group))).item;
    return ack?.code === ORPHAN_CODE && now() < ack.until;
  };
  return found.flatMap(({ before, after }) => {
    const earlier = new Set(before.orphans.map(({ group }) => group));
    const standing = new Set(after.orphans.map(({ group }) => group));
    const untold = after.orphans.filter(({ group }) => !isKnown(group));
    const over = before.orphans.filter(({ group }) => !standing.has(group));
    return [
      ...untold.map((orphan): Told => {
        const { group, since } = orphan;
        const news = earlier.has(group) ? 'standing' : 'new';
        return { group, news, code: ORPHAN_CODE, says: orphanText(orphan), since };
      }),
      ...over.map(({ group }): Told => {
        return { group, news: 'recovered', code: ORPHAN_CODE, says: '', since: after.daily ?? now() };
      }),
    ];
  });
}

/**
 * One notice, if anything is new, over, or due to be told again, or a freeze ends soon.
 * @returns whether what there was to tell is told, or there was nothing or nobody to tell
 */
export async function tell(
  runId: string,
  news: readonly (Told & { readonly isDue?: boolean })[],
  kept: readonly KeptVerdict[],
  endings: readonly Ending[],
  deps: VerdictDeps & { readonly publish: Publish | undefined; readonly where: string },
): Promise<boolean> {
  const { publish, log, now, table, due, where } = deps;
  if (publish === undefined || (endings.length === 0 && news.every((one) => one.isDue === false)))
    return true;
  const { named, ...notice } = verdictNotice(news, runId, { where, endings });
  try {
    await publish(notice);
  } catch (error) {
    log('error', 'notice.failed', { runId, error: loggedError(error) });
    return false;
  }
  const said = kept.filter(({ group, item }) => named.has(group) && newsOf(item, now()) !== undefined);
  await pLimit(ITEMS_AT_A_TIME).map(said, async ({ group, ...seen }) => {
    try {
      await changeItem(group, seen, (item) => told(item, seen.item.verdict, now()), due, table);
    } catch (error) {
      log('warn', 'notice.unnoted', { group, error: loggedError(error) });
    }
  });
  return true;
}
