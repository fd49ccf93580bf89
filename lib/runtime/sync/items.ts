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

/** Of a run: the group has others waiting. */
const ROUNDS = 8;

/** What is there is not ours to read. */
export class UnreadableItem extends ReadError {
  readonly says: string;
  constructor(says: string) {
    super('changed', `the item is unreadable: ${says}`);
    this.says = says;
  }
}

/**
 * @param rounds times that somebody else may write first
 * @throws ReadError if it cannot be written; its code is `changed` if the item is not ours to read any more
 */
export async function changeItem(
  group: string,
  seen: SeenItem,
  change: (item: GroupItem) => GroupItem,
  due: number,
  table: MemoryTable,
  rounds = ROUNDS,
): Promise<Changed> {
  let { item, revision } = seen;
  for (let round = 0; round < rounds; round += 1) {
    const after = change(item);
    const wish = groupChange(revision === 0 ? undefined : item, after);
    if (!wish) return { before: item, item: after, revision };
    const { written, fields } = await table.write(groupId(group), wish, revision, due);
    if (written) return { before: item, item: after, revision: revisionOf(fields) };
    ({ item, revision } = seenIn(fields));
  }
  throw new ReadError('changed', `others write the memory of ${group} all the time`);
}

/** @throws UnreadableItem */
export function seenIn(fields: Fields | undefined): SeenItem {
  const read = readGroup(fields);
  if (!read.readable) throw new UnreadableItem(read.says);
  return { item: read.item, revision: revisionOf(fields) };
}

export function seenOf(known: Known | undefined): SeenItem | undefined {
  return known?.state === 'known' ? { item: known.item, revision: known.revision } : undefined;
}
