// Approvals: a person's word that removals of a group may be made. They stand in the group's own item, since the run that
// carries them out reads that anyway, and so that approvals of two groups never wait for each other.

import * as z from 'zod/mini';
import { fitting, LIST_BYTES_MAX } from './bounds.ts';
import { whole } from './shapes.ts';

/** It covers any part of its removals, and nothing else. */
export interface StoredApproval {
  readonly id: string;
  /** Canonical members. */
  readonly removals: readonly string[];
  readonly who: string;
  readonly reason: string;
  /** Milliseconds since the epoch, as is `until`, the end of it. */
  readonly at: number;
  readonly until: number;
}

const text = z.string();
export const approvalsShape = z.array(
  z.object({ id: text, removals: z.array(text), who: text, reason: text, at: whole, until: whole }),
);

/** Approvals that hold now. */
export function standing(approvals: readonly StoredApproval[], now: number): readonly StoredApproval[] {
  return approvals.filter(({ until }) => now < until);
}

/** Each approved member, with the approval that covers it: the first of several. */
export function approvedIn(
  approvals: readonly StoredApproval[],
  now: number,
): ReadonlyMap<string, StoredApproval> {
  const approved = new Map<string, StoredApproval>();
  for (const approval of standing(approvals, now)) {
    for (const member of approval.removals) if (!approved.has(member)) approved.set(member, approval);
  }
  return approved;
}

/** Whether all of them would be stored: otherwise a person has to be told no, as nothing they said may get lost. */
export function approvalsFit(approvals: readonly StoredApproval[]): boolean {
  return fitting(approvals, LIST_BYTES_MAX).length === approvals.length;
}
