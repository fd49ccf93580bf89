// The signature check of the local gateway against AWS' published vectors and the signer of its SDK.
import { describe, expect, test } from 'vitest';
import { signedHeaders, type Unsigned } from './aws-signer.ts';
import { CALLER, SCOPE } from './gateway-iam.ts';
import { isSigned, type ReceivedRequest, type Scope } from './iam.ts';

const body = (text = '') => Buffer.from(text);

/** Of AWS' Signature Version 4 test suite: method, target, further headers, body, signed headers, signature. */
const VECTORS: readonly [string, string, string, string[], string, string, string][] = [
  [
    'get-vanilla',
    'GET',
    '/',
    [],
    '',
    'host;x-amz-date',
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'post-vanilla',
    'POST',
    '/',
    [],
    '',
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    [],
    '',
    'host;x-amz-date',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-header-value-trim',
    'GET',
    '/',
    ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],
    '',
    'host;my-header1;my-header2;x-amz-date',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    ['Content-Type', 'application/x-www-form-urlencoded'],
    'Param1=value1',
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
];

test.each(VECTORS)('takes %s of the published vectors', (_, method, target, more, text, names, signature) => {
  const scope: Scope = {
    key: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    region: 'us-east-1',
    service: 'service',
  };
  const credential = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  const fixed = ['Host', 'example.amazonaws.com', 'X-Amz-Date', '20150830T123600Z'];
  const rawHeaders = [...fixed, ...more, 'Authorization', authorization];
  const request = { method, target, rawHeaders, body: body(text) };
  const at = Date.parse('2015-08-30T12:36:00Z');
  expect(isSigned(request, scope, at)).toBe(true);
  expect(isSigned({ ...request, body: body(`${text} `) }, scope, at)).toBe(false);
});

const NOW = Date.parse('2026-02-03T04:05:06Z');
const SAMPLE: Unsigned = {
  method: 'PUT',
  url: 'http://127.0.0.1:3000/machinegroups/web/machines?projectName=p&action=add',
  headers: { 'content-type': 'application/json' },
  body: '["10.0.0.1"]',
};

async function received(
  made: Unsigned = SAMPLE,
  scope: Scope = SCOPE,
  at = NOW,
): Promise<ReceivedRequest & { readonly headers: Record<string, string> }> {
  const headers = await signedHeaders(made, scope, new Date(at));
  const target = made.url.replace(/^http:\/\/[^/]+/, '');
  return { method: made.method, target, rawHeaders: listOf(headers), headers, body: body(made.body) };
}
const listOf = (headers: object): string[] => Object.entries(headers).flat();

describe('the signer of the SDK', () => {
  test.each<[string, Partial<Unsigned>]>([
    ['a body', {}],
    ['nothing', { method: 'DELETE', url: 'http://127.0.0.1:3000/machinegroups/web' }],
    ['an escaped path', { url: 'http://127.0.0.1:3000/machinegroups/a%20b%2Fc%21/machines' }],
    [
      'a query out of order',
      { url: 'http://127.0.0.1:3000/explain?machine=10.0.0.1&group=p%2Fweb&Z=&a=%2B%20%2A' },
    ],
    ['a name given twice', { url: 'http://127.0.0.1:3000/?a=2&a=1&b=x' }],
    ['text beyond ASCII', { body: '{"reason":"Rack B is gone – süd"}' }],
  ])('is understood for %s', async (_, changes) => {
    expect(isSigned(await received({ ...SAMPLE, ...changes }), SCOPE, NOW)).toBe(true);
  });

  test.each([
    ['five minutes ago', -300_000, true],
    ['five minutes ahead', 300_000, true],
    ['longer ago', -301_000, false],
    ['further ahead', 301_000, false],
    ['a year ago', -366 * 86_400_000, false],
  ])('is taken at its time: %s', async (_, offset, isTaken) => {
    expect(isSigned(await received(SAMPLE, SCOPE, NOW + offset), SCOPE, NOW)).toBe(isTaken);
  });

  test.each<[string, Partial<Scope>]>([
    ['another secret', { key: { ...CALLER, secretAccessKey: `${CALLER.secretAccessKey}!` } }],
    ['no secret', { key: { ...CALLER, secretAccessKey: '' } }],
    ['another key', { key: { ...CALLER, accessKeyId: 'test-aws-key-id' } }],
    ['another region', { region: 'us-east-1' }],
    ['another service', { service: 's3' }],
  ])('is refused with %s', async (_, changes) => {
    expect(isSigned(await received(SAMPLE, { ...SCOPE, ...changes }), SCOPE, NOW)).toBe(false);
  });
});

test('nothing of a request can be changed', async () => {
  const good = await received();
  const { headers } = good;
  const { authorization = '', 'x-amz-date': date = '' } = headers;
  const withHeaders = (changes: object) => ({ rawHeaders: listOf({ ...headers, ...changes }) });
  const { 'x-amz-date': _, ...undated } = headers;
  const changes: Record<string, Partial<ReceivedRequest>> = {
    method: { method: 'DELETE' },
    path: { target: good.target.replace('/web/', '/wep/') },
    'path by escaping': { target: good.target.replace('/web/', '/%77eb/') },
    'path by a slash': { target: good.target.replace('/web/', '//web/') },
    query: { target: good.target.replace('=add', '=delete') },
    'query by more': { target: `${good.target}&force=true` },
    'query by a repeat': { target: `${good.target}&action=add` },
    body: { body: body('["10.0.0.2"]') },
    'body taken away': { body: body() },
    host: withHeaders({ host: '127.0.0.1:3001' }),
    time: withHeaders({ 'x-amz-date': date.replace('T040506', 'T040507') }),
    'time taken away': { rawHeaders: listOf(undated) },
    'a time of no form': withHeaders({ 'x-amz-date': `${date} `.replace('Z', '') }),
    'a second time': { rawHeaders: [...good.rawHeaders, 'X-Amz-Date', date] },
    'digest of the body': withHeaders({ 'x-amz-content-sha256': '0'.repeat(64) }),
    'a header of AWS that is not signed': withHeaders({ 'x-amz-security-token': 'not-a-real-token' }),
    'fewer signed headers': withHeaders({ authorization: authorization.replace(';host;', ';') }),
    'signed headers in another order': withHeaders({
      authorization: authorization.replace(
        /SignedHeaders=[^,]+/,
        (list) => `SignedHeaders=${list.slice(14).split(';').toReversed().join(';')}`,
      ),
    }),
    'a signed header that is not there': withHeaders({
      authorization: authorization.replace('host;', 'host;x;'),
    }),
    'day of the scope': withHeaders({ authorization: authorization.replace('/20260203/', '/20260204/') }),
    signature: withHeaders({
      authorization: authorization.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    }),
    'half a signature': withHeaders({ authorization: authorization.slice(0, -32) }),
    'no signature': withHeaders({ authorization: authorization.replace(/Signature=.*/, 'Signature=') }),
    'two authorizations': { rawHeaders: [...good.rawHeaders, 'Authorization', authorization] },
    'another algorithm': withHeaders({ authorization: authorization.replace('SHA256', 'SHA1') }),
    'no headers': { rawHeaders: [] },
  };
  expect(isSigned(good, SCOPE, NOW)).toBe(true);
  for (const [what, change] of Object.entries(changes)) {
    expect(isSigned({ ...good, ...change }, SCOPE, NOW), what).toBe(false);
  }
});
