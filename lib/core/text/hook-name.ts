// The name of a hook, and the field with which a source names the hook that speaks for it.

import * as z from 'zod/mini';
import type { NameRule } from './rule.ts';

/** Last part of a hook's path, `POST /hooks/{source}`. */
export const HOOK_NAME: NameRule = {
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
  says: 'up to 64 lower-case letters, digits and hyphens, the first and last no hyphen',
};

export const hookName = z.string().check(z.regex(HOOK_NAME.pattern, HOOK_NAME.says));

/** What sources that a hook can speak for have in common. */
export const hookOfSource = z.exactOptional(
  hookName.check(z.describe('Hook whose requests say that this source has changed.')),
);
