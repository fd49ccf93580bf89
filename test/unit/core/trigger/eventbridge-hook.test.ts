// What EventBridge of Alibaba Cloud signs, and whose signature counts. Signed here by a key of RSA, with nothing of what
// verifies it.
import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidSyncConfig, parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { EVENTBRIDGE_WINDOW_MS } from '../../../../lib/core/time/timeouts.ts';
import { ageOf, claimOf, isCurrent, isMeant, isSigned } from '../../../../lib/core/trigger/hook.ts';
import { hookCrypto } from '../../../../lib/runtime/hooks/keys.ts';
import { documentOf } from '../values.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const HOST = 'https://cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com';
const TOKEN = 'not-a-real-eventbridge-token';
const NOW = 1_790_000_000_123;
const hook = {
  scheme: 'alibaba-eventbridge',
  secretId: 'hooks/ecs',
  url: 'https://hooks.example/prod/hooks/ecs?from=eventbridge',
  region: 'cn-hangzhou',
  account: '1234567890123456',
} as const;
const body = Buffer.from(
  JSON.stringify({ type: 'ecs:Instance:StateChange', aliyunaccountid: hook.account, data: { state: 'süd' } }),
);
const FIXED = {
  'x-eventbridge-signature-timestamp': String(NOW),
  'x-eventbridge-hash-method': 'SHA256',
  'x-eventbridge-signature-version': '2.0',
  'x-eventbridge-signature-url': `${HOST}/x509_public_certificate.pem`,
  'x-eventbridge-signature-token': TOKEN,
};

function signed(headers: Record<string, string> = FIXED, url: string = hook.url) {
  const lines = Object.keys(FIXED).map((name) => `${name}: ${headers[name]}`);
  const text = Buffer.concat([Buffer.from(`${url}\n${lines.join('\n')}\n`), body]);
  const signature = createSign('RSA-SHA256').update(text).sign(privateKey, 'base64');
  return { headers: { ...headers, 'x-eventbridge-signature-v2': signature } as Record<string, string>, body };
}

function holds(request: ReturnType<typeof signed>, key = TOKEN): boolean {
  const claim = claimOf(hook, request);
  if (claim === undefined) return false;
  const verify = createVerify('RSA-SHA256').update(claim.before).update(request.body);
  return (
    isSigned(hook.scheme, claim, request, ['not-the-token-at-all', key], hookCrypto) &&
    verify.verify(publicKey, claim.signature, 'hex')
  );
}

test('the URL, five headers in their order and the body are what is signed', () => {
  const request = signed();
  expect(claimOf(hook, request)).toMatchObject({
    certificate: FIXED['x-eventbridge-signature-url'],
    before: [
      'https://hooks.example/prod/hooks/ecs?from=eventbridge',
      'x-eventbridge-signature-timestamp: 1790000000123',
      'x-eventbridge-hash-method: SHA256',
      'x-eventbridge-signature-version: 2.0',
      `x-eventbridge-signature-url: ${HOST}/x509_public_certificate.pem`,
      'x-eventbridge-signature-token: not-a-real-eventbridge-token',
      '',
    ].join('\n'),
  });
  expect(holds(request)).toBe(true);
});

test('what was signed for another URL, or by a rule without the token, does not hold', () => {
  expect(holds(signed(FIXED, 'https://hooks.example/prod/hooks/other'))).toBe(false);
  expect(holds(signed(), 'another-token-of-the-hook')).toBe(false);
  expect(holds({ ...signed(), body: Buffer.from('{}') })).toBe(false);
});

test.each([
  ['of another region', 'https://cn-beijing-eventbridge.oss-accelerate.aliyuncs.com/a.pem'],
  ['of another host', 'https://evil.example/a.pem'],
  ['of a host that begins alike', `${HOST}.evil.example/a.pem`],
  [
    'behind a name in front',
    'https://cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com@evil.example/a.pem',
  ],
  ['over http', `${HOST.replace('https', 'http')}/a.pem`],
  ['in a folder', `${HOST}/others/a.pem`],
  ['with a query', `${HOST}/a.pem?x=.pem`],
  ['with an escape', `${HOST}/%2e%2e/a.pem`],
  ['of another kind', `${HOST}/a.txt`],
  ['without a path', HOST],
  ['missing', ''],
])('a certificate %s is never asked for', (_, url) => {
  expect(claimOf(hook, signed({ ...FIXED, 'x-eventbridge-signature-url': url }))).toBeUndefined();
});

test.each([
  ['no signature', { 'x-eventbridge-signature-v2': '' }],
  ['a short signature', { 'x-eventbridge-signature-v2': 'QUJD' }],
  ['a weaker hash', { 'x-eventbridge-hash-method': 'SHA1' }],
  ['no token', { 'x-eventbridge-signature-token': '' }],
  ['a time in seconds', { 'x-eventbridge-signature-timestamp': '1790000000' }],
])('%s is no claim', (_, headers) => {
  const request = signed();
  expect(claimOf(hook, { ...request, headers: { ...request.headers, ...headers } })).toBeUndefined();
});

test('a request counts for a minute before and after its time', () => {
  const age = (now: number) => ageOf(hook.scheme, signed(), now) ?? Number.NaN;
  expect(age(NOW + 7)).toBe(7);
  for (const at of [-EVENTBRIDGE_WINDOW_MS, EVENTBRIDGE_WINDOW_MS])
    expect(isCurrent(hook.scheme, age(NOW + at))).toBe(true);
  for (const at of [-EVENTBRIDGE_WINDOW_MS - 1, EVENTBRIDGE_WINDOW_MS + 1])
    expect(isCurrent(hook.scheme, age(NOW + at))).toBe(false);
});

test('an event of another account is not meant, and no body makes it throw', () => {
  expect(isMeant(hook, signed())).toBe(true);
  const ofBody = (text: string) => isMeant(hook, { headers: {}, body: Buffer.from(text) });
  for (const text of ['', '{', 'null', '[]', '{}', '{"aliyunaccountid":1234567890123456}'])
    expect(ofBody(text)).toBe(false);
  expect(ofBody('{"aliyunaccountid":"6543210987654321"}')).toBe(false);
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(ofBody(text)).toBe(false);
    }),
  );
});

describe('settings', () => {
  function problems(change: object): readonly string[] {
    try {
      parseSyncConfig(
        documentOf(
          { sources: [{ type: 'http', url: 'https://a.example', format: 'list', hook: 'ecs' }] },
          { hooks: { ecs: { ...hook, ...change } } },
        ),
      );
      return [];
    } catch (error) {
      if (!(error instanceof InvalidSyncConfig)) throw error;
      return error.problems;
    }
  }
  test.each([
    ['right', {}, []],
    [
      'a URL of another hook',
      { url: 'https://a.example/hooks/other' },
      ['hooks.ecs.url: must lead to /hooks/ecs'],
    ],
    ['plain http', { url: 'http://a.example/hooks/ecs' }, [expect.stringContaining('hooks.ecs.url: ')]],
    ['a region that is a host', { region: 'evil.example/' }, [expect.stringContaining('hooks.ecs.region: ')]],
    ['an account by its name', { account: 'me' }, [expect.stringContaining('hooks.ecs.account: ')]],
  ])('%s', (_, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });
});
