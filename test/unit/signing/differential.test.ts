// Our signatures against those of two official packages, on random requests.
// Where an official signer departs from the wire rules, the departure has a test of its own with the reason,
// and the random requests keep clear of it.
import { createHash } from 'node:crypto';
import * as gateway from '@alicloud/gateway-sls';
import OfficialV1 from '@alicloud/log';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SignableRequest, sign, v1, v4 } from '../../../lib/signing/index.ts';
import * as arbitrary from './arbitraries.ts';

const RUNS = 5_000;

type Dictionary = Record<string, string>;

interface OfficialV1Signer {
  _sign(
    verb: string,
    path: string,
    query: Dictionary,
    headers: Dictionary,
    credentials: { accessKeyId: string; accessKeySecret: string },
  ): string;
}

interface OfficialV4Signer {
  makeContentHash(content: Buffer | undefined, version: 'v4'): Promise<string>;
  getAuthorizationV4(
    context: { request: object; configuration: { regionId: string } },
    date: string,
    hash: string,
    id: string,
    secret: string,
  ): Promise<string>;
}

// Both packages are CommonJS behind several generations of default exports.
const officialV1 = new (OfficialV1 as unknown as new (options: object) => OfficialV1Signer)({
  accessKeyId: 'test-key-id',
  accessKeySecret: 'not-a-real-secret',
  endpoint: 'cn-hangzhou.log.aliyuncs.com',
});
const officialV4 = new (
  (gateway.default as unknown as { default?: new () => OfficialV4Signer }).default ??
  (gateway.default as unknown as new () => OfficialV4Signer)
)();

describe('V1 against @alicloud/log', () => {
  const request = fc.record({
    method: arbitrary.method,
    path: arbitrary.path,
    // That signer sorts whole `key=value` pairs, see below.
    query: arbitrary.queries(arbitrary.text, true),
    service: arbitrary.serviceHeaders,
    contentType: fc.option(fc.constant('application/json'), { nil: undefined }),
    body: arbitrary.body,
    credentials: arbitrary.credentials,
    date: arbitrary.date,
  });

  test(`${RUNS} random requests get the same Authorization`, () => {
    fc.assert(
      fc.property(request, ({ method, path, query, service, contentType, body, credentials, date }) => {
        const { accessKeyId, accessKeySecret, securityToken } = credentials;
        const headers: Dictionary = { ...service, ...(contentType && { 'content-type': contentType }) };
        // The other signer's caller sets these three; the code is that of its `_request`.
        const theirs: Dictionary = { ...headers, date: date.toUTCString() };
        if (securityToken) theirs['x-acs-security-token'] = securityToken;
        if (body) theirs['content-md5'] = createHash('md5').update(body).digest('hex').toUpperCase();

        const ours = sign({ method, path, query, headers, ...withBody(body) }, credentials, {
          version: 'v1',
          date,
        });
        expect(ours.authorization).toBe(
          officialV1._sign(method, path, query, theirs, { accessKeyId, accessKeySecret }),
        );
      }),
      { numRuns: RUNS },
    );
  });

  test('it sorts pairs, not keys: "a-" before "a", because "-" comes before "="', () => {
    const query = { a: '1', 'a-': '2' };
    const theirs = officialV1._sign(
      'GET',
      '/',
      query,
      { date: 'D' },
      { accessKeyId: 'i', accessKeySecret: 's' },
    );
    const pairsSorted = v1.signature('s', 'GET\n\n\nD\n/?a-=2&a=1');
    expect(theirs).toBe(`LOG i:${pairsSorted}`);
    // The documented order is by key. No operation has two such keys, so nothing on the wire differs.
    expect(v1.canonicalResource('/', query)).toBe('/?a=1&a-=2');
  });

  test('it signs x-log-date, which takes no part in V1 by the common request headers page', () => {
    const headers = { date: 'D', 'x-log-date': 'D', 'x-log-apiversion': '0.6.0' };
    const theirs = officialV1._sign('GET', '/', {}, headers, { accessKeyId: 'i', accessKeySecret: 's' });
    expect(theirs).toBe(`LOG i:${v1.signature('s', 'GET\n\n\nD\nx-log-apiversion:0.6.0\nx-log-date:D\n/')}`);
    expect(v1.stringToSign({ method: 'GET', path: '/' }, headers)).toBe(
      'GET\n\n\nD\nx-log-apiversion:0.6.0\n/',
    );
  });
});

describe('V4 against the signer of @alicloud/gateway-sls', () => {
  // Its encoder leaves !'() as they are and encodes only the first asterisk, see below.
  const encodable = arbitrary.text.map((value) => {
    const [head = '', ...rest] = value.replaceAll(/[!'()]/g, '-').split('*');
    return rest.length === 0 ? head : `${head}*${rest.join('-')}`;
  });
  const request = fc.record({
    method: arbitrary.method,
    path: arbitrary.path,
    query: arbitrary.queries(encodable),
    service: arbitrary.serviceHeaders,
    contentType: fc.option(fc.constant('application/json'), { nil: undefined }),
    body: arbitrary.body,
    credentials: arbitrary.credentials,
    date: arbitrary.date,
    region: arbitrary.region,
  });

  test(`${RUNS} random requests get the same Authorization`, async () => {
    await fc.assert(
      fc.asyncProperty(
        request,
        async ({ method, path, query, service, contentType, body, credentials, date, region }) => {
          const headers: Dictionary = {
            ...service,
            host: 'project.cn-hangzhou.log.aliyuncs.com',
            ...(contentType && { 'content-type': contentType }),
          };
          const dateTime = `${date.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
          const hash = await officialV4.makeContentHash(
            body === undefined ? undefined : Buffer.from(body),
            'v4',
          );
          const theirs: Dictionary = { ...headers, 'x-log-date': dateTime, 'x-log-content-sha256': hash };
          if (credentials.securityToken) theirs['x-acs-security-token'] = credentials.securityToken;

          const ours = sign({ method, path, query, headers, ...withBody(body) }, credentials, {
            version: 'v4',
            region,
            date,
          });
          expect(ours.authorization).toBe(
            await officialV4.getAuthorizationV4(
              {
                request: { method, pathname: path, query, headers: theirs },
                configuration: { regionId: region },
              },
              dateTime,
              hash,
              credentials.accessKeyId,
              credentials.accessKeySecret,
            ),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  test.each([
    ["!'()", '%21%27%28%29'],
    ['a*b*c', 'a%2Ab%2Ac'],
  ])('it does not encode %s as the official vectors do', async (value, encoded) => {
    const request = { method: 'GET', pathname: '/', query: { q: value }, headers: { 'x-log-date': 'D' } };
    const theirs = await officialV4.getAuthorizationV4(
      { request, configuration: { regionId: 'r' } },
      '20220808T032330Z',
      'hash',
      'i',
      's',
    );
    const ours = (query: string) => {
      const canonical = `GET\n/\n${query}\nx-log-date:D\n\nx-log-date\nhash`;
      const scope = v4.credentialScope('20220808T032330Z', 'r');
      const key = v4.signingKey('s', '20220808T032330Z', 'r');
      return `SLS4-HMAC-SHA256 Credential=i/${scope},Signature=${v4.signature(key, v4.stringToSign('20220808T032330Z', scope, canonical))}`;
    };
    expect(v4.canonicalQuery({ q: value })).toBe(`q=${encoded}`);
    expect(theirs).not.toBe(ours(`q=${encoded}`));
    expect(theirs).toBe(ours(`q=${encodeURIComponent(value).replace('*', '%2A')}`));
  });
});

function withBody(body: string | Uint8Array | undefined): Pick<SignableRequest, 'body'> {
  return body === undefined ? {} : { body };
}
