// Fields that requests and answers share. Those of a query arrive as text, those of a direct invocation as what they are: both
// are taken. Functions, and the schemas of requests are lazy: a cold start waits for no schema that it does not need.
import * as z from 'zod/mini';
import {
  CONFIG_NAME,
  EXISTING_GROUP_NAME,
  IDENTIFY_TYPES,
  PROJECT_NAME,
} from '../../core/group/machine-group.ts';
import { listOf } from '../../core/text/bounded.ts';
import { CONTROL_CHARACTER, type NameRule } from '../../core/text/rule.ts';
import { MEMBERS_MAX, OFFSET_MAX, PAGE_MAX } from '../../sls/limits.ts';
import type { PageRequest } from '../../sls/pages.ts';

export function named(rule: NameRule) {
  return z.string().check(z.regex(rule.pattern, rule.says));
}

function printable() {
  const isPrintable = (text: string) => !CONTROL_CHARACTER.test(text);
  return z.string().check(z.refine(isPrintable, 'must be free of control characters'));
}

export function projectName() {
  const says = 'SLS project; may be left out where the deployment has a default one.';
  return z.optional(named(PROJECT_NAME)).check(z.describe(says));
}

/** Name of a group: reads and deletes accept every name that can exist. */
export const groupName = () => named(EXISTING_GROUP_NAME);
export const configName = () => named(CONFIG_NAME).check(z.describe('Name of a Logtail config.'));

/** Whose word it takes to write a group that carries, or shall carry, a sync's mark. */
export const owner = () =>
  z
    .optional(printable().check(z.minLength(1), z.maxLength(256)))
    .check(
      z.describe(
        'Whom the caller acts for: the id of the owner whose sync keeps the group, or its mark as externalName has it. Other groups need none.',
      ),
    );

export const throughFreeze = () =>
  z
    .optional(flag())
    .check(z.describe('Write although the group is frozen; it goes into the log. Other groups need none.'));

export const identifyType = () =>
  z
    .enum(IDENTIFY_TYPES)
    .check(z.describe('ip: members are addresses that agents report. userdefined: ids that machines carry.'));
export const topic = () => printable().check(z.describe('Topic attached to the logs of this group.'));
export const externalName = () => printable().check(z.describe('Id in an external management system.'));
/** The service takes any text and gives it back, so what a read shows can be written again. */
export const groupType = () => printable().check(z.describe('Empty, or "Armory".'));
export const machineList = () =>
  listOf(z.string(), MEMBERS_MAX).check(
    z.describe('Members; their order has no meaning and none is there twice.'),
  );

/** A group as it was read is accepted as it stands. */
export const times = () => ({
  createTime: z.optional(z.number()).check(z.describe('Unix seconds, as a read gives it; ignored.')),
  lastModifyTime: z.optional(z.number()).check(z.describe('Unix seconds, as a read gives it; ignored.')),
});

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
  offset: z.optional(figure(0, OFFSET_MAX)).check(z.describe('Rows to pass over; 0 if not given.')),
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
    message: 'reads every page: leave out offset and size',
  });
}

/** Of the answers of listings. */
export const count = () => z.int().check(z.nonnegative(), z.describe('Rows in this answer.'));
export const total = () => z.int().check(z.nonnegative(), z.describe('Rows of the whole listing.'));

export function pageOf({ offset = 0, size = PAGE_MAX }: Part): PageRequest {
  return { offset, size };
}
