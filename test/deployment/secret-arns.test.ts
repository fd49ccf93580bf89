import { expect, test } from 'vitest';
import { inventorySecretArns } from '../../lib/build/secret-arns.ts';

const at = (name: string) => `arn:aws:secretsmanager:eu-central-1:111111111111:secret:${name}`;
const NETBOX = at('netbox-AbCdEf');
const PARAMETERS = {
  inventorySecrets: `${NETBOX}=https://netbox.example.com`,
  secretName: 'test/access-key',
  readSecretName: 'test/reading-key',
  hookSecrets: `${at('hooks/a-AbCdEf')}, ${at('hooks/b-AbCdEf')}`,
};

test('roles are granted each ARN once, and nothing where nothing is bound', () => {
  const other = `${at('b-AbCdEf')}=http://b:8080`;
  const list = `${PARAMETERS.inventorySecrets}, ${other},${NETBOX}=https://other.example.com`;
  expect(inventorySecretArns({ ...PARAMETERS, inventorySecrets: list })).toBe(`${NETBOX},${at('b-AbCdEf')}`);
  for (const none of ['', ' ']) {
    expect(inventorySecretArns({ ...PARAMETERS, inventorySecrets: none })).toBe('');
  }
});

test.each([
  ['the AccessKey', 'test/access-key'],
  ['the key that only reads', 'test/reading-key'],
  ['the key of a hook', 'hooks/a'],
  ['the key of another hook', 'hooks/b'],
])('nothing is granted that would send %s to an inventory', (_what, name) => {
  const inventorySecrets = `${PARAMETERS.inventorySecrets},${at(name)}-GhIjKl=https://netbox.example.com`;
  const kept = { ...PARAMETERS, hookSecrets: PARAMETERS.hookSecrets.replaceAll('AbCdEf', 'GhIjKl') };
  expect(() => inventorySecretArns({ ...kept, inventorySecrets })).toThrow(
    /^entry 2 binds the secret of an AccessKey or of a hook/,
  );
});

test('the list of before, without origins, is refused', () => {
  expect(() => inventorySecretArns({ ...PARAMETERS, inventorySecrets: NETBOX })).toThrow(
    /^entry 1 must be <ARN of a secret, with its last six characters>=<origin that may get it>$/,
  );
});
