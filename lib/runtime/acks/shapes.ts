// An acknowledgement as answers tell it.
import * as z from 'zod/mini';

export const ackAnswer = () =>
  z
    .object({
      group: z.string(),
      code: z.string().check(z.describe('What is acknowledged: another reason is told again.')),
      who: z.string().check(z.describe('IAM ARN of the caller, or that it was a direct invocation.')),
      reason: z.string(),
      until: z.string().check(z.describe('When it ends. ISO 8601.')),
    })
    .check(z.meta({ id: 'Acknowledgement' }));
