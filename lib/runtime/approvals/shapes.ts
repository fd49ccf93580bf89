// The shape of an approval in answers, for their documentation.
import * as z from 'zod/mini';

export const membersAnswer = (says: string) =>
  z.object({ count: z.int(), members: z.array(z.string()) }).check(z.describe(says));

const when = (says: string) => z.string().check(z.describe(`${says} ISO 8601.`));

export const approvalAnswer = () =>
  z.object({
    id: z.string(),
    group: z.string(),
    removals: membersAnswer('How many, and the first hundred.'),
    waiting: z.int().check(z.describe('Of these removals, how many wait for a second person.')),
    who: z.string().check(z.describe('IAM ARN of the caller, or that it was a direct invocation.')),
    reason: z.string(),
    at: when('When it was given.'),
    until: when('When it ends.'),
  });
