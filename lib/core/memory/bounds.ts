// Lists that fit into an item. A table takes 400 KB an item, and an id may be as long as somebody likes, so bytes are counted.

import { bytesOf } from '../text/json-size.ts';

/** Bytes of a group's missing members, with who reported under them. */
export const MISSING_BYTES_MAX = 250_000;
/** Bytes of the names in each of a pending write's two lists. */
export const NAMES_BYTES_MAX = 20_000;
/** Bytes of the names of Logtail configs: more than a group of the configuration can name. */
export const BINDINGS_BYTES_MAX = 3_000;
/** Bytes of the names of each class of machines that do not report as they should. */
export const COVERAGE_BYTES_MAX = 600;
/** Bytes of a list of approvals, freezes, breakers or orphans. */
export const LIST_BYTES_MAX = 60_000;
/** No item is larger, whatever it is about: below what a table takes. */
export const ITEM_BYTES_MAX = 380_000;
/** Characters of a text that is told to people: a reason, a holder, a name of somebody. */
export const TEXT_MAX = 500;

/** Those entries that fit, in their order: one that is too large is left out, and others after it are not. */
export function fitting<T>(entries: Iterable<T>, bytes: number): T[] {
  const kept: T[] = [];
  let left = bytes - 2;
  for (const entry of entries) {
    const size = bytesOf(JSON.stringify(entry)) + 1;
    if (size > left) continue;
    kept.push(entry);
    left -= size;
  }
  return kept;
}
