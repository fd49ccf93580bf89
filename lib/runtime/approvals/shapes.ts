// The shape of an approval in answers, for their documentation.
import * as z from 'zod/mini';
import { memberList } from '../documentation/member-list.ts';

const when = (says: string) => z.string().check(z.describe(`${says} ISO 8601.`));

const fields = () => ({
  id: z.string(),
  group: z.string(),
  removals: memberList(),
  waiting: z.int().check(z.describe('Of these removals, how many wait for a second person.')),
  who: z.string().check(z.describe('IAM ARN of the caller, or that it was a direct invocation.')),
  reason: z.string(),
  throughFreeze: z
    .optional(z.literal(true))
    .check(z.describe('It passes the freeze that stood when it was given, and no later one.')),
  emptyInventory: z
    .optional(z.literal(true))
    .check(z.describe('It was given though the inventory had no machine for the group.')),
  at: when('When it was given.'),
  until: when('When it ends.'),
});

export const approvalAnswer = () => z.object(fields()).check(z.meta({ id: 'Approval' }));

/** With more in it than every approval has. */
export const approvalWith = <Shape extends z.core.$ZodLooseShape>(id: string, more: Shape) =>
  z.object({ ...fields(), ...more }).check(z.meta({ id }));
