// Freezes in answers, and their shape for the documentation.
import * as z from 'zod/mini';
import type { Freeze } from '../../core/memory/deployment.ts';
import { freezeReport } from '../../core/report/group.ts';

const when = (says: string) => z.string().check(z.describe(`${says} ISO 8601.`));

const words = () => ({
  who: z.string().check(z.describe('IAM ARN of the caller, or that it was a direct invocation.')),
  reason: z.string(),
  since: z.optional(when('When it was given.')),
  until: when('When it ends by itself.'),
});

/** In reports of a group. */
export const freezeAnswer = () =>
  z
    .object(words())
    .check(z.meta({ id: 'FreezeOfGroup', description: 'What keeps the group from being written.' }));

/** By itself. */
export const storedFreeze = () =>
  z
    .object({
      group: z.string().check(z.describe('project/name, or * for all groups.')),
      ...words(),
    })
    .check(z.meta({ id: 'Freeze' }));

export function freezesOf(freezes: readonly Freeze[]) {
  return freezes.map((one) => ({ group: one.group, ...freezeReport(one) }));
}
