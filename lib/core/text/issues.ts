// What is wrong with a document that came from outside, one line a fault: where, which rule, and the shape
// of what stood there. Never the value itself: a document can hold a secret in the wrong place. A number that is only too
// large or too small is none.

import type * as z from 'zod/mini';
import { counted } from './counted.ts';

type Issue = z.core.$ZodIssue;

/** Lines beyond these are counted, not shown: a document of the wrong kind breaks every rule at once. */
export const MOST_LINES = 25;
const LONGEST_NAME = 64;
/** What zod says when nobody gave the rule words of its own. */
const NO_WORDS = 'Invalid input';

/**
 * One line per fault, such as `groups[0].name: must be 3 to 128 characters…, is text of 2 characters`.
 * `input` is the value that was parsed; only its shape is told. Words that a schema gives to a rule follow
 * "must be"; those of a custom check follow the place.
 * @param retired what to do about a field that is not known any more, by its path
 */
export function describeIssues(
  error: { readonly issues: readonly Issue[] },
  input: unknown,
  retired: Retired = () => undefined,
): string[] {
  const told = new Set<string>();
  let more = 0;
  for (const issue of error.issues) {
    const lines = told.size < MOST_LINES && untoldIn(issue) === 0 ? describe(issue, input, [], retired) : [];
    const shown = lines.slice(0, MOST_LINES - told.size);
    for (const line of shown) told.add(line);
    more += Math.max(faultsIn(issue), lines.length) - shown.length;
  }
  return more > 0 ? [...told, `and ${more} more`] : [...told];
}

export type Retired = (path: readonly PropertyKey[]) => string | undefined;

/** Notes what a check of ours found, without the value: it may be a secret in the wrong place. */
export function fault(
  context: { readonly issues: z.core.$ZodRawIssue[] },
  path: PropertyKey[],
  message: string,
): void {
  context.issues.push({ code: 'custom', path, message, input: undefined });
}

/** An issue that stands for faults which are counted only: one for each of a million would cost what they cost. */
export function untold(faults: number) {
  const message = `and ${faults} more`;
  return { code: 'custom' as const, path: [], message, input: undefined, params: { faults } };
}

/** How many faults an issue of {@link untold} stands for; 0 for any other. */
function untoldIn(issue: z.core.$ZodRawIssue | Issue): number {
  const faults: unknown = issue.code === 'custom' ? issue.params?.faults : undefined;
  return typeof faults === 'number' ? faults : 0;
}

/** How many lines an issue would take. */
export function faultsIn(issue: z.core.$ZodRawIssue | Issue): number {
  if (issue.code === 'unrecognized_keys') return issue.keys?.length ?? 1;
  return untoldIn(issue) || 1;
}

/** The first lines, and how many more there are. */
export function shortened(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), `and ${more} more`] : [...lines];
}

/** The kind and size of a value, and nothing else about it. */
export function shapeOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string')
    return value === '' ? 'empty text' : `text of ${counted(value.length, 'character')}`;
  if (Array.isArray(value)) return `a list of ${counted(value.length, 'entry', 'entries')}`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  if (typeof value === 'object') return `an object with ${counted(Object.keys(value).length, 'field')}`;
  return `a ${typeof value}`;
}

/** A name from outside, quoted, on one line and not too long: it goes to logs and answers. */
export function quoted(name: string): string {
  return escapeInvisible(
    JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name),
  );
}

/**
 * The same JSON text with every character escaped that ends a line for some reader, turns the direction of text or
 * cannot be seen at all. JSON itself escapes those below 0x20 only.
 */
export function escapeInvisible(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnit);
}

function describe(issue: Issue, input: unknown, above: readonly PropertyKey[], retired: Retired): string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST_LINES).map((key) => {
      const instead = retired([...path, key]);
      const says = instead === undefined ? 'is not a known field' : `is not a field any more: ${instead}`;
      return `${place([...path, key])}: ${says}`;
    });
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => `${place(path)}: its name must be ${rule(inner as Issue)}`);
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.message === NO_WORDS) {
    return describeUnion(issue.errors, input, path, retired);
  }
  if (issue.code === 'custom') return [`${place(path)}: ${issue.message}`];
  return [line(path, rule(issue), input, isBound(issue))];
}

/** Whether only the size of a number is wrong. */
const isBound = (issue: Issue): boolean =>
  (issue.code === 'too_big' || issue.code === 'too_small') &&
  (issue.origin === 'number' || issue.origin === 'int');

/**
 * Of several alternatives, the one that fits the value's kind tells what is wrong; where none does, all of
 * them are named.
 */
function describeUnion(
  branches: readonly (readonly Issue[])[],
  input: unknown,
  path: readonly PropertyKey[],
  retired: Retired,
): string[] {
  const fitting = branches.filter((issues) => issues.every((issue) => !refusesKind(issue)));
  if (fitting.length > 0) {
    const closest = fitting.reduce((best, issues) => (issues.length < best.length ? issues : best));
    return closest.flatMap((issue) => describe(issue, input, path, retired));
  }
  return [line(path, [...new Set(branches.flat().flatMap(kindsAsked))].join(' or '), input)];
}

/** Whether the issue is about what the value is, rather than about something in it. */
function refusesKind(issue: Issue): boolean {
  return kindsAsked(issue).length > 0;
}

function kindsAsked(issue: Issue): string[] {
  if (issue.path.length > 0) return [];
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value') return [bareRule(issue)];
  if (issue.code !== 'invalid_union') return [];
  const branches: readonly (readonly Issue[])[] = issue.errors;
  return branches.every((issues) => issues.some(refusesKind)) ? branches.flat().flatMap(kindsAsked) : [];
}

function line(path: readonly PropertyKey[], words: string, input: unknown, isBound = false): string {
  const value = valueAt(input, path);
  if (value === undefined) return `${place(path)}: is missing, must be ${words}`;
  return `${place(path)}: must be ${words}, is ${isBound ? value : shapeOf(value)}`;
}

function rule(issue: Issue): string {
  return issue.message === NO_WORDS || issue.message === '' ? bareRule(issue) : issue.message;
}

function bareRule(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return 'options' in issue ? oneOf(issue.options as readonly unknown[]) : 'one of the allowed forms';
    case 'too_small':
      return `at least ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `at most ${amount(issue.maximum, issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'datetime'
        ? 'a time with its zone, such as 2026-11-26T06:00:00Z'
        : `in the form ${issue.format}`;
    default:
      return 'something else';
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function oneOf(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length === 1 ? (texts[0] as string) : `one of ${texts.join(', ')}`;
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'string') return `${counted(Number(limit), 'character')} long`;
  if (origin === 'array') return `${counted(Number(limit), 'entry', 'entries')} long`;
  return String(limit);
}

/** `groups[0].sources[1].tags["a b"]`; the document itself is `document`. */
function place(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = String(part);
      return /^[$A-Za-z_][\w$-]{0,63}$/.test(name) ? `.${name}` : `[${quoted(name)}]`;
    })
    .join('');
  return text === '' ? 'document' : text.replace(/^\./, '');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function escapeUnit(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
