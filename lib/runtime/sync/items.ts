// Items of groups, read and changed.

import { type GroupItem, groupChange, readGroup } from '../../core/memory/group.ts';
import { groupId, type Known } from '../../core/memory/known.ts';
import { type Fields, type MemoryTable, revisionOf } from '../../core/memory/table.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import { type ChangedFrom, changeStored, type Seen } from '../stored-item.ts';

export type SeenItem = Seen<GroupItem>;
export type Changed = ChangedFrom<GroupItem>;

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

/** @throws ReadError as {@link changeStored} does; its code is `changed` as well if the item is not ours to read any more */
export function changeItem(
  group: string,
  seen: SeenItem,
  change: (item: GroupItem) => GroupItem,
  due: number,
  table: MemoryTable,
  rounds = ROUNDS,
): Promise<Changed> {
  const kind = {
    name: `the memory of ${group}`,
    id: groupId(group),
    read: (fields: Fields | undefined) => seenIn(fields).item,
    changeOf: groupChange,
  };
  return changeStored(kind, seen, change, table, { due, rounds });
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
