// A batch of queue records: what each asks for, and which of them failed. A record that cannot be read fails
// alone, so that the queue moves it aside and the others go on.

import * as z from 'zod/mini';
import type { GroupConfig, SyncConfig } from '../config/config.ts';
import { listOf } from '../text/bounded.ts';
import { shapeOf } from '../text/issues.ts';
import { readJson } from '../text/json.ts';
import { concernedBy } from './affected.ts';
import { readTrigger, type Trigger } from './trigger.ts';

/** Most messages of one batch (Lambda developer guide, "Using Lambda with Amazon SQS"). */
const RECORDS_MAX = 10_000;

/** What else stands in a record is not looked at, and not copied. */
const batchSchema = z.object({
  Records: listOf(
    z.object({ messageId: z.string(), eventSource: z.literal('aws:sqs'), body: z.string() }),
    RECORDS_MAX,
  ).check(z.minLength(1)),
});

export interface BatchRecord {
  /** The queue's id of the message. */
  readonly id: string;
  readonly trigger: Trigger;
}

/** What Lambda expects back for an event source that reports failures record by record. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The records of an SQS event; undefined if the event is none. */
export function readBatch(event: unknown): BatchRecord[] | undefined {
  const result = batchSchema.safeParse(event);
  if (!result.success) return undefined;
  return result.data.Records.map(({ messageId, body }) => ({ id: messageId, trigger: readBody(body) }));
}

/** Every group that some record concerns, once: a burst of events about one group is one sync of it. */
export function groupsIn(records: readonly BatchRecord[], config: SyncConfig): readonly GroupConfig[] {
  return concernedBy(
    records.map(({ trigger }) => trigger),
    config.groups,
  );
}

/**
 * The records to hand back: those not understood, and those that concern a group that failed. A record whose
 * group is not configured any more has nothing left to do.
 */
export function batchResponse(
  records: readonly BatchRecord[],
  config: SyncConfig,
  failed: ReadonlySet<string>,
): BatchResponse {
  const failedGroups = config.groups.filter(({ key }) => failed.has(key));
  const hasFailed = ({ trigger }: BatchRecord) =>
    trigger.kind === 'malformed' ||
    (trigger.kind === 'work'
      ? failed.has(trigger.work.group)
      : concernedBy([trigger], failedGroups).length > 0);
  return { batchItemFailures: records.filter(hasFailed).map(({ id }) => ({ itemIdentifier: id })) };
}

function readBody(body: string): Trigger {
  const reading = readJson(body);
  if (reading.ok) return queueable(readTrigger(reading.value));
  return { kind: 'malformed', says: `a message is JSON, this is ${shapeOf(body)} that ${reading.says}` };
}

/** Nobody reads the answer to a message: a plan would go unseen. */
function queueable(trigger: Trigger): Trigger {
  if (trigger.kind !== 'request' || trigger.request.mode === 'apply') return trigger;
  return { kind: 'malformed', says: 'a queue takes no plans: ask for them directly' };
}
