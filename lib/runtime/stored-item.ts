// One item of the memory, changed with a condition: whoever wrote it meanwhile is judged anew, and nothing is written where
// nothing changes. The lease has a loop of its own, since an answer that is lost means more there.

import { type Change, type Fields, type MemoryTable, revisionOf } from '../core/memory/table.ts';
import { ReadError } from '../core/reading/read-error.ts';

/** An item as it was seen; its revision is 0 where there was none. */
export interface Seen<Item> {
  readonly item: Item;
  readonly revision: number;
}

export interface ChangedFrom<Item> extends Seen<Item> {
  /** What the change was made to. */
  readonly before: Item;
}

/** How the items of one id are read, and what has to be written to make one of the other. */
export interface StoredKind<Item> {
  /** Names it where others write it all the time: "the memory of my-project/web". */
  readonly name: string;
  readonly id: string;
  /** @param fields undefined where there is no item @throws what ends the change */
  readonly read: (fields: Fields | undefined) => Item;
  /** @param before undefined where there is no item */
  readonly changeOf: (before: Item | undefined, after: Item) => Change | undefined;
}

/**
 * @param change the item as it is to be; what it throws ends the change
 * @param rounds times that somebody else may write first
 * @throws ReadError if it cannot be written, with the code `changed` after so many rounds; what reading throws
 */
export async function changeStored<Item>(
  { name, id, read, changeOf }: StoredKind<Item>,
  seen: Seen<Item>,
  change: (item: Item) => Item,
  table: MemoryTable,
  { due, rounds }: { readonly due: number; readonly rounds: number },
): Promise<ChangedFrom<Item>> {
  let { item, revision } = seen;
  for (let round = 0; round < rounds; round += 1) {
    const after = change(item);
    const wish = changeOf(revision === 0 ? undefined : item, after);
    if (!wish) return { before: item, item: after, revision };
    const { written, fields } = await table.write(id, wish, revision, due);
    if (written) return { before: item, item: after, revision: revisionOf(fields) };
    ({ item, revision } = { item: read(fields), revision: revisionOf(fields) });
  }
  throw new ReadError('changed', `others write ${name} all the time`);
}
