// From what an inventory shows to groups: which combinations make one, and which are named and left out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FamilyConfig, parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { expandFamily, namesOf, toTell, valuesText } from '../../../../lib/core/family/expand.ts';
import { GROUP_NAME } from '../../../../lib/core/group/machine-group.ts';
import { familyDocument } from '../values.ts';

function familyOf(changes: Record<string, unknown> = {}): FamilyConfig {
  const document = { owner: 'prod-eu', policy: 'sync', groups: [], families: [familyDocument(changes)] };
  return parseSyncConfig(document).families[0] as FamilyConfig;
}

const NONE = new Map<string, boolean>();
const shown = (...combinations: string[][]) => ({ combinations, without: 0 });

function expanded(
  combinations: string[][],
  {
    changes = {},
    named = [] as string[],
    marked = NONE,
  }: { changes?: Record<string, unknown>; named?: string[]; marked?: typeof NONE } = {},
) {
  const family = familyOf(changes);
  const { groups, leftOut } = expandFamily(family, namesOf(family, shown(...combinations), named), marked);
  return {
    groups: groups.map(({ name }) => name),
    left: leftOut.map(({ values, says }) => `${valuesText(values)} ${says}`),
    made: groups[0],
  };
}

test('a combination makes a group with all that its family has, for its part of the inventory', () => {
  const { made } = expanded([['web', 'api']], {
    changes: { contact: '#ops', configs: ['access-log'], topic: 't' },
  });
  expect(made).toMatchObject({
    key: 'ali-test-project/web-api',
    name: 'web-api',
    identify: 'ip',
    adopt: false,
    contact: '#ops',
    topic: 't',
    policy: 'sync',
    made: {
      family: 'ali-test-project/{team}-{role}',
      values: [
        ['team', 'web'],
        ['role', 'api'],
      ],
      part: [
        ['Team', 'web'],
        ['role', 'api'],
      ],
      configs: ['access-log'],
    },
  });
  for (const field of ['by', 'template', 'maxGroups', 'configs']) expect(made).not.toHaveProperty(field);
});

test.each([
  ['upper case', ['Web', 'api'], 'makes "Web-api", which is no name for a group'],
  ['a blank', ['we b', 'api'], 'makes "we b-api", which is no name for a group'],
  ['a path', ['../x', 'api'], 'makes "../x-api", which is no name for a group'],
  ['a line break', ['a\nb', 'api'], 'makes "a\\nb-api", which is no name for a group'],
  ['another script', ['ко', 'api'], 'makes "ко-api", which is no name for a group'],
  ['too long a value', ['x'.repeat(128), 'api'], 'which is no name for a group'],
  ['an empty value', ['', 'api'], 'has an empty value'],
  ['a placeholder of its own', ['{role}', 'api'], 'makes "{role}-api", which is no name for a group'],
])('%s is named and left out, and nothing else is', (_what, combination, says) => {
  const { groups, left } = expanded([combination, ['web', 'api']]);
  expect(groups).toEqual(['web-api']);
  expect(left).toEqual([expect.stringContaining(says)]);
});

test('of combinations that make one name none is made', () => {
  const { groups, left } = expanded([
    ['x', 'y-z'],
    ['x-y', 'z'],
    ['a', 'b'],
  ]);
  expect(groups).toEqual(['a-b']);
  expect(left).toEqual([
    'team="x", role="y-z" makes "x-y-z", as another combination does: of two that make one name, neither is made',
    'team="x-y", role="z" makes "x-y-z", as another combination does: of two that make one name, neither is made',
  ]);
});

test.each(['web-api', 'WEB-API'])('a name of the document, such as %s, is never made', (name) => {
  const { groups, left } = expanded([['web', 'api']], { named: [name] });
  expect([groups, left]).toEqual([
    [],
    ['team="web", role="api" makes "web-api", which a group of the document has'],
  ]);
});

describe('with more combinations than maxGroups', () => {
  const many = ['a', 'b', 'c', 'd'].map((team) => [team, 'web']);
  const told = (changes: Record<string, unknown>, listed: string[], named: string[] = []) => {
    const family = familyOf(changes);
    return toTell(family, namesOf(family, shown(...many), named), new Set(listed), new Set(named));
  };

  test('those that exist and are ours come first, then new ones by name', () => {
    const marked = new Map([
      ['d-web', true],
      ['a-web', false],
    ]);
    const { groups, left } = expanded(many, { changes: { maxGroups: 2 }, marked });
    expect(groups).toEqual(['b-web', 'd-web']);
    expect(left).toEqual([
      expect.stringMatching(/"a-web", a group that exists and does not carry our mark/),
      expect.stringMatching(/"c-web", but maxGroups \(2\) lets no more be kept/),
    ]);
  });

  test('groups of values that vanished count', () => {
    const marked = new Map([
      ['gone-1', true],
      ['gone-2', true],
    ]);
    expect(expanded(many, { changes: { maxGroups: 3 }, marked }).groups).toEqual(['a-web']);
  });

  test('marks are asked for where there is not room for all, and of what it could have made', () => {
    const listed = ['a-web', 'gone-1', 'other', 'named-1'];
    expect(told({ maxGroups: 10 }, listed)).toEqual([]);
    expect(told({ maxGroups: 5 }, listed, ['named-1'])).toEqual([]);
    expect(told({ maxGroups: 4 }, listed, ['named-1'])).toEqual(['a-web', 'gone-1']);
    expect(
      told(
        { maxGroups: 4 },
        many.map(([team]) => `${team}-web`),
      ),
    ).toEqual([]);
    expect(
      told(
        { maxGroups: 3 },
        many.map(([team]) => `${team}-web`),
      ),
    ).toHaveLength(4);
  });
});

const value = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '-', 'A', '_', ' ', '{'), maxLength: 4 }),
  fc.string({ maxLength: 140 }),
);
const combinations = fc.array(fc.tuple(value, value), { maxLength: 30 });

test('whatever is shown: bounded, valid, each name once and none of the document, whatever the order', () => {
  fc.assert(
    fc.property(
      combinations,
      fc.array(value, { maxLength: 5 }),
      fc.array(fc.tuple(value, fc.boolean()), { maxLength: 10 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer(),
      (all, named, marks, maxGroups, seed) => {
        const family = familyOf({ maxGroups });
        const marked = new Map([
          ...marks,
          ...all.slice(0, 5).map(([a, b]) => [`${a}-${b}`, seed % 2 === 0] as const),
        ]);
        const of = (given: [string, string][]) =>
          expandFamily(family, namesOf(family, shown(...given), named), marked);
        const { groups, leftOut } = of(all);
        const names = groups.map(({ name }) => name);
        expect(names.length).toBeLessThanOrEqual(maxGroups);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).toMatch(GROUP_NAME.pattern);
        const taken = new Set(named.map((name) => name.toLowerCase()));
        expect(names.filter((name) => taken.has(name))).toEqual([]);
        expect(names.filter((name) => marked.get(name) === false)).toEqual([]);
        // Each combination is a group or left out, and never both.
        const told = [...groups.map(({ made }) => made?.values), ...leftOut.map(({ values }) => values)];
        const distinct = new Set(all.map((one) => JSON.stringify(one)));
        expect(told.map((values) => JSON.stringify(values?.map(([, one]) => one))).sort()).toEqual(
          [...distinct].sort(),
        );
        const shuffled = [...all, ...all].sort(() => (seed % 3) - 1).reverse();
        expect(of(shuffled)).toEqual(of(all));
      },
    ),
  );
});
