// The memory as a table: items of flat fields, read in batches and written one at a time. What stands behind it, DynamoDB or a
// map in a test, does exactly this much.

/** An item as it is stored: texts and numbers. A field that is neither was written by somebody else. */
export type Fields = Readonly<Record<string, unknown>>;

/** Fields to set and fields to take away; all others stay, those of a newer release among them. */
export interface Change {
  readonly set: Readonly<Record<string, string | number>>;
  readonly remove: readonly string[];
}

/** Either way the item as it is now; undefined if there is none. */
export type Written =
  | { readonly written: true; readonly fields: Fields }
  /** Somebody wrote it since it was read. */
  | { readonly written: false; readonly fields: Fields | undefined };

export interface MemoryTable {
  /**
   * The items that there are, by id, as the latest writes left them.
   * @param due when it has to be over, in milliseconds since the epoch
   * @throws ReadError if any of them cannot be read
   */
  read(ids: readonly string[], due: number): Promise<ReadonlyMap<string, Fields>>;
  /**
   * Changes an item if its revision is the one that was seen, and counts the revision up. A write whose answer was lost is
   * known again, and told as written.
   * @param revision 0 for an item that was not there
   * @throws ReadError if it may or may not have been written
   */
  write(id: string, change: Change, revision: number, due: number): Promise<Written>;
}

/** Fields that the table keeps itself: the count of writes, and the token of the last one. */
export const REVISION = 'revision';
export const WROTE = 'wrote';

/** 0 for an item that is not there. */
export function revisionOf(fields: Fields | undefined): number {
  const revision = fields?.[REVISION];
  return typeof revision === 'number' ? revision : 0;
}

/** What has to be written to make one item of the other; undefined if they are the same. */
export function changeBetween(
  before: Readonly<Record<string, string | number>>,
  after: Readonly<Record<string, string | number>>,
): Change | undefined {
  const set = Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
  const remove = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return remove.length === 0 && Object.keys(set).length === 0 ? undefined : { set, remove };
}

/** The item after a change, as a table stores it. */
export function changed(fields: Fields | undefined, { set, remove }: Change): Fields {
  const kept = Object.entries(fields ?? {}).filter(([name]) => !remove.includes(name));
  return { ...Object.fromEntries(kept), ...set };
}
