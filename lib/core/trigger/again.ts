// What is left of a batch when its run is over: groups that are looked at once more, after a while, and records that their
// queue has to give again. Everything else is done with, so that nothing waits behind it.

import type { SyncConfig } from '../config/config.ts';
import { type Unit, unitsOf } from '../family/units.ts';
import { concernedBy } from './affected.ts';
import type { BatchRecord } from './batch.ts';
import type { Trigger } from './trigger.ts';
import type { Asker } from './work.ts';

/** What Lambda expects back for an event source that reports failures record by record. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** How the look at a group ended, as far as that matters here. */
export interface Looked {
  /** `project/name`. */
  readonly group: string;
  readonly status: string;
  /** The family that makes it, if one does: it is looked at again as a whole. */
  readonly made?: { readonly family: string };
}

const unitOf = ({ group, made }: Looked): string => made?.family ?? group;

/** Who asked for a look at each group or family: an event before a recheck before the schedule, where several did. */
export function askersOf(
  records: readonly BatchRecord[],
  units: readonly Unit[],
): ReadonlyMap<string, Asker> {
  const askers = new Map<string, Asker>();
  for (const asker of ['schedule', 'recheck', 'event'] as const) {
    const triggers = records.flatMap(({ trigger }) => (askerOf(trigger) === asker ? trigger : []));
    for (const { key } of concernedBy(triggers, units)) askers.set(key, asker);
  }
  return askers;
}

/**
 * Groups that an event asked for and that have to be looked at once more: the look failed, somebody else was writing, or
 * there was nothing to do, which is also what it looks like when an event comes before its source shows the change.
 */
export function recheckOf(looked: readonly Looked[], askers: ReadonlyMap<string, Asker>): readonly string[] {
  const again = looked.flatMap((one) => {
    const { status } = one;
    const unit = unitOf(one);
    return askers.get(unit) === 'event' && (isUndone(status) || status === 'in-sync') ? unit : [];
  });
  return [...new Set(again)];
}

/**
 * The records to hand back: those not understood, and those about a group that was not seen to, if nobody else looks again.
 * The next tick does where the schedule asked, and a recheck where an event did.
 * @param isSent whether the rechecks are on their way
 */
export function batchResponse(
  records: readonly BatchRecord[],
  config: Pick<SyncConfig, 'groups' | 'families'>,
  looked: readonly Looked[],
  isSent: boolean,
): BatchResponse {
  const undone = new Set(looked.flatMap((one) => (isUndone(one.status) ? unitOf(one) : [])));
  const units = unitsOf(config).filter(({ key }) => undone.has(key));
  const isLost = ({ trigger }: BatchRecord) => {
    if (trigger.kind === 'malformed') return true;
    const asker = askerOf(trigger);
    const isSeenTo = asker === 'schedule' || (asker === 'event' && isSent);
    return !isSeenTo && concernedBy([trigger], units).length > 0;
  };
  return { batchItemFailures: records.filter(isLost).map(({ id }) => ({ itemIdentifier: id })) };
}

function askerOf(trigger: Trigger): Asker {
  if (trigger.kind === 'work') return trigger.work.asked ?? 'recheck';
  return trigger.kind === 'schedule' ? 'schedule' : 'event';
}

function isUndone(status: string): boolean {
  return status === 'failed' || status === 'busy';
}
