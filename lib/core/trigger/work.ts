// The message by which a run hands groups to a worker. It names one group, or those of a batch, which can have the reading
// of their inventories handed with them.

import * as z from 'zod/mini';
import { listOf } from '../text/bounded.ts';
import { canonicalJson, sha256 } from '../text/digest.ts';
import { allDiffer, text } from '../text/fields.ts';
import { groupKeySchema } from './request.ts';

const TYPE = 'sls-machine-groups/reconcile';
/** Longest `MessageGroupId` that SQS takes (SendMessage page). */
const LONGEST_GROUP_ID = 128;

/**
 * Groups of one message. One that all change is four answers of SLS a group, eight groups at a time: at a second an answer a
 * worker is done in 100 of its 120 seconds. With names of the longest it is 39 KB of the 256 that SQS takes.
 */
export const BATCH_GROUPS = 200;
/** More than any release sends. */
const GROUPS_TAKEN = 1_000;

/**
 * Who asked for a look at a group, and so who looks again if it came too early or failed: after `schedule` its next tick,
 * after `event` a look that is sent for, after `recheck`, which is that look, the queue itself.
 */
const ASKERS = ['schedule', 'event', 'recheck'] as const;
export type Asker = (typeof ASKERS)[number];

const asked = {
  /** Id of the run that asked. */
  run: text(128),
  /** Work without it is a `recheck`. */
  asked: z.exactOptional(z.enum(ASKERS)),
};

/** For one group. */
const oneSchema = z.strictObject({
  type: z.literal(TYPE),
  version: z.literal(1),
  /** `project/name`. */
  group: groupKeySchema,
  ...asked,
});

/** Where a reading is, and what is in it: whoever finds something else reads for itself. */
const handedSchema = z.strictObject({
  /** In the bucket of the deployment. */
  key: z.string().check(z.regex(/^[\w-]{1,128}\/\d{1,6}$/)),
  /** SHA-256 of its bytes. */
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type HandedReading = z.output<typeof handedSchema>;

const batchSchema = z.strictObject({
  type: z.literal(TYPE),
  version: z.literal(2),
  groups: listOf(groupKeySchema, GROUPS_TAKEN).check(
    z.minLength(1),
    z.refine(allDiffer, 'names a group twice'),
  ),
  ...asked,
  reading: z.exactOptional(handedSchema),
});

export const workSchema = z.discriminatedUnion('version', [oneSchema, batchSchema]);
type WorkMessage = z.output<typeof workSchema>;

/** What a message asks for. */
export interface Work {
  /** Each as `project/name`. */
  readonly groups: readonly string[];
  readonly run: string;
  readonly asked?: Asker;
  readonly reading?: HandedReading;
}

export function workIn(message: WorkMessage): Work {
  const { type: _, version: __, ...rest } = message;
  if (!('group' in rest)) return rest;
  const { group, ...others } = rest;
  return { groups: [group], ...others };
}

export function workFor(group: string, run: string, asked: Asker): WorkMessage {
  return { type: TYPE, version: 1, group, run, asked };
}

export function isWork(value: object): boolean {
  return 'type' in value && value.type === TYPE;
}

/** Groups that go to one worker, in one message. */
export interface Batch {
  /** Its `MessageGroupId`: batches with the same one are worked on one after the other. */
  readonly id: string;
  /** Each as `project/name`. */
  readonly groups: readonly string[];
  readonly asked: Asker;
}

export function batchFor({ groups, asked }: Batch, run: string, reading?: HandedReading): WorkMessage {
  return { type: TYPE, version: 2, groups: [...groups], run, asked, ...(reading && { reading }) };
}

/** A queue drops the second of two messages with the same one. */
export function deduplicationId({ groups, asked }: Batch, run: string): string {
  return sha256(canonicalJson([run, asked, groups]));
}

/** One group at a time has one worker: messages of a group alone share this id. A name too long for it is hashed. */
export function messageGroupId(group: string): string {
  return group.length <= LONGEST_GROUP_ID ? group : sha256(group);
}
