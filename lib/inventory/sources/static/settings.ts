// Settings of a static source: machines listed in the configuration itself.

import * as z from 'zod/mini';
import { listOf } from '../../../core/text/bounded.ts';
import { text } from '../../../core/text/fields.ts';
import { MEMBER_MAX_CHARACTERS } from '../../../core/text/rule.ts';

export const staticSource = z
  .strictObject({
    type: z.literal('static'),
    members: listOf(text(MEMBER_MAX_CHARACTERS), 100_000).check(
      z.describe('Addresses, or ids for a userdefined group.'),
    ),
  })
  .check(z.describe('Machines listed in the configuration itself.'));

export type StaticSource = z.output<typeof staticSource>;
