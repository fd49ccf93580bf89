// What a person or a program may ask of the sync: the HTTP body, and the same object as a direct invocation.

import * as z from 'zod/mini';
import { listOf } from '../text/bounded.ts';
import { allDiffer, GROUPS_MAX } from '../text/fields.ts';
import type { NameRule } from '../text/rule.ts';

/** `project/name`, as reports print it. The parts keep the rules of their own names. */
export const GROUP_KEY: NameRule = {
  // With braces it is a family.
  pattern: /^[a-z0-9-]{1,63}\/(?:[A-Za-z0-9_-]{1,128}|(?=.*\{)[A-Za-z0-9_{}-]{1,256})$/,
  says: 'a group as project/name',
};

export const groupKeySchema = z.string().check(z.regex(GROUP_KEY.pattern, GROUP_KEY.says));

export const syncRequestSchema = z
  .strictObject({
    mode: z.enum(['plan', 'apply']).check(z.describe('plan changes nothing; apply writes what is allowed.')),
    groups: z.exactOptional(
      listOf(groupKeySchema, GROUPS_MAX).check(
        z.minLength(1),
        z.refine(allDiffer, 'names a group twice'),
        z.describe('Groups to look at, each as project/name; all of them if not given.'),
      ),
    ),
  })
  .check(z.describe('A request for a sync.'));

export type SyncRequest = z.output<typeof syncRequestSchema>;

const APPROVALS = 'approvals are stored now, and outlive a run: POST /approvals';

/** Fields that requests of earlier releases may hold. */
export function retiredInRequest(path: readonly PropertyKey[]): string | undefined {
  return path.length === 1 && (path[0] === 'approve' || path[0] === 'reason') ? APPROVALS : undefined;
}
