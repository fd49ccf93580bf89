// What is kept of one group: who writes it now, what is known of its removals, and what people were told.

import * as z from 'zod/mini';
import type { Coverage, Unmeasured } from '../coverage/coverage.ts';
import type { RemovalMemory } from '../removal/memory.ts';
import { DAY } from '../removal/settings.ts';
import { cut } from '../text/few.ts';
import { approvalsShape, type StoredApproval } from './approvals.ts';
import { BINDINGS_BYTES_MAX, fitting, LIST_BYTES_MAX, NAMES_BYTES_MAX, TEXT_MAX } from './bounds.ts';
import type { MembersByHour } from './members.ts';
import type { Lease, Pending } from './pending.ts';
import { type Read, readField, reading, readJson, VERSION } from './read.ts';
import {
  countsOf,
  countsShape,
  coverageShape,
  coverageText,
  removalOf,
  removalShape,
  removalText,
  whole,
} from './shapes.ts';
import { type Change, changeBetween, type Fields } from './table.ts';

export const VERDICTS = ['converged', 'waiting', 'attention'] as const;

export interface StandingVerdict {
  readonly is: (typeof VERDICTS)[number];
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** What it is about: see lib/core/verdict/findings.ts. None where it is converged. */
  readonly code?: string | undefined;
  /** A sentence on it, as of `since`. */
  readonly says?: string | undefined;
}

/** A person's word that a verdict of attention is known: nobody is told of it until its end. */
export interface Acknowledgement {
  readonly who: string;
  readonly reason: string;
  /** Milliseconds since the epoch, as is `until`, the end of it. */
  readonly at: number;
  readonly until: number;
  /** Of the verdict that it was given for: it says nothing of another one. */
  readonly code: string;
}

/** The owner mark that we put on the group, and whose was found in its place. */
export interface PutMark {
  /** An `externalName`, as is `by`. */
  readonly is: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly replaced?: ReplacedMark | undefined;
}

export interface ReplacedMark {
  /** What was found in its place; empty where it was wiped. */
  readonly by: string;
  /** Milliseconds since the epoch, as is `before`, when it had gone before that, within a day. */
  readonly at: number;
  readonly before?: number | undefined;
  /** Ours has stood there again since, whoever put it. */
  readonly isBack?: true | undefined;
}

/** What the last look at the Logtail configs of the group found. */
export interface KeptBindings {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of the names that it looked for, so that others are looked for at once. */
  readonly digest: string;
  /** Names of configs that are not applied to the group. */
  readonly missing: readonly string[];
  /** Why nobody knows, or why a missing one was not applied. */
  readonly says?: string | undefined;
}

export interface LastNotice {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of what was told, so that the same is not told again. */
  readonly digest: string;
}

/** All times are milliseconds since the epoch. */
export interface GroupItem {
  readonly lease?: Lease | undefined;
  /** When somebody first found the lease taken: its holder looks again. */
  readonly again?: number | undefined;
  readonly verdict?: StandingVerdict | undefined;
  /** Since when runs have failed to look at the group, or to write it. */
  readonly failingSince?: number | undefined;
  /** Since when the inventory has not been read whole. */
  readonly incompleteSince?: number | undefined;
  /** Runs in a row in which nothing was wrong, while it is remembered that something was. */
  readonly goodRuns?: number | undefined;
  readonly ack?: Acknowledgement | undefined;
  readonly mark?: PutMark | undefined;
  /** Kept where a queue hands groups to workers: within the hour, since a write a period would cost more than it says. */
  readonly lookedAt?: number | undefined;
  readonly notice?: LastNotice | undefined;
  /** A day of them, for who looks at the group later. */
  readonly members?: MembersByHour | undefined;
  readonly removal?: RemovalMemory | undefined;
  readonly approvals?: readonly StoredApproval[] | undefined;
  /** The figures of the last look that gave any. */
  readonly coverage?: Coverage | undefined;
  /** The looks after it that were in vain. */
  readonly unmeasured?: Unmeasured | undefined;
  readonly bindings?: KeptBindings | undefined;
  /** Removals of any kind, by the number of the day since the epoch; a month of them. */
  readonly removed: ReadonlyMap<number, number>;
}

export const NO_GROUP: GroupItem = { removed: new Map() };

const DAYS_KEPT = 31;

export function countRemoved(item: GroupItem, amount: number, now: number): GroupItem['removed'] {
  if (amount === 0) return item.removed;
  const day = Math.floor(now / DAY);
  const kept = new Map([...item.removed].filter(([at]) => at > day - DAYS_KEPT));
  return kept.set(day, (kept.get(day) ?? 0) + amount);
}

const pendingShape = z.object({
  removals: z.array(z.string()),
  removed: whole,
  additions: z.array(z.string()),
  added: whole,
  weak: whole,
  digest: z.string(),
});
const leaseShape = z.object({ holder: z.string(), since: whole, until: whole, pending: pendingShape });
const text = z.string();
const verdictShape = z.object({
  is: z.enum(VERDICTS),
  since: whole,
  code: z.optional(text),
  says: z.optional(text),
});
const ackShape = z.object({ who: text, reason: text, at: whole, until: whole, code: text });
const markShape = z.object({
  is: text,
  at: whole,
  replaced: z.optional(
    z.object({ by: text, at: whole, before: z.optional(whole), isBack: z.optional(z.literal(true)) }),
  ),
});
const noticeShape = z.object({ at: whole, digest: z.string() });
const unmeasuredShape = z.object({ since: whole, says: text });
const bindingsShape = z.object({ at: whole, digest: text, missing: z.array(text), says: z.optional(text) });

/** @param fields undefined if there is no item: it then reads as an empty one */
export function readGroup(fields: Fields | undefined): Read<GroupItem> {
  if (fields === undefined) return { readable: true, item: NO_GROUP };
  return reading(fields, (all) => {
    const removal = readJson(all, 'removal', removalShape);
    return {
      lease: readJson(all, 'lease', leaseShape),
      again: readField(all, 'again', whole),
      verdict: readJson(all, 'verdict', verdictShape),
      failingSince: readField(all, 'failingSince', whole),
      incompleteSince: readField(all, 'incompleteSince', whole),
      goodRuns: readField(all, 'goodRuns', whole),
      ack: readJson(all, 'ack', ackShape),
      mark: readJson(all, 'mark', markShape),
      lookedAt: readField(all, 'lookedAt', whole),
      notice: readJson(all, 'notice', noticeShape),
      members: countsIn(readJson(all, 'members', countsShape)),
      removal: removal && removalOf(removal),
      approvals: readJson(all, 'approvals', approvalsShape),
      coverage: readJson(all, 'coverage', coverageShape),
      unmeasured: readJson(all, 'unmeasured', unmeasuredShape),
      bindings: readJson(all, 'bindings', bindingsShape),
      removed: new Map(readJson(all, 'removed', countsShape)),
    };
  });
}

function countsIn(rows: readonly (readonly [number, number])[] | undefined): MembersByHour | undefined {
  return rows && new Map(rows);
}

/** The item as fields, within its bound. */
export function groupFields(item: GroupItem): Record<string, string | number> {
  const { lease, again, verdict, lookedAt, notice, removal, approvals = [], removed } = item;
  const { failingSince, incompleteSince, goodRuns, ack, mark, members, coverage, unmeasured, bindings } =
    item;
  return {
    version: VERSION,
    ...(lease && { lease: leaseText(lease) }),
    ...(again !== undefined && { again }),
    ...(verdict && { verdict: JSON.stringify(bounded(verdict)) }),
    ...(failingSince !== undefined && { failingSince }),
    ...(incompleteSince !== undefined && { incompleteSince }),
    ...(goodRuns !== undefined && { goodRuns }),
    ...(ack && { ack: JSON.stringify(bounded(ack)) }),
    ...(mark && { mark: markText(mark) }),
    ...(lookedAt !== undefined && { lookedAt }),
    ...(notice && { notice: JSON.stringify({ at: notice.at, digest: cut(notice.digest, TEXT_MAX) }) }),
    ...(members && { members: JSON.stringify(countsOf(members)) }),
    ...(removal && { removal: removalText(removal) }),
    ...(coverage && { coverage: coverageText(coverage) }),
    ...(unmeasured && { unmeasured: JSON.stringify(bounded(unmeasured)) }),
    ...(bindings && { bindings: bindingsText(bindings) }),
    ...(approvals.length > 0 && { approvals: JSON.stringify(fitting(approvals, LIST_BYTES_MAX)) }),
    ...(removed.size > 0 && { removed: JSON.stringify(countsOf(removed)) }),
  };
}

/** @param before undefined if there was no item; the result then makes one */
export function groupChange(before: GroupItem | undefined, after: GroupItem): Change | undefined {
  return changeBetween(before ? groupFields(before) : {}, groupFields(after));
}

/** Whether two items say the same of what may be removed. */
export function isSameMemory(one: GroupItem, other: GroupItem): boolean {
  const first = groupFields(one);
  const second = groupFields(other);
  return first.removal === second.removal && first.approvals === second.approvals;
}

/** The same with its texts cut. */
function bounded<T extends object>(value: T): T {
  const cutTexts = ([name, field]: [string, unknown]) => [
    name,
    typeof field === 'string' ? cut(field, TEXT_MAX) : field,
  ];
  return Object.fromEntries(Object.entries(value).map(cutTexts)) as T;
}

function bindingsText({ missing, ...rest }: KeptBindings): string {
  return JSON.stringify({ ...bounded(rest), missing: fitting(missing, BINDINGS_BYTES_MAX) });
}

function markText({ is, at, replaced }: PutMark): string {
  return JSON.stringify({
    ...bounded({ is, at }),
    ...(replaced && { replaced: bounded(replaced) }),
  });
}

function leaseText({ holder, since, until, pending }: Lease): string {
  const { removals, additions, ...counts } = pending;
  const told: Pending = {
    removals: fitting(removals, NAMES_BYTES_MAX),
    additions: fitting(additions, NAMES_BYTES_MAX),
    ...counts,
  };
  return JSON.stringify({ holder: cut(holder, TEXT_MAX), since, until, pending: told });
}
