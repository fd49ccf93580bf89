// Taking a group's lease and giving it back. What it means is decided in lib/core/memory/lease.ts; here it is written, and
// judged anew whenever somebody else wrote the item first.

import { type GroupItem, groupChange, isSameMemory, NO_GROUP, readGroup } from '../core/memory/group.ts';
import { groupId, type Known } from '../core/memory/known.ts';
import { leaseLeft, type Moment, mayAttempt, release, take } from '../core/memory/lease.ts';
import type { Lease, Pending } from '../core/memory/pending.ts';
import { type Change, type Fields, type MemoryTable, revisionOf } from '../core/memory/table.ts';
import { ReadError } from '../core/reading/read-error.ts';
import { advise, UNWRITTEN } from '../core/refusal/codes.ts';
import type { RemovalMemory } from '../core/removal/memory.ts';
import { mergeMemories } from '../core/removal/merge.ts';
import { LEASE_RELEASE_MS, LEASE_TRY_MS } from '../core/time/timeouts.ts';

export interface LeaseDeps {
  readonly table: MemoryTable;
  readonly clock: () => Moment;
  /** A name for one taking of a lease that no other has. */
  readonly newHolder: () => string;
  /** Told of a lease that could not be given back: it runs out by itself, and what was pending counts as done. */
  readonly onKept: (error: unknown) => void;
}

/** An attempt to write that was not begun, because the lease is over or nearly so. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  readonly code = 'LeaseLost';
}

/** What the memory holds of a group is not ours to read, so nobody can tell who writes it. */
export class MemoryUnreadable extends Error {
  override readonly name = 'MemoryUnreadable';
  readonly code = 'MemoryUnreadable';
}

/** The lease was asked for, and nobody can tell whether it is ours: somebody else may hold it. */
export class LeaseUnknown extends Error {
  override readonly name = 'LeaseUnknown';
  readonly code = 'LeaseUnknown';
  constructor(cause: unknown) {
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    super(advise(`the lease of the group could not be taken${why}`, 'LeaseUnknown', UNWRITTEN), { cause });
  }
}

export interface Held {
  /** As it was stored with the lease: what is written has to be right for this. */
  readonly item: GroupItem;
  /** Whose lease had run out; what that holder was about to write is counted in the item. */
  readonly overtaken: Lease | undefined;
  /** When calls have to be over, in milliseconds since the epoch. */
  readonly until: number;
  /** Called right before each attempt to write. @throws LeaseLost */
  readonly check: () => void;
}

export interface LeaseOptions {
  readonly pending: Pending;
  /** When the memory's calls have to be over, in milliseconds since the epoch. */
  readonly due: number;
  /** Whether its holder is asked to look again where it is taken. */
  readonly leavesWord: boolean;
  /** Whether the holder looks again if it is asked to. */
  readonly looksAgain: boolean;
  /** What a run has read already; read now where absent. */
  readonly known?: Extract<Known, { state: 'known' }> | undefined;
}

export type Leased<T> =
  | {
      readonly state: 'done';
      readonly value: T;
      /** Somebody asked for another look. */
      readonly again: boolean;
    }
  | { readonly state: 'taken'; readonly by: Lease };

export interface Ran<T> {
  readonly value: T;
  /** Whether anything was sent: it counts as written then, whatever the answer. */
  readonly sent: boolean;
  /** What was sent, where that is less than was pending. */
  readonly pending?: Pending;
  /** What the run learnt of who is missing. Merged with what somebody else has said of it meanwhile. */
  readonly removal?: RemovalMemory | undefined;
  /** What it leaves of the approvals that the item holds by then. */
  readonly settled?: (item: GroupItem) => Pick<GroupItem, 'approvals'>;
}

/**
 * Runs with the lease, and gives it back. If `run` throws, what was pending counts as written.
 * @throws ReadError or MemoryUnreadable if the memory is of no help and the lease was not taken; LeaseUnknown if it may have
 * been; whatever `run` throws
 */
export async function withLease<T>(
  group: string,
  options: LeaseOptions,
  run: (held: Held) => Promise<Ran<T>>,
  deps: LeaseDeps,
): Promise<Leased<T>> {
  const holder = deps.newHolder();
  const taken = await taking(group, holder, options, deps);
  if (taken.state === 'taken') return taken;
  const end = (sent: boolean, terms: Ending = options) =>
    giveBack(group, holder, sent, taken.fields, terms, deps);
  let ran: Ran<T>;
  try {
    ran = await run(taken.held);
  } catch (error) {
    // Nobody looks again after this, so whoever asked for it gets it from the next run.
    await end(true, { ...options, looksAgain: false });
    throw error;
  }
  const { pending = options.pending, removal, settled } = ran;
  const terms = { ...options, pending, removal, ...(settled && { settled }) };
  return { state: 'done', value: ran.value, again: await end(ran.sent, terms) };
}

type TakenOrHeld =
  | { readonly state: 'held'; readonly held: Held; readonly fields: Fields }
  | { readonly state: 'taken'; readonly by: Lease };

/** Rounds in which somebody else may write the item first. */
const ROUNDS = 20;

/** Writes of one taking that may go without an answer. */
const DOUBTS = 3;

async function taking(
  group: string,
  holder: string,
  { pending, due, leavesWord, known }: LeaseOptions,
  { table, clock }: LeaseDeps,
): Promise<TakenOrHeld> {
  const id = groupId(group);
  const soon = () => Math.min(due, clock().now + LEASE_TRY_MS);
  const read = async () => seenIn((await table.read([id], soon())).get(id));
  // Before any request: the lease runs from here, by either clock, whichever of the writes took it.
  const moment = clock();
  let seen: Seen = known
    ? { item: known.revision === 0 ? undefined : known.item, revision: known.revision }
    : await read();
  let overtaken: Lease | undefined;
  let doubts = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { item } = seen;
    const wish = take(item ?? NO_GROUP, holder, pending, moment.now);
    if (wish.state === 'taken' && !leavesWord) return wish;
    const change = groupChange(item, wish.item);
    if (wish.state === 'taken' && !change) return wish;
    if (wish.state === 'free') overtaken = wish.overtaken;
    try {
      const answer = await table.write(id, change ?? NO_CHANGE, seen.revision, soon());
      if (wish.state === 'taken' && answer.written) return wish;
      seen = seenIn(answer.fields);
      // The item is another one now, so no earlier write of ours can still come.
      doubts = 0;
    } catch (error) {
      if (error instanceof MemoryUnreadable || (isRefusal(error) && doubts === 0)) throw error;
      doubts += 1;
      if (doubts >= DOUBTS) throw new LeaseUnknown(error);
      seen = await read().catch((cause: unknown) => {
        throw new LeaseUnknown(cause);
      });
    }
    // Also where the answer was lost, and where others wrote after it.
    if (seen.item?.lease?.holder === holder && seen.fields)
      return { state: 'held', held: heldFrom(seen.item, overtaken, moment, clock), fields: seen.fields };
  }
  throw new LeaseUnknown(new Error(`others write the memory of ${group} all the time`));
}

/** Whether the table said no, so that nothing was written. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ReadError)) return false;
  const { code, status = 0 } = error;
  return code === 'forbidden' || code === 'not-found' || (status >= 400 && status < 500);
}

function heldFrom(item: GroupItem, overtaken: Lease | undefined, moment: Moment, clock: () => Moment): Held {
  return {
    item,
    overtaken,
    until: moment.now + leaseLeft(moment, moment),
    check() {
      if (!mayAttempt(moment, clock()))
        throw new LeaseLost('the lease of the group is nearly over: nothing more is written');
    },
  };
}

interface Ending
  extends Pick<LeaseOptions, 'pending' | 'due' | 'looksAgain'>,
    Pick<Ran<unknown>, 'removal' | 'settled'> {}

async function giveBack(
  group: string,
  holder: string,
  sent: boolean,
  first: Fields,
  { pending, due, looksAgain, removal, settled }: Ending,
  { table, clock, onKept }: LeaseDeps,
): Promise<boolean> {
  const id = groupId(group);
  const soon = () => Math.max(due, clock().now + LEASE_RELEASE_MS);
  /** Whether another look was asked for, where giving back got no answer: it may have been stored. */
  let asked: boolean | undefined;
  try {
    let { item = NO_GROUP, revision } = seenIn(first);
    const taken = item;
    for (let round = 0; round < ROUNDS; round += 1) {
      const learnt = learntOf(item, taken, removal);
      const done = release(item, holder, sent ? pending : undefined, looksAgain, clock().now, learnt);
      if (done.state === 'lost') return asked ?? false;
      const change = groupChange(item, { ...done.item, ...settled?.(done.item) }) ?? NO_CHANGE;
      try {
        const { written, fields } = await table.write(id, change, revision, soon());
        if (written) return done.again;
        ({ item = NO_GROUP, revision } = seenIn(fields));
      } catch (error) {
        // Once more: while it stays, others leave word for somebody who is gone.
        if (asked !== undefined || error instanceof MemoryUnreadable || isRefusal(error)) throw error;
        asked = done.again;
        ({ item = NO_GROUP, revision } = seenIn((await table.read([id], soon())).get(id)));
      }
    }
    throw new MemoryUnreadable(`others write the memory of ${group} all the time`);
  } catch (error) {
    onKept(error);
  }
  return false;
}

/** What the run learnt, and whoever wrote the item while it was held. */
function learntOf(
  item: GroupItem,
  taken: GroupItem,
  removal: RemovalMemory | undefined,
): RemovalMemory | undefined {
  if (removal === undefined || isSameMemory(item, taken)) return removal;
  return item.removal && mergeMemories(item.removal, removal);
}

const NO_CHANGE: Change = { set: {}, remove: [] };

interface Seen {
  /** As it is stored; undefined where a run has read it before. */
  readonly fields?: Fields;
  readonly item: GroupItem | undefined;
  readonly revision: number;
}

function seenIn(fields: Fields | undefined): Seen {
  if (fields === undefined) return { item: undefined, revision: 0 };
  const read = readGroup(fields);
  if (!read.readable)
    throw new MemoryUnreadable(`what the memory holds of this group is unreadable: ${read.says}`);
  return { fields, item: read.item, revision: revisionOf(fields) };
}
