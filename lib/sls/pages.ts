// Listings in pages. A page whose figures contradict each other, and pages that do not make up one listing, are
// errors: part of a listing must never pass for the whole.
import type * as z from 'zod/mini';
import { asOneCall, type Caller, perform } from './call.ts';
import { type Call, dateOf } from './exchange.ts';
import { PAGE_MAX } from './limits.ts';
import { type Answer, protocolError, readAs } from './reading.ts';

/** Which rows to read. Both figures are always sent: what the service does without them differs by page. */
export interface PageRequest {
  /** Rows to pass over. */
  readonly offset: number;
  /** Rows wanted, 1 to 500. */
  readonly size: number;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** Rows of the whole listing. */
  readonly total: number;
}

/** The whole of a listing. */
export interface Listed<T> extends Answer<readonly T[]> {
  /** `Date` of the last page's answer, in milliseconds since the epoch; undefined if it had none. */
  readonly answeredAt: number | undefined;
}

/** A listing: how to ask for it, how to read it, and what tells two of its rows apart. */
export interface Listing<T> {
  readonly call: Call;
  readonly schema: z.ZodMiniType<Page<T> & { readonly count: number }>;
  readonly keyOf: (row: T) => string;
}

/** One page. @throws SlsError of kind `protocol` when it cannot be a page of a listing */
export async function readPage<T>(
  caller: Caller,
  listing: Listing<T>,
  page: PageRequest,
): Promise<Answer<Page<T>>> {
  return (await readDated(caller, listing, page)).answer;
}

async function readDated<T>(
  caller: Caller,
  { call, schema }: Listing<T>,
  { offset, size }: PageRequest,
): Promise<{ readonly answer: Answer<Page<T>>; readonly answeredAt: number | undefined }> {
  const query = { ...call.query, offset: String(offset), size: String(size) };
  const wire = await perform(caller, { ...call, query });
  const answer = readAs(schema, call, wire);
  const { rows, count, total } = answer.value;
  const wrong = (says: string) => inconsistent(call, says, answer.requestId);
  if (count !== rows.length) throw wrong(`it holds ${rows.length} rows and counts ${count}`);
  if (rows.length > size) throw wrong(`${size} rows were asked for, ${rows.length} came`);
  if (rows.length > 0 && offset + rows.length > total) {
    throw wrong(`rows up to ${offset + rows.length} came of ${total}`);
  }
  if (rows.length === 0 && offset < total) throw wrong(`no row came from ${offset} on, there are ${total}`);
  return {
    answer: { value: { rows, total }, requestId: answer.requestId },
    answeredAt: dateOf(wire),
  };
}

/**
 * Every row, page after page, within the time of one call.
 * @throws SlsError of kind `protocol` when the total changes on the way or a row comes twice: a group that is
 *   created or deleted meanwhile moves the rows after it to another page, and one of them is missed
 */
export async function readAll<T>(caller: Caller, listing: Listing<T>): Promise<Listed<T>> {
  const part = asOneCall(caller);
  const rows = new Map<string, T>();
  for (let total: number | undefined; ; ) {
    const next = { offset: rows.size, size: PAGE_MAX };
    const { answer, answeredAt } = await readDated(part, listing, next);
    const { value: page, requestId } = answer;
    total ??= page.total;
    const wrong = (says: string) => inconsistent(listing.call, says, requestId);
    if (page.total !== total) throw wrong(`there were ${total} rows, now there are ${page.total}`);
    const expected = rows.size + page.rows.length;
    for (const row of page.rows) rows.set(listing.keyOf(row), row);
    if (rows.size !== expected) throw wrong('a row came twice');
    if (rows.size === total) return { value: [...rows.values()], requestId, answeredAt };
  }
}

function inconsistent(call: Call, says: string, requestId: string) {
  const message = `the listing does not add up: ${says}; it may have changed while it was read`;
  return protocolError(call, 'ListingInconsistent', message, requestId);
}
