// Approvals: a person's word that removals of a group may be made. They stand in the group's own item, since the run that
// carries them out reads that anyway, and so that approvals of two groups never wait for each other. In words:
//   - an approval covers any part of its removals, and nothing else, until it ends;
//   - for a member it ends when a later reading lists the member, or a later look finds it gone from the group: what goes
//     missing after that needs another word;
//   - where two people have to approve, a removal counts once approvals of two different people cover it, whatever else
//     either of them covers: what is missing changes while the second one thinks;
//   - whoever approves the same removals again renews the approval;
//   - a freeze is passed by those alone that were given for it, after it.

import * as z from 'zod/mini';
import { setDigest } from '../text/digest.ts';
import { fitting, LIST_BYTES_MAX } from './bounds.ts';
import { whole } from './shapes.ts';

export interface StoredApproval {
  readonly id: string;
  /** Canonical members. */
  readonly removals: readonly string[];
  /** Of two approvals by one caller the texts are the same. */
  readonly who: string;
  readonly reason: string;
  /** Milliseconds since the epoch, as is `until`, the end of it. */
  readonly at: number;
  readonly until: number;
  /** People who have to approve, as the deployment had it when this was stored: one if not given. */
  readonly approvers?: 2;
  /** Given for a group that was frozen: it passes freezes that were there by then. */
  readonly throughFreeze?: true;
  /** Given though the inventory had no machine for the group. */
  readonly emptyInventory?: true;
  /** The first of two words on a restore: of what it takes away the inventory may list all. */
  readonly restores?: true;
}

/** An approval as it covers a removal. */
export interface Approved extends StoredApproval {
  /** The other one of two people. */
  readonly second?: string;
}

const text = z.string();
export const approvalsShape = z.array(
  z.object({
    id: text,
    removals: z.array(text),
    who: text,
    reason: text,
    at: whole,
    until: whole,
    approvers: z.exactOptional(z.literal(2)),
    throughFreeze: z.exactOptional(z.literal(true)),
    emptyInventory: z.exactOptional(z.literal(true)),
    restores: z.exactOptional(z.literal(true)),
  }),
);

/** Those that have not ended. Some may wait for a second person. */
export function unended(approvals: readonly StoredApproval[], now: number): readonly StoredApproval[] {
  return approvals.filter(({ until }) => now < until);
}

/** What a run has seen of the members that approvals name. */
export interface SeenOfApproved {
  /** When its reading began, in milliseconds since the epoch: it says nothing of a word that was given after that. */
  readonly beganAt: number;
  /** Whether the member is in the group, and the reading does not list it. */
  readonly isMissing: (member: string) => boolean;
}

/** The approvals without the members for which they have ended; the very same list where that is none. */
export function outstanding(
  approvals: readonly StoredApproval[],
  { beganAt, isMissing }: SeenOfApproved,
): readonly StoredApproval[] {
  return withoutMembers(
    approvals,
    (member, { at, restores }) => !restores && at < beganAt && !isMissing(member),
  );
}

/** The approvals without some members, and without those that name nobody any more; the very same list where all stay. */
export function withoutMembers(
  approvals: readonly StoredApproval[],
  isOver: (member: string, approval: StoredApproval) => boolean,
): readonly StoredApproval[] {
  const left = approvals.flatMap((approval) => {
    const removals = approval.removals.filter((member) => !isOver(member, approval));
    if (removals.length === approval.removals.length) return approval;
    return removals.length === 0 ? [] : { ...approval, removals };
  });
  const isSame = left.length === approvals.length && left.every((one, at) => one === approvals[at]);
  return isSame ? approvals : left;
}

/** Those that pass a freeze. @param from when the last word of a freeze was said, in milliseconds since the epoch */
export function passing(approvals: readonly StoredApproval[], from: number): readonly StoredApproval[] {
  return approvals.filter(({ throughFreeze, at }) => throughFreeze === true && at >= from);
}

/** Each approved member, with the approval that covers it: the first of several. */
export function approvedIn(approvals: readonly StoredApproval[], now: number): ReadonlyMap<string, Approved> {
  const approved = new Map<string, Approved>();
  const halves = new Map<string, StoredApproval>();
  const pairs = new Map<string, Approved>();
  const pairOf = (first: StoredApproval, second: string) => {
    const known = pairs.get(`${first.id} ${second}`) ?? { ...first, second };
    pairs.set(`${first.id} ${second}`, known);
    return known;
  };
  for (const approval of unended(approvals, now)) {
    for (const member of approval.removals) {
      if (approved.has(member)) continue;
      const first = halves.get(member);
      if (approval.approvers === undefined) approved.set(member, approval);
      else if (first === undefined) halves.set(member, approval);
      else if (first.who !== approval.who) approved.set(member, pairOf(first, approval.who));
    }
  }
  return approved;
}

/** The approvals with one more, and without those that have ended. The same by the same person is renewed. */
export function withApproval(
  approvals: readonly StoredApproval[],
  given: StoredApproval,
): { readonly approvals: readonly StoredApproval[]; readonly stored: StoredApproval } {
  const left = unended(approvals, given.at);
  const digest = setDigest(given.removals);
  const same = left.find(({ who, removals }) => who === given.who && setDigest(removals) === digest);
  const stored = same ? { ...given, id: same.id } : given;
  return { approvals: [...left.filter((one) => one !== same), stored], stored };
}

/** Whether all of them would be stored: otherwise a person has to be told no, as nothing they said may get lost. */
export function approvalsFit(approvals: readonly StoredApproval[]): boolean {
  return fitting(approvals, LIST_BYTES_MAX).length === approvals.length;
}
