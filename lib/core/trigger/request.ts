// What a person or a program may ask of the sync: the HTTP body, and the same object as a direct invocation.

import * as z from 'zod/mini';
import type { Approval } from '../plan/decide.ts';
import { FINGERPRINT } from '../plan/fingerprint.ts';
import { listOf } from '../text/bounded.ts';
import { allDiffer, GROUPS_MAX, text } from '../text/fields.ts';
import { fault } from '../text/issues.ts';
import type { NameRule } from '../text/rule.ts';

/** `project/name`, as reports print it. The parts keep the rules of their own names. */
export const GROUP_KEY: NameRule = {
  pattern: /^[a-z0-9-]{1,63}\/[A-Za-z0-9_-]{1,128}$/,
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
    approve: z.exactOptional(
      z
        .string()
        .check(
          z.regex(FINGERPRINT, 'the fingerprint of a plan: 32 hexadecimal digits'),
          z.describe('Fingerprint of the plan that may go beyond the limits.'),
        ),
    ),
    reason: z.exactOptional(text(500).check(z.describe('Why; goes into the report.'))),
  })
  .check(checkApproval, z.describe('A request for a sync.'));

export type SyncRequest = z.output<typeof syncRequestSchema>;

export function approvalOf({ approve, reason }: SyncRequest): Approval | undefined {
  return approve === undefined ? undefined : { fingerprint: approve, reason: reason ?? '' };
}

function checkApproval(context: z.core.ParsePayload<SyncRequest>): void {
  const { mode, approve, reason } = context.value;
  if (approve === undefined) return;
  if (mode !== 'apply') fault(context, ['approve'], 'means nothing for a plan: use mode "apply"');
  if (reason === undefined || reason.trim() === '')
    fault(context, ['reason'], 'is missing, an approval needs one');
}
