// What filters of DescribeInstances select, where moto does not show it; ec2.moto.test.ts compares the rest with it.
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import type { Ec2Instance } from '../../../lib/inventory/sources/ec2/api.ts';
import { areSelectable, select } from '../../../lib/inventory/sources/ec2/filters.ts';

const tagged = (...values: readonly string[]): Ec2Instance[] =>
  values.map((Value, index) => ({ InstanceId: `i-${index}`, Tags: [{ Key: 'role', Value }] }));
const role = (...Values: string[]) => [{ Name: 'tag:role', Values }];
const found = (values: readonly string[], ...pattern: string[]) =>
  select(tagged(...values), role(...pattern))?.map(({ Tags }) => Tags?.[0]?.Value);

test.each([
  [['web', 'webs'], 'web?', undefined],
  [['webs', 'wet'], 'web?', ['webs']],
  [['w', 'wx', 'wxy'], 'w??', undefined],
  [['a?', 'a1'], 'a\\?', ['a?']],
  [['a\\', 'a'], 'a\\\\', ['a\\']],
  [['*', 'x'], '\\*', ['*']],
  [['a.b', 'axb'], 'a.b', ['a.b']],
  [['[ab]', 'a'], '[ab]*', ['[ab]']],
  [['😀', 'x'], '?', ['😀', 'x']],
  [['', 'x'], '', ['']],
  [['', 'x'], '*', ['', 'x']],
])('of %j, %j selects %j', (values, pattern, expected) => {
  expect(found(values, pattern)).toEqual(expected);
});

test('what makes no difference to the instances that are there is told, also with a question mark', () => {
  expect(found(['web-1', 'db-1'], 'web-?', 'db*')).toEqual(['web-1', 'db-1']);
});

test.each([
  ['availability-zone', 'eu-central-1a'],
  ['instance.group-id', 'sg-2'],
  ['instance-type', 't3.*'],
  ['subnet-id', 'subnet-1'],
])('the filter %s looks at the field that it is named for', (Name, value) => {
  const one: Ec2Instance = {
    InstanceId: 'i-1',
    InstanceType: 't3.micro',
    SubnetId: 'subnet-1',
    Placement: { AvailabilityZone: 'eu-central-1a' },
    SecurityGroups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }],
  };
  const by = (...Values: string[]) => select([one, { InstanceId: 'i-2' }], [{ Name, Values }]);
  expect(by('other', value)).toEqual([one]);
  expect(by('other')).toEqual([]);
});

it('leaves to the service what it cannot tell', () => {
  const named = (...names: string[]) => names.map((Name) => ({ Name, Values: ['x'] }));
  expect(areSelectable(named('tag:a', 'tag:b', 'tag-key', 'vpc-id'))).toBe(true);
  expect(areSelectable([])).toBe(true);
  for (const name of ['tag-value', 'dns-name', 'private-ip-address', 'nonsense', 'constructor', 'toString'])
    expect([name, areSelectable(named(name))]).toEqual([name, false]);
  expect(areSelectable(named('tag:a', 'tag:a'))).toBe(false);
});

it('fits as a regular expression would, and in no time where one takes for ever', () => {
  const piece = fc.constantFrom('a', 'b', '*', '?');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }),
      (parts, text) => {
        const expression = (question: string) =>
          new RegExp(
            `^${parts
              .map(
                (part) =>
                  new Map([
                    ['*', '.*'],
                    ['?', question],
                  ]).get(part) ?? part,
              )
              .join('')}$`,
          ).test(text);
        const [exactly, atMost] = [expression('.'), expression('.?')];
        const selected = found([text], parts.join(''));
        expect(selected).toEqual(exactly === atMost ? (exactly ? [text] : []) : undefined);
      },
    ),
  );
  expect(found([`${'a'.repeat(255)}b`], `${'*a'.repeat(120)}c`)).toEqual([]);
});
