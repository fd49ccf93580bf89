import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  couldMake,
  couldMakeTheSame,
  type NameTemplate,
  nameFrom,
  parseTemplate,
} from '../../../../lib/core/group/name-template.ts';

const template = (text: string) => parseTemplate(text) as NameTemplate;

test.each([
  ['{team}-{role}', ['', '-', ''], ['team', 'role']],
  ['web', ['web'], []],
  ['a{b}', ['a', ''], ['b']],
])('%s is read', (text, literals, placeholders) => {
  expect(parseTemplate(text)).toEqual({ literals, placeholders });
});

test.each(['{team', 'team}', '{}', '{1}', '{a b}', '{{a}}', '{a}}', `{${'x'.repeat(33)}}`])(
  '%s is no template',
  (text) => expect(parseTemplate(text)).toBeUndefined(),
);

test.each([
  ['{a}-{b}', 'x-y', true],
  ['{a}-{b}', 'x-y-z', true],
  ['{a}-{b}', '-y', false],
  ['{a}-{b}', 'x-', false],
  ['{a}-{b}', 'xy', false],
  ['log-{a}', 'log-', false],
  ['log-{a}', 'log-x', true],
  ['{a}{b}', 'x', false],
  ['{a}{b}', 'xy', true],
  ['a{b}a', 'aa', false],
  ['a{b}a', 'aba', true],
  ['{a}-x-{b}-x', 'q-x-x-x', true],
])('%s could make %s: %s', (text, name, could) => {
  expect(couldMake(template(text), name)).toBe(could);
});

const literal = fc.string({ unit: fc.constantFrom('a', '-'), maxLength: 3 });
const value = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 4 });
const templates = fc
  .array(literal, { minLength: 2, maxLength: 4 })
  .map((literals): NameTemplate => ({ literals, placeholders: literals.slice(1).map((_, at) => `p${at}`) }));

describe('whatever the template', () => {
  test('what some values make, it could make', () => {
    fc.assert(
      fc.property(templates, fc.array(value, { minLength: 3, maxLength: 3 }), (one, values) => {
        const name = nameFrom(one, (placeholder) => values[Number(placeholder.slice(1))] ?? '');
        return couldMake(one, name);
      }),
    );
  });

  test('it could make what a regular expression takes, and nothing else', () => {
    fc.assert(
      fc.property(
        templates,
        fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 12 }),
        (one, name) => {
          expect(couldMake(one, name)).toBe(new RegExp(`^${one.literals.join('.+')}$`).test(name));
        },
      ),
    );
  });

  test('two that make one name are known to be able to', () => {
    fc.assert(
      fc.property(
        templates,
        templates,
        fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 12 }),
        (one, other, name) =>
          !(couldMake(one, name) && couldMake(other, name)) || couldMakeTheSame(one, other),
      ),
    );
  });
});

test('what they begin or end with tells two apart', () => {
  const same = (one: string, other: string) => couldMakeTheSame(template(one), template(other));
  expect([same('{a}-{b}', '{c}'), same('web-{a}', 'db-{a}'), same('{a}-web', '{a}-db')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([same('web-{a}', 'web-db-{a}'), same('x-{a}-1', 'x-{a}-2')]).toEqual([true, false]);
});
