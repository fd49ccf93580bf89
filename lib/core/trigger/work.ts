// The message by which a run hands one group to a worker.

import * as z from 'zod/mini';
import { sha256 } from '../text/digest.ts';
import { text } from '../text/fields.ts';
import { groupKeySchema } from './request.ts';

const TYPE = 'sls-machine-groups/reconcile';
/** Longest `MessageGroupId` that SQS takes (SendMessage page). */
const LONGEST_GROUP_ID = 128;

export const workSchema = z.strictObject({
  type: z.literal(TYPE),
  version: z.literal(1),
  /** `project/name`. */
  group: groupKeySchema,
  /** Id of the run that asked. */
  run: text(128),
});

export type Work = z.output<typeof workSchema>;

export function workFor(group: string, run: string): Work {
  return { type: TYPE, version: 1, group, run };
}

export function isWork(value: object): boolean {
  return 'type' in value && value.type === TYPE;
}

/** One group at a time has one worker: messages of a group share this id. A name too long for it is hashed. */
export function messageGroupId(group: string): string {
  return group.length <= LONGEST_GROUP_ID ? group : sha256(group);
}
