import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { describeIssues, MOST_LINES, quoted, shapeOf } from '../../../../lib/core/text/issues.ts';
import { moment } from '../../../../lib/core/time/moment.ts';

function lines(schema: z.ZodMiniType, input: unknown): string[] {
  const result = schema.safeParse(input);
  return result.success ? [] : describeIssues(result.error, input);
}

const SECRET = 'not-a-real-secret';

describe('each rule is told with place and shape', () => {
  test.each<[string, z.ZodMiniType, unknown, string[]]>([
    ['type', z.object({ a: z.string() }), { a: 1 }, ['a: must be text, is a whole number']],
    ['missing', z.object({ a: z.string() }), {}, ['a: is missing, must be text']],
    ['null', z.object({ a: z.boolean() }), { a: null }, ['a: must be true or false, is null']],
    ['whole document', z.object({}), 'x', ['document: must be an object, is text of 1 character']],
    ['list entry', z.array(z.array(z.string())), [[], ['x', 2.5]], ['[1][1]: must be text, is a number']],
    ['not a number', z.number(), Number.NaN, ['document: must be a number, is a number']],
    ['whole number', z.int(), 1.5, ['document: must be a whole number, is a number']],
    ['smallest', z.number().check(z.minimum(3)), 2, ['document: must be at least 3, is 2']],
    ['largest', z.number().check(z.maximum(3)), 4, ['document: must be at most 3, is 4']],
    [
      'short text',
      z.string().check(z.minLength(2)),
      '',
      ['document: must be at least 2 characters long, is empty text'],
    ],
    [
      'long list',
      z.array(z.any()).check(z.maxLength(1)),
      [1, 2],
      ['document: must be at most 1 entry long, is a list of 2 entries'],
    ],
    [
      'choice',
      z.enum(['a', 'b']),
      { x: 1 },
      ['document: must be one of "a", "b", is an object with 1 field'],
    ],
    ['one value', z.literal('a'), 'b', ['document: must be "a", is text of 1 character']],
    [
      'own words',
      z.string().check(z.regex(/^a/, 'text that begins with a')),
      'b',
      ['document: must be text that begins with a, is text of 1 character'],
    ],
    [
      'time',
      z.iso.datetime(),
      '6',
      ['document: must be a time with its zone, such as 2026-11-26T06:00:00Z, is text of 1 character'],
    ],
    ['format', z.email(), 'b', ['document: must be in the form email, is text of 1 character']],
    [
      'moment',
      moment(),
      'now',
      ['document: must be a time such as 2026-11-26T06:00:00Z, is text of 3 characters'],
    ],
    [
      'own check',
      z.object({ a: z.string().check(z.refine(() => false, 'names a group twice')) }),
      { a: '' },
      ['a: names a group twice'],
    ],
    [
      'unknown fields',
      z.strictObject({}),
      { 'a b': 1, c: 2 },
      ['["a b"]: is not a known field', 'c: is not a known field'],
    ],
    [
      'field name',
      z.record(z.string().check(z.minLength(2)), z.any()),
      { a: 1 },
      ['a: its name must be at least 2 characters long'],
    ],
    [
      'a rule without words',
      z.number().check(z.multipleOf(2)),
      3,
      ['document: must be something else, is a whole number'],
    ],
    [
      'a set',
      z.set(z.string()).check(z.minSize(1)),
      new Set(),
      ['document: must be at least 1, is an object with 0 fields'],
    ],
    ['a kind without a name', z.date(), true, ['document: must be date, is a boolean']],
  ])('for %s', (_name, schema, input, expected) => {
    expect(lines(schema, input)).toEqual(expected);
  });
});

describe('alternatives', () => {
  const either = z.union([z.string(), z.array(z.string().check(z.minLength(1)))]);
  const shapes = z.union([
    z.object({ a: z.string(), d: z.string() }),
    z.object({ a: z.string(), b: z.int(), c: z.int() }),
  ]);
  const kinds = z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('a'), x: z.string() }),
    z.strictObject({ type: z.literal('b') }),
  ]);
  test.each<[string, z.ZodMiniType, unknown, string[]]>([
    ['none fits: all are named', either, 3, ['document: must be text or a list, is a whole number']],
    [
      'one fits in kind: its rule is told',
      either,
      ['a', ''],
      ['[1]: must be at least 1 character long, is empty text'],
    ],
    [
      'with words of their own',
      z.union([z.string(), z.boolean()], 'a word or a flag'),
      3,
      ['document: must be a word or a flag, is a whole number'],
    ],
    [
      'one fits in kind, but something in it does not',
      either,
      ['a', 3],
      ['[1]: must be text, is a whole number'],
    ],
    ['two fit in kind: the closer one is told', shapes, { b: 1, c: 2 }, ['a: is missing, must be text']],
    ['unknown kind', kinds, { type: 'c' }, ['type: must be one of "a", "b", is text of 1 character']],
    ['kind missing', kinds, {}, ['type: is missing, must be one of "a", "b"']],
    [
      'known kind',
      kinds,
      { type: 'a', x: 1, y: 2 },
      ['x: must be text, is a whole number', 'y: is not a known field'],
    ],
    [
      'nested',
      z.object({ u: z.union([either, z.boolean()]) }),
      { u: 3 },
      ['u: must be text or a list or true or false, is a whole number'],
    ],
  ])('when %s', (_name, schema, input, expected) => {
    expect(lines(schema, input)).toEqual(expected);
  });
});

test('no line holds a value, wherever it stands', () => {
  const schema = z.strictObject({
    text: z.string().check(z.maxLength(3)),
    number: z.number(),
    list: z.array(z.enum(['a', 'b'])),
    either: z.union([z.literal('x'), z.array(z.string().check(z.maxLength(3)))]),
    map: z.record(z.string(), z.boolean()),
  });
  const input = { text: SECRET, number: SECRET, list: [SECRET], either: [SECRET], map: { a: SECRET } };
  const all = lines(schema, input);
  expect(all).toHaveLength(5);
  expect(all.join('\n')).not.toContain(SECRET);
});

test('names from outside stay on one line and are cut', () => {
  const [line = ''] = lines(z.strictObject({}), { [`a\nforged: line\u202e${'x'.repeat(200)}`]: 1 });
  expect(line).toMatch(/^\["a\\nforged: line\\u202ex+…"\]: is not a known field$/);
  expect(line.length).toBeLessThan(120);
  expect(quoted('a"b\u2028')).toBe('"a\\"b\\u2028"');
  expect(quoted('\u{e0001}')).toBe('"\\udb40\\udc01"');
});

test('a document of the wrong kind does not fill the log', () => {
  const found = lines(
    z.array(z.string()),
    Array.from({ length: 500 }, () => 1),
  );
  expect(found).toHaveLength(MOST_LINES + 1);
  expect(found.at(-1)).toBe(`and ${500 - MOST_LINES} more`);
});

test('an own field named __proto__ is told like any other', () => {
  const input = JSON.parse('{"__proto__": {"polluted": true}}');
  expect(lines(z.strictObject({}), input)).toEqual(['__proto__: is not a known field']);
  expect({}).not.toHaveProperty('polluted');
});

test('shapes tell kind and size', () => {
  expect([undefined, null, '', 'ab', [], [1], 1, 0.5, {}, { a: 1, b: 2 }, true, 1n].map(shapeOf)).toEqual([
    'missing',
    'null',
    'empty text',
    'text of 2 characters',
    'a list of 0 entries',
    'a list of 1 entry',
    'a whole number',
    'a number',
    'an object with 0 fields',
    'an object with 2 fields',
    'a boolean',
    'a bigint',
  ]);
});

test('any input against any of these gives lines and never throws', () => {
  const schemas = [
    z.strictObject({ a: z.union([z.string(), z.object({ b: z.int() })]) }),
    z.array(z.record(z.string(), z.int())),
  ];
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...schemas), (input, schema) => {
      const result = schema.safeParse(input);
      if (!result.success)
        expect(describeIssues(result.error, input).every((text) => !text.includes('\n'))).toBe(true);
    }),
  );
});
