// Every code for which the sync writes less than the whole difference: what it means, and what to do. The types of
// plan/ and removal/ derive from these lists, and so do the words of reports and the table of docs/sync.md.

export interface Reason {
  /** A sentence on when this happens. */
  readonly says: string;
  /** What to do, to stand after a semicolon. */
  readonly todo: string;
}

type Reasons = Readonly<Record<string, Reason>>;

// Shared entries stand alone: a bundler leaves a list out only if making it reads no field.
const EMPTY = {
  says: 'The inventory is empty, and the group has members.',
  todo: 'look at the inventory; if it is right, set allowEmpty: true, or approve with emptyInventory: true',
} as const;
const INCOMPLETE = {
  says: 'The inventory was not read completely.',
  todo: 'correct the source: an approval does not help',
} as const;
const BREAKER = {
  says: 'Too many machines are missing without proof in all groups that one reading serves.',
  todo: 'check the source: it may have left machines out',
} as const;
const SWAP = {
  says: 'Most of the group would change at once, and most of the missing members send heartbeats.',
  todo: 'check the source: it may list another fleet',
} as const;
const FROZEN = {
  says: 'The group is frozen: a person has said that nothing is written.',
  todo: 'wait for its end, or lift it with DELETE /freeze',
} as const;
const ONE_OWNER =
  'take the group out of one of the two configurations, or name the other owner in formerOwners';
const RAISE_LIMIT =
  'approve the removals if the machines are gone, or set maxRemovalShare or maxSmallRemovals';

/** The group is not ours. */
export const LEFT_ALONE = {
  unmarked: {
    says: 'The group carries no owner mark.',
    todo: 'set adopt: true to mark it',
  },
  foreign: {
    says: 'The group carries another system’s mark.',
    todo: 'set adopt: true to take it over',
  },
  'other-owner': {
    says: 'The group belongs to another owner.',
    todo: ONE_OWNER,
  },
} as const satisfies Reasons;

/** The group is ours, and something about it is wrong: nothing of it is written. */
export const REFUSED = {
  'other-owner': {
    says: 'The group belongs to another owner, and adopt: true does not take a group from another owner.',
    todo: ONE_OWNER,
  },
  'identify-mismatch': {
    says: 'The group has another kind of member (ip or userdefined), which a sync cannot change.',
    todo: 'if somebody changed the group, change it back, since its machines are out of it now; if the configuration is wrong, set identify to the kind that the group has',
  },
  name: {
    says: 'The group does not exist, and SLS does not create groups with this name.',
    todo: 'choose a name that follows the rule',
  },
} as const satisfies Reasons;

/** Part of a plan waits, beside the removals of `WAITS`; the rest is written. */
export const WITHHELD = {
  policy: {
    says: 'The policy does not allow this kind of change.',
    todo: 'set a policy that allows it',
  },
  swap: SWAP,
  frozen: FROZEN,
} as const satisfies Reasons;

/** A change was decided and not written. */
export const UNWRITTEN = {
  busy: {
    says: 'Somebody else is writing the group, and was asked to look again.',
    todo: 'wait: whoever writes it looks once more',
  },
  LeaseUnknown: {
    says: 'The memory gave no answer, so nobody knows who writes the group.',
    todo: 'wait: the next run tries again',
  },
  LeaseLost: {
    says: 'Writing took longer than a lease lasts.',
    todo: 'wait: the next run decides again',
  },
  GroupFrozen: {
    says: 'A freeze came between two attempts to write the group.',
    todo: 'look at the group: what was sent before may have taken effect',
  },
  FreezeUnknown: {
    says: 'The memory gave no answer, so nobody knows whether the group is frozen.',
    todo: 'wait: the next run tries again',
  },
  GroupMoved: {
    says: 'Somebody wrote to the group after it was read, or another run learnt more of it.',
    todo: 'wait: the next run decides again',
  },
  NotConfirmed: {
    says: 'The group was read back, and is not as it was written.',
    todo: 'wait: the next run compares again',
  },
} as const satisfies Reasons;

/** Removals without proof that a person has to look at. Additions flow, but for `swap`. */
export const UNPROVEN = {
  empty: EMPTY,
  'day-limit': {
    says: 'Too many members are missing without proof, counted over 24 hours.',
    todo: RAISE_LIMIT,
  },
  'week-limit': {
    says: 'Too many members are missing without proof, counted over 7 days.',
    todo: 'approve the removals if the machines are gone, or set maxSmallRemovals',
  },
  breaker: BREAKER,
  swap: SWAP,
} as const satisfies Reasons;

/** Why a single removal waits. */
export const WAITS = {
  incomplete: INCOMPLETE,
  'older-reading': {
    says: 'A newer reading has been acted on.',
    todo: 'wait: the next run decides again',
  },
  patience: {
    says: 'The member has not yet been missing for removeAfter and in three complete readings.',
    todo: 'wait: when the time is over, a run removes it, or asks a person if too many are missing',
  },
  'next-run': {
    says: 'The removal was approved, or became possible, while the run was under way.',
    todo: 'wait: the next run decides again',
  },
  unlisted: {
    says: 'Too many members are missing to keep count of each.',
    todo: 'wait: it is counted when those before it are gone',
  },
  alive: {
    says: 'The machine sends heartbeats.',
    todo: 'stop the machine, put it back into the inventory, or approve the removal',
  },
  shared: {
    says: 'Several machines report under one address.',
    todo: 'use user-defined ids, which tell them apart',
  },
  unsure: {
    says: 'The machine is silent, and one look does not prove it.',
    todo: 'wait: the next look confirms it',
  },
  'silent-share': {
    says: 'Nearly all members are silent at once, which looks like an outage.',
    todo: 'check whether SLS or the network is down',
  },
  empty: EMPTY,
  limit: {
    says: 'Too many members are missing without proof.',
    todo: RAISE_LIMIT,
  },
  breaker: BREAKER,
  approval: {
    says: 'The policy is approve-removals, and nobody has approved the removal.',
    todo: 'approve it if the machine is gone',
  },
  frozen: FROZEN,
  memory: {
    says: 'The memory cannot be reached, so nobody knows for how long the member has been missing.',
    todo: 'restore access to the table in SYNC_TABLE',
  },
} as const satisfies Reasons;

/** Part of a family makes no group; the rest does. */
export const FAMILY = {
  'left-out': {
    says: 'Combinations of values make no name, one that is taken, or more groups than maxGroups.',
    todo: 'give the machines other tags, or change name, filters or maxGroups of the family',
  },
} as const satisfies Reasons;

export type FamilyCode = keyof typeof FAMILY;
export type LeftAloneCode = keyof typeof LEFT_ALONE;
export type RefusedCode = keyof typeof REFUSED;
export type WithheldCode = keyof typeof WITHHELD;
export type UnwrittenCode = keyof typeof UNWRITTEN;
export type UnprovenCode = keyof typeof UNPROVEN;
export type WaitsCode = keyof typeof WAITS;

/** One occurrence: the code, and what it was this time. */
export interface Refusal<Code extends string = LeftAloneCode | RefusedCode | UnprovenCode | FamilyCode> {
  readonly code: Code;
  readonly says: string;
}

/** What happened, and what to do. */
export function advise<Code extends string>(
  says: string,
  code: Code,
  list: Readonly<Record<Code, Reason>>,
): string {
  return `${says}; ${list[code].todo}`;
}
