// Looks which Logtail configs are applied to a group, and applies those that are not: under the group's lease, to a group that
// carries the owner's mark, and never the other way round. SLS takes a config that is applied already once more.

import type { GroupConfig } from '../../core/config/config.ts';
import { readMark } from '../../core/group/owner.ts';
import { pendingOf } from '../../core/memory/pending.ts';
import type { BindingsReport } from '../../core/report/report.ts';
import { few } from '../../core/text/few.ts';
import { quoted } from '../../core/text/issues.ts';
import { LEASE_TAKE_MS, READ_BACK_PAUSES_MS } from '../../core/time/timeouts.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { OPERATIONS, type Operation, type OperationName } from '../../sls/operations.ts';
import { type LeaseDeps, withLease } from '../lease.ts';
import { errorReport } from '../sync/told.ts';

export interface BindingDeps {
  readonly sleep: (ms: number) => Promise<void>;
  /** Undefined where no memory is configured: then nothing keeps two writers apart. */
  readonly leases?: LeaseDeps | undefined;
  /** When it has to be over, in milliseconds since the epoch. */
  readonly due: number;
}

export interface BindingOrder {
  readonly group: Pick<GroupConfig, 'key' | 'project' | 'name' | 'owner'>;
  /** Names of the configs. */
  readonly names: readonly string[];
  readonly mayApply: boolean;
  /** Whether the group was made by this run. */
  readonly isMade: boolean;
}

/** Never rejects: what could not be looked at or applied is told. */
export async function bindConfigs(
  order: BindingOrder,
  sls: SlsClient,
  deps: BindingDeps,
): Promise<BindingsReport> {
  const { names, mayApply, isMade } = order;
  const made = isMade ? { isMade } : {};
  let missing: readonly string[];
  try {
    missing = await missingOf(order, sls);
  } catch (error) {
    // A group that was just made has none.
    const none = isMade ? names : [];
    return { ...made, names, missing: none, applied: [], ...failureOf(error, 'GetAppliedConfigs') };
  }
  if (missing.length === 0 || !mayApply) return { ...made, names, missing, applied: [] };
  const asked = missing;
  try {
    const says = await applying(order, asked, sls, deps);
    missing = await confirmed(order, asked, says !== undefined, sls, deps);
    const applied = asked.filter((name) => !missing.includes(name));
    const why = says ?? (missing.length > 0 ? 'SLS took them and does not show them yet' : undefined);
    return { ...made, names, missing, applied, ...(why !== undefined && { says: why }) };
  } catch (error) {
    const { says } = failureOf(error, 'ApplyConfigToMachineGroup');
    return { ...made, names, missing: asked, applied: [], says };
  }
}

async function missingOf({ group, names, isMade }: BindingOrder, sls: SlsClient): Promise<readonly string[]> {
  try {
    const { value } = await sls.getAppliedConfigs(group.project, group.name);
    const applied = new Set(value);
    return names.filter((name) => !applied.has(name));
  } catch (error) {
    // SLS may show a group a little late.
    if (isMade && error instanceof SlsError && error.kind === 'group-missing') return names;
    throw error;
  }
}

/** @returns why not all were applied; undefined where they were. @throws what taking the lease throws, SlsError */
async function applying(
  order: BindingOrder,
  names: readonly string[],
  sls: SlsClient,
  deps: BindingDeps,
): Promise<string | undefined> {
  const { leases, due } = deps;
  if (leases === undefined) return applyEach(order, names, sls, deps, () => {});
  const leased = await withLease(
    order.group.key,
    {
      pending: pendingOf([], [], 0),
      due: Math.min(due, leases.clock().now + LEASE_TAKE_MS),
      leavesWord: false,
      looksAgain: false,
    },
    async (held) => {
      const bound = sls.with({ due: Math.min(due, held.until) });
      return { value: await applyEach(order, names, bound, deps, held.check), sent: false };
    },
    leases,
  );
  return leased.state === 'taken' ? 'somebody else writes the group: the next run tries again' : leased.value;
}

/** One that fails keeps none of the others back. */
async function applyEach(
  order: BindingOrder,
  names: readonly string[],
  sls: SlsClient,
  { sleep }: BindingDeps,
  beforeAttempt: () => void,
): Promise<string | undefined> {
  const { project, name: group } = order.group;
  const { value } = await patiently(order, sleep, () => sls.getMachineGroup(project, group));
  const mark = readMark(value.groupAttribute.externalName);
  if (mark.kind !== 'owner' || mark.owner !== order.group.owner)
    return `the group does not carry the mark of ${quoted(order.group.owner)} any more`;
  const careful = sls.with({ beforeRepeat: async () => beforeAttempt() });
  const failures: string[] = [];
  for (const config of names) {
    try {
      await patiently(order, sleep, () => {
        beforeAttempt();
        return careful.applyConfig(project, group, config);
      });
    } catch (error) {
      if (!(error instanceof SlsError)) throw error;
      failures.push(`${quoted(config)}: ${failureOf(error, 'ApplyConfigToMachineGroup').says}`);
      // What is denied for one is denied for all.
      if (isDenied(error)) break;
    }
  }
  return failures.length === 0 ? undefined : few(failures, 5).join('; ');
}

/** Another call or a few, where SLS does not show a group yet that was just made. */
async function patiently<T>(
  { isMade }: BindingOrder,
  sleep: BindingDeps['sleep'],
  call: () => Promise<T>,
): Promise<T> {
  for (const pause of isMade ? READ_BACK_PAUSES_MS : []) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof SlsError && error.kind === 'group-missing')) throw error;
      await sleep(pause);
    }
  }
  return call();
}

/** Those that SLS does not show as applied. Where one failed it is looked once, as more looks show no more. */
async function confirmed(
  order: BindingOrder,
  asked: readonly string[],
  failed: boolean,
  sls: SlsClient,
  { sleep }: BindingDeps,
): Promise<readonly string[]> {
  let missing = asked;
  for (const pause of [...(failed ? [] : READ_BACK_PAUSES_MS), undefined]) {
    missing = await missingOf(order, sls);
    if (missing.length === 0 || pause === undefined) return missing;
    await sleep(pause);
  }
  return missing;
}

function failureOf(error: unknown, operation: OperationName): { says: string; isDenied?: true } {
  if (!isDenied(error)) return { says: `${operation} failed (${errorReport(error).message})` };
  const { ramAction, formerRamActions = [] } = OPERATIONS[operation] as Operation;
  const actions = [ramAction, ...formerRamActions].join(' and ');
  return {
    says: `${operation} was denied: grant ${actions} to the AccessKey in RAM, as lib/ram/bindings.json does`,
    isDenied: true,
  };
}

const isDenied = (error: unknown): boolean =>
  error instanceof SlsError && ['credentials', 'forbidden'].includes(error.kind);
