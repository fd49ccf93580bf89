// Items of groups, changed with a condition: whoever wrote one meanwhile is judged anew, and nothing is written where
// nothing changes.

import { type GroupItem, groupChange, readGroup } from '../../core/memory/group.ts';
import { groupId, type Known } from '../../core/memory/known.ts';
import { type Fields, type MemoryTable, revisionOf } from '../../core/memory/table.ts';
import { ReadError } from '../../core/reading/read-error.ts';

/** An item as it was seen; its revision is 0 where there was none. */
export interface SeenItem {
  readonly item: GroupItem;
  readonly revision: number;
}

export interface Changed extends SeenItem {
  /** What the change was made to. */
  readonly before: GroupItem;
}

/** Items written at a time. */
export const ITEMS_AT_A_TIME = 8;

/** Times that somebody else may write first. */
const ROUNDS = 8;

/** @throws ReadError if it cannot be written; its code is `changed` if the item is not ours to read any more */
export async function changeItem(
  group: string,
  seen: SeenItem,
  change: (item: GroupItem) => GroupItem,
  due: number,
  table: MemoryTable,
): Promise<Changed> {
  let { item, revision } = seen;
  for (let round = 0; round < ROUNDS; round += 1) {
    const after = change(item);
    const wish = groupChange(revision === 0 ? undefined : item, after);
    if (!wish) return { before: item, item: after, revision };
    const { written, fields } = await table.write(groupId(group), wish, revision, due);
    if (written) return { before: item, item: after, revision: revisionOf(fields) };
    ({ item, revision } = seenIn(fields));
  }
  throw new ReadError('changed', `others write the memory of ${group} all the time`);
}

/** @throws ReadError for an item that is not ours to read */
export function seenIn(fields: Fields | undefined): SeenItem {
  const read = readGroup(fields);
  if (!read.readable) throw new ReadError('changed', `the item is unreadable: ${read.says}`);
  return { item: read.item, revision: revisionOf(fields) };
}

export function seenOf(known: Known | undefined): SeenItem | undefined {
  return known?.state === 'known' ? { item: known.item, revision: known.revision } : undefined;
}
