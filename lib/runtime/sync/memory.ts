// What a run knows from the memory, read once for all of its groups. Without it additions go on and removals wait.

import pLimit from 'p-limit';
import { knownWith } from '../../core/freeze/known.ts';
import { deploymentChange, newDeployment } from '../../core/memory/deployment.ts';
import { type GroupItem, groupChange } from '../../core/memory/group.ts';
import { DEPLOYMENT_ID, epochOf, groupId, type Known, knownOf } from '../../core/memory/known.ts';
import { type Fields, type MemoryTable, revisionOf } from '../../core/memory/table.ts';
import type { Decision } from '../../core/plan/decide.ts';
import { outstandingAfter } from '../../core/plan/outstanding.ts';
import { WAITS } from '../../core/refusal/codes.ts';
import { mergeMemories } from '../../core/removal/merge.ts';
import type { Mode } from '../../core/report/report.ts';
import { LEASE_TRY_MS, MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { lastFreezes, noteFreezes } from '../freezes/seen.ts';
import type { Log } from '../log.ts';
import { changeItem, ITEMS_AT_A_TIME } from './items.ts';
import type { RunMemory } from './ports.ts';
import { errorReport } from './told.ts';

export interface MemoryDeps {
  readonly table: MemoryTable;
  readonly now: () => number;
  readonly log: Log;
}

/** Tells once a run that the memory went away after it had been read. */
export function onceDown(log: Log): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    log('warn', 'memory.down', { error: errorReport(error), says: DOWN });
  };
}

const DOWN = `additions go on, removals wait; ${WAITS.memory.todo}`;

/** What is known of a group where the memory gave no answer. */
export function unreachable(error: unknown) {
  return { state: 'down' as const, says: `the memory cannot be reached (${errorReport(error).message})` };
}

/** Where no table is configured. */
export const NO_MEMORY: RunMemory = () => ({
  state: 'down',
  says: 'there is no memory, as no table is configured',
});

/**
 * Keeps what a decision learnt of who is missing, if anything is or was: groups that are as they should be cost no write.
 * With what somebody wrote meanwhile it is merged, so that what only one of two runs saw is not forgotten. Never rejects.
 */
export async function remember(
  decision: Decision,
  due: number,
  { table, now, log }: MemoryDeps,
): Promise<void> {
  const { group, memory } = decision;
  const { known } = decision.basis;
  if (known.state !== 'known') return;
  const { item, revision, removal } = known;
  const { approvals = [] } = item;
  const isPatient = memory !== undefined && removal.missing.size + memory.missing.size > 0;
  if (!isPatient && outstandingAfter(decision, approvals) === approvals) return;
  const learnt = (now: GroupItem): GroupItem => {
    const left = { ...now, ...settled(decision, now) };
    if (memory === undefined) return left;
    if (now === item) return { ...left, removal: memory };
    // What is lost meanwhile begins anew.
    return now.removal === undefined ? left : { ...left, removal: mergeMemories(now.removal, memory) };
  };
  try {
    await changeItem(group.key, { item, revision }, learnt, Math.min(due, now() + LEASE_TRY_MS), table);
  } catch (error) {
    log('warn', 'memory.unwritten', { group: group.key, error: errorReport(error) });
  }
}

/** The approvals that a decision leaves of an item. */
export function settled(decision: Decision, { approvals }: GroupItem): Pick<GroupItem, 'approvals'> {
  return approvals ? { approvals: outstandingAfter(decision, approvals) } : {};
}

/**
 * Never rejects: a memory that is down is known to be down. Where `mode` is `apply`, items that are not there are made, so that
 * the day in which a new memory proves nothing is over a day later.
 */
export async function readMemory(
  groups: readonly string[],
  mode: Mode,
  due: number,
  deps: MemoryDeps,
): Promise<RunMemory> {
  const { table, now, log } = deps;
  const until = Math.min(due, now() + MEMORY_READ_MS);
  const down = (error: unknown) => {
    log('warn', 'memory.down', { error: errorReport(error), says: DOWN });
    return unreachable(error);
  };
  /** As far as this process knows: what was frozen when the memory was last read stays so until its end. */
  const without = (known: Exclude<Known, { state: 'known' }>): RunMemory => {
    const last = lastFreezes(table);
    if (last === undefined) return () => ({ ...known, isFreezeUnknown: true });
    return (group) => knownWith(known, last, group, now());
  };
  let items: ReadonlyMap<string, Fields>;
  try {
    items = await table.read([DEPLOYMENT_ID, ...groups.map(groupId)], until);
  } catch (error) {
    return without(down(error));
  }
  const began = epochOf(items.get(DEPLOYMENT_ID));
  if ('says' in began) {
    log('warn', 'memory.unreadable', { says: `${began.says}; ${DOWN}` });
    return without({ state: 'unreadable', says: began.says });
  }
  const freezes = began.item?.freezes ?? [];
  noteFreezes(table, freezes);
  const frozen = (key: string, one: Known) => knownWith(one, freezes, key, now());
  const known = new Map(
    groups.map((key) => [key, frozen(key, knownOf(items.get(groupId(key)), began.epoch, now()))]),
  );
  const damaged = [...known].flatMap(([group, { state }]) => (state === 'unreadable' ? group : []));
  if (damaged.length > 0)
    log('warn', 'memory.unreadable', { groups: damaged.slice(0, 20), count: damaged.length, says: DOWN });
  const fresh = [...known].filter(([, one]) => one.state === 'known' && one.isNew);
  if (began.epoch === undefined || fresh.length > 0)
    log('warn', 'memory.new', { groups: began.epoch === undefined ? groups.length : fresh.length });
  if (mode === 'apply') {
    try {
      if (began.epoch === undefined) await beginEpoch(items.get(DEPLOYMENT_ID), began.item, until, deps);
      const made = await pLimit(ITEMS_AT_A_TIME).map(
        fresh,
        async ([key, one]) => [key, frozen(key, await make(key, one, until, deps))] as const,
      );
      for (const [key, one] of made) known.set(key, one);
    } catch (error) {
      return without(down(error));
    }
  }
  return (group) =>
    known.get(group) ?? { state: 'unreadable', says: 'nobody has read the memory of this group' };
}

async function beginEpoch(
  fields: Fields | undefined,
  item: Parameters<typeof deploymentChange>[0],
  due: number,
  { table, now }: MemoryDeps,
): Promise<void> {
  const change = deploymentChange(item, { ...(item ?? newDeployment(0)), epoch: now() });
  // Whoever was there first has begun it as well.
  if (change) await table.write(DEPLOYMENT_ID, change, revisionOf(fields), due);
}

async function make(key: string, known: Known, due: number, { table, now }: MemoryDeps): Promise<Known> {
  if (known.state !== 'known') return known;
  const { item, revision, removal } = known;
  const change = groupChange(revision === 0 ? undefined : item, { ...item, removal });
  if (!change) return known;
  const { fields } = await table.write(groupId(key), change, revision, due);
  return knownOf(fields, removal.since, now());
}
