// The list of members in answers, one shape for all of them.
import * as z from 'zod/mini';
import { once } from '../../core/text/once.ts';

/** Always the same schema: documents know a name again by it. */
export const memberList = once(() =>
  z
    .object({ count: z.int(), members: z.array(z.string()) })
    .check(z.meta({ id: 'MemberList', description: 'How many there are, and the first of them.' })),
);
