import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIdOfSecret, mayBeSameSecret } from '../../../../lib/core/config/secret-id.ts';

const at = (name: string, region = 'eu-central-1', account = '123456789012') =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;

describe('two ids', () => {
  test.each<[string, string, string]>([
    ['a name twice', 'netbox', 'netbox'],
    ['a name and its ARN', 'netbox', at('netbox-AbCdEf')],
    ['a name and its ARN without the six characters', 'netbox', at('netbox')],
    ['two ARNs, one without the six characters', at('netbox'), at('netbox-AbCdEf')],
    [
      'an ARN and the same in another region, which may be a replica',
      at('n-AbCdEf'),
      at('n-AbCdEf', 'us-east-1'),
    ],
    [
      'a name that ends like an ARN, and the ARN, which may lack its six characters',
      'hook-netbox',
      at('hook-netbox'),
    ],
    ['a name, and an ARN whose name may end like it', 'hook', at('hook-netbox')],
    ['ARNs in another partition’s spelling', at('n').replace('aws', 'aws-cn'), at('n-AbCdEf')],
  ])('may mean one secret: %s', (_what, one, other) => {
    expect(mayBeSameSecret(one, other)).toBe(true);
    expect(mayBeSameSecret(other, one)).toBe(true);
  });

  test.each<[string, string, string]>([
    ['two names', 'netbox', 'consul'],
    ['names that differ in case', 'netbox', 'Netbox'],
    ['names that end like ARNs', 'hook-netbox', 'hook-consul'],
    ['a name, and one that ends like its ARN', 'hook', 'hook-netbox'],
    ['one name of two accounts', at('netbox-AbCdEf'), at('netbox-AbCdEf', 'eu-central-1', '210987654321')],
    ['a secret, and one of its name that was made anew', at('netbox-AbCdEf'), at('netbox-GhIjKl')],
    ['a name and the ARN of another', 'netbox', at('netbox-eu-AbCdEf')],
    ['nothing and a name', '', at('netbox-AbCdEf')],
  ])('cannot mean one secret: %s', (_what, one, other) => {
    expect(mayBeSameSecret(one, other)).toBe(false);
    expect(mayBeSameSecret(other, one)).toBe(false);
  });

  test('may mean one secret when both are among those it may be asked for by', () => {
    const names = fc.stringMatching(/^[\w/+=.@-]{1,40}$/);
    const suffixes = fc.stringMatching(/^[A-Za-z0-9]{6}$/);
    fc.assert(
      fc.property(names, suffixes, (name, suffix) => {
        const ids = [name, at(name), at(`${name}-${suffix}`)];
        for (const id of ids) {
          expect(isIdOfSecret(id, at(`${name}-${suffix}`))).toBe(true);
          for (const other of ids) expect(mayBeSameSecret(id, other)).toBe(true);
        }
      }),
    );
  });
});

test.each([
  'netbo',
  'netbox-AbCdEf',
  'netbox ',
  'NETBOX',
  at('netbox-AbCdE'),
  at('netbox-GhIjKl'),
  at('netbox', 'us-east-1'),
  '',
])('a secret may not be asked for as %j', (id) => {
  expect(isIdOfSecret(id, at('netbox-AbCdEf'))).toBe(false);
});
