// The message by which a run hands one group to a worker.

import * as z from 'zod/mini';
import { sha256 } from '../text/digest.ts';
import { text } from '../text/fields.ts';
import { groupKeySchema } from './request.ts';

const TYPE = 'sls-machine-groups/reconcile';
/** Longest `MessageGroupId` that SQS takes (SendMessage page). */
const LONGEST_GROUP_ID = 128;

/**
 * Who asked for a look at a group, and so who looks again if it came too early or failed: after `schedule` its next tick,
 * after `event` a look that is sent for, after `recheck`, which is that look, the queue itself.
 */
const ASKERS = ['schedule', 'event', 'recheck'] as const;
export type Asker = (typeof ASKERS)[number];

export const workSchema = z.strictObject({
  type: z.literal(TYPE),
  version: z.literal(1),
  /** `project/name`. */
  group: groupKeySchema,
  /** Id of the run that asked. */
  run: text(128),
  /** Work without it is a `recheck`. */
  asked: z.exactOptional(z.enum(ASKERS)),
});

export type Work = z.output<typeof workSchema>;

export function workFor(group: string, run: string, asked: Asker): Work {
  return { type: TYPE, version: 1, group, run, asked };
}

export function isWork(value: object): boolean {
  return 'type' in value && value.type === TYPE;
}

/** One group at a time has one worker: messages of a group share this id. A name too long for it is hashed. */
export function messageGroupId(group: string): string {
  return group.length <= LONGEST_GROUP_ID ? group : sha256(group);
}
