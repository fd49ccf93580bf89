// A batch of queue records: what each asks for, and which of them failed. A record that cannot be read fails
// alone, so that the queue moves it aside and the others go on.

import * as z from 'zod/mini';
import type { SyncConfig } from '../config/config.ts';
import { listOf } from '../text/bounded.ts';
import { shapeOf } from '../text/issues.ts';
import { readJson } from '../text/json.ts';
import { type Affected, affectedByAll } from './affected.ts';
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

/** The records of an SQS event; undefined if the event is none. */
export function readBatch(event: unknown): BatchRecord[] | undefined {
  const result = batchSchema.safeParse(event);
  if (!result.success) return undefined;
  return result.data.Records.map(({ messageId, body }) => ({ id: messageId, trigger: readBody(body) }));
}

/** What some record concerns, each group and family once: a burst of events about one group is one sync of it. */
export function concernedIn(
  records: readonly BatchRecord[],
  config: SyncConfig,
): Pick<Affected, 'groups' | 'families'> {
  return affectedByAll(
    records.map(({ trigger }) => trigger),
    config,
  );
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
