// One group's decision: plan, then policy, then the rules of removal, as one value that says what may be written, what
// waits and why. Additions flow, whatever happens to removals, but for a swap. A freeze stops what is left in the end, so that
// the report says what would be written without it.
//   1. `prepare` says what the difference is, and notes who is missing;
//   2. the witness is asked, where `needsListing` says so;
//   3. `examineGroup` says what is known of everything missing. A breaker needs this of every group of the run;
//   4. `decide`.

import type { GroupConfig } from '../config/config.ts';
import { type Canonical, type CurrentGroup, membersOf } from '../group/current.ts';
import { approvedIn, passing, type StoredApproval } from '../memory/approvals.ts';
import type { Freeze } from '../memory/deployment.ts';
import type { Known } from '../memory/known.ts';
import type { GroupWanted } from '../reading/wanted.ts';
import type { Refusal } from '../refusal/codes.ts';
import { approvedOnly } from '../removal/approved-only.ts';
import type { Breaker } from '../removal/breaker.ts';
import { type Examination, examine, type Noted, note } from '../removal/examine.ts';
import { heldTooLong, type Judgement, judgeRemovals, waitForMemory } from '../removal/judge.ts';
import type { LimitFigures } from '../removal/limit.ts';
import type { Listing } from '../removal/listing.ts';
import type { RemovalMemory } from '../removal/memory.ts';
import type { OtherGroup } from '../removal/moved.ts';
import type { Removal, Waiting } from '../removal/outcome.ts';
import { defined } from '../text/defined.ts';
import { reasonsInOne } from '../text/few.ts';
import { removalsFingerprint } from './fingerprint.ts';
import { frozenJudgement, stopped } from './frozen.ts';
import { type Action, additionsOf, filterPlan, type Plan, planGroup, removalsOf } from './plan.ts';
import {
  applyPolicy,
  type Filtered,
  mayRemove,
  type Withheld,
  type Writer,
  withhold,
  writerFor,
} from './policy.ts';
import { withheldRemovals, withRemovals } from './waits.ts';

export interface DecisionInput {
  readonly group: GroupConfig;
  readonly current: CurrentGroup;
  readonly wanted: GroupWanted;
  /** What the memory holds of the group. Without it removals wait. */
  readonly known: Known;
  readonly canonical: Canonical;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Prepared extends DecisionInput {
  /** The whole difference, before policy and the rules of removal. */
  readonly plan: Plan;
  readonly filtered: Filtered;
  /** None where nothing can be removed: not ours, by the policy, or for want of a memory. */
  readonly noted?: Noted;
}

export interface Examined extends Prepared {
  readonly examination?: Examination;
  readonly listing?: Listing | undefined;
  readonly others: readonly OtherGroup[];
  /** What could not be asked of the groups that are not in this run, in a sentence. */
  readonly unasked?: string | undefined;
}

export interface Decision {
  readonly group: GroupConfig;
  readonly current: CurrentGroup;
  readonly wanted: GroupWanted;
  /** The whole difference, before policy and the rules of removal: `removalsOf` it is everything missing. */
  readonly plan: Plan;
  /** What an approval of everything missing has to name; none where nobody has to approve anything, or can. */
  readonly fingerprint?: string;
  /** `nothing` also when all of the plan waits; `refused` when nothing is written and a person has to look. */
  readonly outcome: 'nothing' | 'change' | 'left-alone' | 'refused';
  /** What may be written: no actions unless the outcome is `change`. */
  readonly change: Plan;
  readonly writer: Writer;
  /** The removals of the change, each with what is known of it. */
  readonly goes: readonly Removal[];
  /** Everything missing that does not go, each with what it waits for; empty where the policy removes nothing. */
  readonly waits: readonly Waiting[];
  readonly withheld: readonly Withheld[];
  /** Why the group is left alone or refused; also beside a change, where only removals are refused. */
  readonly refusals: readonly Refusal[];
  /** Approvals that removals of the change go by. */
  readonly approvals: readonly StoredApproval[];
  readonly figures?: LimitFigures;
  /** Since when the oldest member is ripe that has waited for too long, in milliseconds since the epoch. */
  readonly heldSince?: number;
  /** What the memory is to hold, if nothing is written; before `withWrite`, if something is. */
  readonly memory?: RemovalMemory;
  /** What it was decided on, to decide once more. */
  readonly basis: Examined;
  readonly breaker?: Breaker;
  /** Nothing of the group may be written, whatever the policy: all of the change but what passes it waits. */
  readonly freeze?: Freeze;
}

export function prepare({ group, current, wanted, known, canonical, now }: DecisionInput): Prepared {
  const plan = planGroup(current, wanted, group);
  const filtered = applyPolicy(plan, group.policy);
  // Field by field: what is decided once more brings what was known before.
  const prepared = { group, current, wanted, known, canonical, now, plan, filtered };
  if (plan.obstacle || !mayRemove(group.policy) || known.state !== 'known') return prepared;
  const noted = note({
    memory: known.removal,
    reading: {
      complete: wanted.completeness.complete,
      beganAt: wanted.takenAt,
      wanted: wanted.members,
    },
    members: membersOf(current),
    additions: additionsOf(filtered.plan).length,
    identify: group.identify,
    canonical,
    settings: group.safety,
    approved: new Set(approvedIn(known.item.approvals ?? [], now).keys()),
    now,
  });
  return { ...prepared, noted };
}

/** @param listing undefined if `needsListing` says no */
export function examineGroup(
  prepared: Prepared,
  listing: Listing | undefined,
  others: readonly OtherGroup[],
  unasked?: string,
): Examined {
  const { noted } = prepared;
  return {
    ...prepared,
    ...(noted && { examination: examine(noted, listing, others) }),
    listing,
    others,
    ...defined({ unasked }),
  };
}

/**
 * @param breaker of the reading that the group shares with others
 * @param only removals that may go, where somebody was told before which ones will; all if not given
 */
export function decide(examined: Examined, breaker?: Breaker, only?: ReadonlySet<string>): Decision {
  const { group, current, wanted, plan, filtered, examination } = examined;
  const { freeze } = examined.known;
  const begun: Begun = {
    group,
    current,
    wanted,
    plan,
    writer: writerFor(group.policy),
    basis: examined,
    ...defined({ breaker, freeze }),
  };
  if (plan.obstacle) {
    const { kind, code, says } = plan.obstacle;
    const nothing = { ...NOTHING_HELD, change: filterPlan(plan, () => false) };
    return { ...begun, ...nothing, outcome: kind, refusals: [{ code, says }] };
  }
  if (!mayRemove(group.policy)) return decided(begun, { ...NOTHING_HELD, ...filteredOf(filtered) });
  if (examination === undefined) {
    const waits = withoutMemory(examined);
    const change = withRemovals(filtered.plan, new Set());
    return decided(begun, { ...NOTHING_HELD, change, waits, withheld: withheldRemovals(waits) });
  }
  const judgement = limitedTo(only, judgeRemovals(examination, { allowEmpty: group.allowEmpty, breaker }));
  const approved =
    group.policy === 'approve-removals' ? approvedOnly(judgement, group.safety.removeAfter) : judgement;
  const passed = approvalsOf(examined);
  return decided(
    begun,
    held(freeze ? frozenJudgement(approved, freeze, new Set(passed.keys())) : approved, passed, examined),
  );
}

type Begun = Pick<
  Decision,
  'group' | 'current' | 'wanted' | 'plan' | 'writer' | 'basis' | 'breaker' | 'freeze'
>;
type Held = Omit<Decision, keyof Begun | 'outcome'>;

const NOTHING_HELD = { goes: [], waits: [], withheld: [], refusals: [], approvals: [] } as const;

function filteredOf({ plan: change, withheld }: Filtered): Pick<Held, 'change' | 'withheld'> {
  return { change, withheld };
}

function decided(begun: Begun, held: Held): Decision {
  const { freeze } = begun;
  const made = withoutMaking(begun, held);
  const rest = freeze ? { ...made, ...stopped(made, freeze) } : made;
  const isChange = rest.change.actions.length > 0;
  const outcome = isChange ? 'change' : rest.refusals.length > 0 ? 'refused' : 'nothing';
  return { ...begun, ...rest, outcome };
}

/** Approvals by member; of a frozen group those alone that pass the freeze. */
function approvalsOf({ known, now }: Examined): ReadonlyMap<string, StoredApproval> {
  if (known.state !== 'known') return new Map();
  const { item, freeze, passFrom = 0 } = known;
  const all = item.approvals ?? [];
  return approvedIn(freeze ? passing(all, passFrom) : all, now);
}

/**
 * A family makes a group of a reading that is whole and shows a member, and of no other: what is not there yet loses
 * nothing by waiting.
 */
function withoutMaking({ group, wanted: { completeness, members } }: Begun, held: Held): Held {
  const making = held.change.actions.find(({ type }) => type === 'create');
  if (!group.made || !making || (completeness.complete && members.size > 0)) return held;
  const why = completeness.complete
    ? withhold(making, 'empty', 'no machine of the combination is wanted')
    : withhold(
        making,
        'incomplete',
        `the inventory was not read whole (${reasonsInOne(completeness.reasons)})`,
      );
  return {
    ...held,
    change: filterPlan(held.change, (action) => action !== making),
    withheld: [...held.withheld, why],
  };
}

/** What a judgement makes of a plan whose removals the policy lets through. */
function held(
  judgement: Judgement,
  approved: ReadonlyMap<string, StoredApproval>,
  { group, plan, wanted, now }: Examined,
): Held {
  const { goes, waits, additions, refusals, figures, memory } = judgement;
  const leaving = withRemovals(plan, new Set(goes.map(({ member }) => member)));
  const isAdding = additions.verdict === 'go';
  const used = goes.flatMap((removal) =>
    removal.class === 'approved' ? (approved.get(removal.member) ?? []) : [],
  );
  const ripeSince = heldTooLong(judgement, now).map((waiting) => waiting.ripeSince ?? now);
  const isEmptied = wanted.members.size === 0 && !group.allowEmpty;
  const canApprove = wanted.completeness.complete && !isEmptied && waits.length > 0;
  return {
    change: isAdding ? leaving : filterPlan(leaving, ({ type }) => type !== 'add'),
    goes,
    waits,
    withheld: [
      ...(isAdding ? [] : addedBy(leaving).map((action) => withhold(action, 'swap', additions.says))),
      ...withheldRemovals(waits),
    ],
    refusals,
    approvals: [...new Set(used)],
    figures,
    memory,
    ...defined({
      fingerprint: canApprove ? removalsFingerprint(group.key, removalsOf(plan)) : undefined,
      heldSince: ripeSince.length > 0 ? Math.min(...ripeSince) : undefined,
    }),
  };
}

const addedBy = ({ actions }: Plan): readonly Action[] => actions.filter(({ type }) => type === 'add');

/** Nobody knows for how long anything has been missing. */
function withoutMemory({ plan, wanted: { completeness }, known }: Examined): readonly Waiting[] {
  const missing = removalsOf(plan);
  if (completeness.complete) return waitForMemory(missing, 'says' in known ? known.says : '');
  const says = `the inventory was not read completely (${reasonsInOne(completeness.reasons)})`;
  return missing.map((member) => ({ member, for: 'incomplete', says }));
}

function limitedTo(only: ReadonlySet<string> | undefined, judgement: Judgement): Judgement {
  if (only === undefined) return judgement;
  const says = 'what was known of the group changed before the write';
  const later = judgement.goes.filter(({ member }) => !only.has(member));
  return {
    ...judgement,
    goes: judgement.goes.filter(({ member }) => only.has(member)),
    waits: [...judgement.waits, ...later.map(({ member }): Waiting => ({ member, for: 'next-run', says }))],
  };
}
