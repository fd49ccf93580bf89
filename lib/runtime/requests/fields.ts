// Fields that requests share. Those of a query arrive as text, those of a direct invocation as what they are: both
// are taken. Functions, and the schemas of requests are lazy: a cold start waits for no schema that it does not need.
import * as z from 'zod/mini';
import { PROJECT_NAME } from '../../core/group/machine-group.ts';
import { CONTROL_CHARACTER, type NameRule } from '../../core/text/rule.ts';
import { PAGE_MAX } from '../../sls/limits.ts';
import type { PageRequest } from '../../sls/pages.ts';

export function named(rule: NameRule) {
  return z.string().check(z.regex(rule.pattern, rule.says));
}

export function printable() {
  const isPrintable = (text: string) => !CONTROL_CHARACTER.test(text);
  return z.string().check(z.refine(isPrintable, 'must be free of control characters'));
}

export function projectName() {
  const says = 'SLS project; may be left out where the deployment has a default one.';
  return z.optional(named(PROJECT_NAME)).check(z.describe(says));
}

/** Logtail configs are made elsewhere; characters that paths would have to escape are signed differently by clients. */
export const CONFIG_NAME: NameRule = {
  pattern: /^(?!\.\.?$)[A-Za-z0-9._-]{1,128}$/,
  says: '1 to 128 characters: letters, digits, ".", "-" and "_"',
};

/** A whole number, or its decimal digits. */
export function figure(least: number, most: number) {
  return z.pipe(
    z.transform((value: unknown) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    z.int().check(z.minimum(least), z.maximum(most)),
  );
}

/** `true` or `false`, as words too. */
export function flag() {
  return z.pipe(
    z.transform((value: unknown) => (value === 'true' ? true : value === 'false' ? false : value)),
    z.boolean(),
  );
}

/** Which part of a listing is wanted. @param all describes the field of that name */
export const part = (all = 'Every row: each page is read and the total checked.') => ({
  offset: z
    .optional(figure(0, Number.MAX_SAFE_INTEGER))
    .check(z.describe('Rows to pass over; 0 if not given.')),
  size: z
    .optional(figure(1, PAGE_MAX))
    .check(z.describe(`Rows wanted; ${PAGE_MAX}, the most there are in one answer, if not given.`)),
  all: z.optional(flag()).check(z.describe(all)),
});

type Part = z.output<z.ZodMiniObject<ReturnType<typeof part>>>;

export function checkPart(context: z.core.ParsePayload<Part>): void {
  const { all, offset, size } = context.value;
  if (!all || (offset === undefined && size === undefined)) return;
  context.issues.push({
    code: 'custom',
    path: ['all'],
    input: undefined,
    message: 'reads every page, it goes with neither offset nor size',
  });
}

export function pageOf({ offset = 0, size = PAGE_MAX }: Part): PageRequest {
  return { offset, size };
}
