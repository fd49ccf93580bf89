// The writers a run can have. A mere plan and the policy `observe` get one that writes nothing: whoever decides
// does not know which one it will be.

import { isFrozenAlike, knownWith, patientAnew } from '../../core/freeze/known.ts';
import type { CurrentGroup } from '../../core/group/current.ts';
import type { Freeze } from '../../core/memory/deployment.ts';
import { type GroupItem, isSameMemory } from '../../core/memory/group.ts';
import { DEPLOYMENT_ID, groupId, type Known, removalIn } from '../../core/memory/known.ts';
import { type Pending, pendingOf } from '../../core/memory/pending.ts';
import { writeFor } from '../../core/plan/apply.ts';
import type { Decision } from '../../core/plan/decide.ts';
import { additionsOf, removalsOf } from '../../core/plan/plan.ts';
import { defined } from '../../core/text/defined.ts';
import { LEASE_TAKE_MS, LEASE_TRY_MS } from '../../core/time/timeouts.ts';
import type { SlsClient } from '../../sls/client.ts';
import { FreezeUnknown, freezesIn } from '../freezes/seen.ts';
import { type Held, type LeaseDeps, LeaseUnknown, withLease } from '../lease.ts';
import { writeChange } from './group-access.ts';
import { seenIn } from './items.ts';
import { settled, unreachable } from './memory.ts';
import type { DecideAgain, GroupWriter, Ports, WriteOutcome, WriteTerms } from './ports.ts';

const planned: GroupWriter = { status: 'planned', write: async () => ({}) };
const recorded: GroupWriter = { status: 'recorded', write: async () => ({}) };

type Writing = Pick<Ports, 'writers'>;

/** For `mode: "plan"`. */
export const PLAN_ONLY: Writing = { writers: { apply: planned, record: planned } };

export interface SyncLeases extends LeaseDeps {
  /** When the run has to end, in milliseconds since the epoch. */
  readonly due: number;
  /** Told that the memory could not be reached, and that additions go on without a lease. */
  readonly onDown: (error: unknown) => void;
}

/** For `mode: "apply"`. @param leases undefined where no memory is configured: then nothing keeps two runs apart */
export function applying(sleep: (ms: number) => Promise<void>, leases?: SyncLeases): Writing {
  const written: GroupWriter = {
    status: 'written',
    write: (decision, sls, terms) =>
      leases
        ? writeLeased(decision, sls, sleep, terms, leases)
        : writeChange(decision, sls, sleep, onRead(decision, terms.again)),
  };
  return { writers: { apply: written, record: recorded } };
}

async function writeLeased(
  decision: Decision,
  sls: SlsClient,
  sleep: (ms: number) => Promise<void>,
  { looksAgain, again }: WriteTerms,
  leases: SyncLeases,
): Promise<WriteOutcome> {
  const { group, change } = decision;
  const { known } = decision.basis;
  let begun = false;
  try {
    const leased = await withLease(
      group.key,
      {
        pending: pendingFor(decision),
        due: Math.min(leases.due, leases.clock().now + LEASE_TAKE_MS),
        leavesWord: true,
        looksAgain,
        known: known.state === 'known' ? known : undefined,
      },
      async (held) => {
        begun = true;
        const bound = sls.with({ due: Math.min(leases.due, held.until) });
        const judged = await judgedOn(held, decision, again);
        if (judged.outcome !== 'change') return { value: { instead: judged }, sent: false, ...kept(judged) };
        const lastLook = (decision: Decision) => asOfNow(decision, again, leases);
        const value = await writeChange(judged, bound, sleep, onRead(judged, again), held.check, lastLook);
        const last = value.instead ?? judged;
        const instead = last === decision ? {} : { instead: last };
        return { value: { ...value, ...instead }, sent: value.sent === true, ...kept(last) };
      },
      leases,
    );
    if (leased.state === 'taken') return { busy: leased.by };
    return { ...leased.value, again: leased.again };
  } catch (error) {
    if (begun) throw error;
    // Somebody else may write now. Where the memory stays away, the next run knows that from its start, and goes on.
    if (error instanceof LeaseUnknown && known.state !== 'down')
      return { unwritten: writeFor(decision.current, change, group), error };
    leases.onDown(error);
    // Additions are compared, written and read back without a lease; removals wait.
    // What was frozen when the run read the memory still is.
    const now = { ...unreachable(error), ...defined({ freeze: known.freeze }) };
    const less = await again(decision, { known: now }, new Set());
    if (less.outcome !== 'change') return { instead: less };
    return { instead: less, ...(await writeChange(less, sls, sleep, onRead(less, again))) };
  }
}

/** The decision on the item that holds the lease: somebody may have written it after this run had read it. */
async function judgedOn(
  { item, overtaken }: Held,
  decision: Decision,
  again: DecideAgain,
): Promise<Decision> {
  const { known, now } = decision.basis;
  if (known.state !== 'known') return decision;
  if (overtaken === undefined && isSameMemory(item, known.item)) return decision;
  const fresh = withItem(known, item, now);
  const removal = patientAnew(fresh.removal, known.thawedAt);
  return again(decision, { known: { ...fresh, removal } }, removedBy(decision));
}

/**
 * The decision on what the memory says at this moment: a freeze may have come or ended, an approval been taken back, a newer
 * reading been acted on. Where the memory was of no help already, what was known then stands.
 * @throws FreezeUnknown
 */
async function asOfNow(
  decision: Decision,
  again: DecideAgain,
  { table, clock, due }: SyncLeases,
): Promise<Decision> {
  const { known } = decision.basis;
  const { key } = decision.group;
  const { now } = clock();
  let freezes: readonly Freeze[];
  let current = known;
  try {
    const items = await table.read([DEPLOYMENT_ID, groupId(key)], Math.min(due, now + LEASE_TRY_MS));
    freezes = freezesIn(items.get(DEPLOYMENT_ID), table);
    if (known.state === 'known') {
      const { item } = seenIn(items.get(groupId(key)));
      if (!isSameMemory(item, known.item)) current = withItem(known, item, now);
    }
  } catch (error) {
    if (known.state !== 'known') return decision;
    throw new FreezeUnknown(error);
  }
  const fresh = knownWith(current, freezes, key, now);
  if (current === known && isFrozenAlike(fresh, known)) return decision;
  return again(decision, { known: fresh }, removedBy(decision));
}

type Remembered = Extract<Known, { state: 'known' }>;

const withItem = (known: Remembered, item: GroupItem, now: number): Remembered => {
  return { ...known, item, removal: removalIn(item, known.removal.since, now) };
};

const removedBy = ({ change }: Decision): ReadonlySet<string> => new Set(removalsOf(change));

const onRead = (decision: Decision, again: DecideAgain) => (current: CurrentGroup) =>
  again(decision, { current }, removedBy(decision));

function pendingFor({ change, goes }: Decision): Pending {
  const weak = goes.filter((removal) => removal.weak).length;
  return pendingOf(removalsOf(change), additionsOf(change), weak);
}

const kept = (decision: Decision) => ({
  pending: pendingFor(decision),
  removal: decision.memory,
  settled: (item: GroupItem) => settled(decision, item),
});
