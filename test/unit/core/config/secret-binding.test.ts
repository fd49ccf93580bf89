import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { unboundSecrets } from '../../../../lib/core/config/permitted.ts';
import {
  boundSecret,
  givenAway,
  parseSecretBindings,
  SecretNotBound,
} from '../../../../lib/core/config/secret-binding.ts';

const at = (name: string, account = '123456789012') =>
  `arn:aws:secretsmanager:eu-central-1:${account}:secret:${name}`;
const NETBOX = at('inventory/netbox-AbCdEf');
const ORIGIN = 'https://netbox.example.com';

describe('pairs', () => {
  test('of an ARN and an origin are read, blanks around them left out', () => {
    const strange = at('a=b@c.d+e-f-AbCdEf');
    expect(
      parseSecretBindings(
        `${NETBOX}=${ORIGIN} , ${strange}=http://10.0.0.7:8080,${NETBOX}=https://[2001:db8::1]:8443`,
      ),
    ).toEqual([
      { arn: NETBOX, origin: ORIGIN },
      { arn: strange, origin: 'http://10.0.0.7:8080' },
      { arn: NETBOX, origin: 'https://[2001:db8::1]:8443' },
    ]);
  });

  test.each([
    '',
    NETBOX,
    ORIGIN,
    `=${ORIGIN}`,
    `${NETBOX}=`,
    `inventory/netbox=${ORIGIN}`,
    `${at('inventory/netbox')}=${ORIGIN}`,
    `${at('*')}=${ORIGIN}`,
    `${at('inventory/netbo?-AbCdEf')}=${ORIGIN}`,
    `${at('netbox-AbCdEf', '1')}=${ORIGIN}`,
    `arn:aws:ssm:eu-central-1:123456789012:secret:netbox-AbCdEf=${ORIGIN}`,
    `x${NETBOX}=${ORIGIN}`,
    `${NETBOX}\n=${ORIGIN}`,
    `${NETBOX}=${ORIGIN},`,
    `${NETBOX}=${ORIGIN};${NETBOX}=${ORIGIN}`,
  ])('are refused when malformed: %j', (text) => {
    expect(() => parseSecretBindings(text)).toThrow(/^entry [12] must /);
  });

  test.each([
    'netbox.example.com',
    'https://',
    'HTTPS://netbox.example.com',
    'https://Netbox.example.com',
    'https://netbox.example.com/',
    'https://netbox.example.com/api',
    'https://netbox.example.com?x',
    'https://netbox.example.com#x',
    'https://netbox.example.com:443',
    'http://netbox.example.com:80',
    'https://netbox.example.com:',
    'https://netbox.example.com:99999',
    'https://netbox.example.com:08443',
    'https://user@netbox.example.com',
    'https://user:pass@netbox.example.com',
    'https://*.example.com',
    'https://netbox.example.com\\@x',
    'https://10.0.0',
    'https://0x7f000001',
    'https://[2001:DB8::1]',
    'https://[2001:db8:0::1]',
    'https://bücher.example',
    'https://net_box.example.com',
    'ftp://netbox.example.com',
    'file:///etc',
    '*',
    'null',
  ])('are refused with an origin in another spelling: %s', (origin) => {
    expect(() => parseSecretBindings(`${NETBOX}=https://ok.example,${NETBOX}=${origin}`)).toThrow(
      /^entry 2 must end with an origin/,
    );
  });
});

test.each(['inventory/netbox', at('inventory/netbox'), NETBOX, NETBOX.replace('eu-central-1', 'us-east-1')])(
  'a secret that is kept as %s is not given away',
  (kept) => {
    const bindings = parseSecretBindings(`${at('other-AbCdEf')}=${ORIGIN},${NETBOX}=${ORIGIN}`);
    expect(givenAway(bindings, ['', 'another', kept])).toBe(
      'entry 2 binds the secret of an AccessKey or of a hook, which is never sent to an inventory',
    );
    expect(givenAway(bindings, ['', 'another', 'inventory', 'inventory/netbox-'])).toBeUndefined();
  },
);

describe('a secret', () => {
  const bindings = parseSecretBindings(`${NETBOX}=${ORIGIN},${NETBOX}=http://10.0.0.7:8080`);

  test.each([NETBOX, 'inventory/netbox', at('inventory/netbox')])(
    'asked for as %s is read by its ARN, for the origins it is bound to',
    (id) => {
      for (const url of [`${ORIGIN}/api/?a=b`, 'https://NETBOX.example.com:443/x', 'http://10.0.0.7:8080']) {
        expect(boundSecret(bindings, id, url)).toBe(NETBOX);
      }
      for (const url of [
        'http://netbox.example.com/',
        'https://netbox.example.com:8443/',
        'https://netbox.example.com.evil.example/',
        'https://evil.example/?https://netbox.example.com',
        'https://netbox.example.com.',
        'https://10.0.0.7:8080/',
        'not a URL',
      ]) {
        expect(() => boundSecret(bindings, id, url), url).toThrow(SecretNotBound);
      }
    },
  );

  test('that nobody bound, or several may be meant, is not read', () => {
    for (const id of ['sls-machine-groups/access-key', '', 'inventory', `${NETBOX} `]) {
      expect(() => boundSecret(bindings, id, ORIGIN)).toThrow('is not bound to an origin');
    }
    const twins = [...bindings, { arn: at('inventory/netbox-AbCdEf', '210987654321'), origin: ORIGIN }];
    expect(() => boundSecret(twins, 'inventory/netbox', ORIGIN)).toThrow('is the name of several secrets');
    expect(boundSecret(twins, NETBOX, ORIGIN)).toBe(NETBOX);
  });
});

test('a configuration is told by path what it may not send, group by group', () => {
  const source = (url: string, secretId?: string) => ({
    type: 'http',
    url,
    format: 'list',
    hook: 'cmdb',
    ...(secretId !== undefined && { header: { name: 'x-token', secretId } }),
  });
  const group = (name: string, ...sources: object[]) => ({
    project: 'ali-test-project',
    name,
    identify: 'ip',
    sources,
  });
  const config = parseSyncConfig({
    owner: 'a',
    policy: 'observe',
    hooks: { cmdb: { scheme: 'generic', secretId: at('hooks/cmdb') } },
    groups: [
      group('web', source(ORIGIN, 'inventory/netbox'), source('https://evil.example')),
      group(
        'api',
        source(ORIGIN),
        source('https://evil.example/x', NETBOX),
        source(ORIGIN, 'sls/access-key'),
      ),
    ],
  });
  const bindings = parseSecretBindings(`${NETBOX}=${ORIGIN}`);
  const unbound = (place: string) =>
    `${place}.header.secretId: is not bound to an origin: add it to the deployment’s inventorySecrets`;
  const refused = [
    'groups[1].sources[1].header.secretId: is bound to other origins than where it would go: see the deployment’s inventorySecrets',
    unbound('groups[1].sources[2]'),
  ];
  expect(unboundSecrets(config, bindings)).toEqual(refused);
  expect(unboundSecrets(config, [])).toEqual(
    ['groups[0].sources[0]', 'groups[1].sources[1]', 'groups[1].sources[2]'].map(unbound),
  );
  const ofHook = parseSecretBindings(`${at('hooks/cmdb-AbCdEf')}=${ORIGIN},${NETBOX}=${ORIGIN}`);
  expect(unboundSecrets(config, ofHook)).toEqual([
    'hooks.cmdb.secretId: is bound to an origin, which could sign requests with it',
    ...refused,
  ]);
});
