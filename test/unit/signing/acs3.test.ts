// Signature V3: the official vector stage by stage, then random requests against the signer of an official package.
import { createHash } from 'node:crypto';
import * as openapiCore from '@alicloud/openapi-core';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import * as acs3 from '../../../lib/signing/acs3.ts';
import { sha256Hex } from '../../../lib/signing/canonical.ts';
import fixture from '../../support/fixtures/signing/acs3.json' with { type: 'json' };
import * as arbitrary from './arbitraries.ts';

const RUNS = 5_000;

type Dictionary = Record<string, string>;

interface OfficialSigner {
  getAuthorization(request: object, algorithm: string, payload: string, id: string, secret: string): string;
}

const { getAuthorization } = (openapiCore as unknown as { OpenApiUtil: OfficialSigner }).OpenApiUtil;

describe.each(fixture.vectors)('ACS3 $name', (vector) => {
  const { method, path, query, canonicalRequest, stringToSign, nonce } = vector;
  const request = { method, path, query, headers: vector.headers };
  const signed = acs3.sign(request, vector, { date: new Date(vector.date), nonce });
  const lines = canonicalRequest.split('\n');

  test('has the body hash', () => expect(signed['x-acs-content-sha256']).toBe(lines.at(-1)));
  test('has the canonical query', () => expect(acs3.canonicalQuery(query)).toBe(lines[2]));
  test('has the signed header names', () => {
    expect(acs3.signedHeaderNames(signed)).toEqual((lines.at(-2) as string).split(';'));
  });
  test('has the canonical headers', () => {
    expect(acs3.canonicalHeaders(signed)).toBe(`${lines.slice(3, -3).join('\n')}\n`);
  });
  test('has the canonical request', () => {
    expect(acs3.canonicalRequest(request, signed)).toBe(canonicalRequest);
    expect(sha256Hex(canonicalRequest)).toBe(vector.canonicalRequestSha256);
  });
  test('has the string to sign', () => expect(acs3.stringToSign(canonicalRequest)).toBe(stringToSign));
  test('has the signature', () => {
    expect(acs3.signature(vector.accessKeySecret, stringToSign)).toBe(vector.expectedSignature);
  });
  test('is signed as published', () => expect(signed.authorization).toBe(vector.expectedAuthorization));
});

describe('ACS3 against the signer of @alicloud/openapi-core', () => {
  const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,12}$/);
  const request = fc.record({
    method: arbitrary.method,
    path: arbitrary.path,
    // That signer leaves keys as they are, see below.
    query: fc.dictionary(key, arbitrary.text, { maxKeys: 6 }),
    service: arbitrary.serviceHeaders,
    contentType: fc.option(fc.constant('application/json'), { nil: undefined }),
    body: arbitrary.body,
    credentials: arbitrary.credentials,
    date: arbitrary.date,
    nonce: fc.uuid(),
  });

  test(`${RUNS} random requests get the same Authorization`, () => {
    fc.assert(
      fc.property(
        request,
        ({ method, path, query, service, contentType, body, credentials, date, nonce }) => {
          const headers: Dictionary = {
            ...service,
            host: 'ecs.cn-hangzhou.aliyuncs.com',
            ...(contentType && { 'content-type': contentType }),
          };
          const { accessKeyId, accessKeySecret, securityToken } = credentials;
          const payload = createHash('sha256')
            .update(body ?? '')
            .digest('hex');
          const theirs: Dictionary = {
            'x-acs-date': date.toISOString().replace(/\.\d+/, ''),
            'x-acs-signature-nonce': nonce,
            'x-acs-content-sha256': payload,
            ...(securityToken && { 'x-acs-security-token': securityToken }),
            ...headers,
          };
          const ours = acs3.sign(
            { method, path, query, headers, ...(body !== undefined && { body }) },
            credentials,
            { date, nonce },
          );
          const pathname = path.split('/').map(encoded).join('/');
          expect(ours.authorization).toBe(
            getAuthorization(
              { method, pathname, query, headers: theirs },
              'ACS3-HMAC-SHA256',
              theirs['x-acs-content-sha256'] as string,
              accessKeyId,
              accessKeySecret,
            ),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('differs in keys that have to be encoded, which the official page encodes and that signer does not', () => {
    const query = { 'a b': 'c' };
    const headers = { host: 'h', 'x-acs-content-sha256': 'p' };
    const canonical = (key: string) =>
      `GET\n/\n${key}=c\nhost:h\nx-acs-content-sha256:p\n\nhost;x-acs-content-sha256\np`;
    const theirs = getAuthorization(
      { method: 'GET', pathname: '/', query, headers },
      'ACS3-HMAC-SHA256',
      'p',
      'i',
      's',
    );
    expect(theirs).toContain(acs3.signature('s', acs3.stringToSign(canonical('a b'))));
    expect(acs3.canonicalRequest({ method: 'GET', path: '/', query }, headers)).toBe(canonical('a%20b'));
  });
});

describe('what would forge a signed line', () => {
  const credentials = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };
  const options = { date: new Date(0), nonce: 'n' };
  const request = { method: 'GET', path: '/' };

  test.each([
    ['a header', () => acs3.sign({ ...request, headers: { host: 'a\nb' } }, credentials, options)],
    ['the id of the key', () => acs3.sign(request, { ...credentials, accessKeyId: 'a\rb' }, options)],
    ['the token', () => acs3.sign(request, { ...credentials, securityToken: 'a\nb' }, options)],
    ['the nonce', () => acs3.sign(request, credentials, { ...options, nonce: 'a\nb' })],
  ])('is refused in %s', (_where, sign) => {
    expect(sign).toThrow(/^(?!.*a.b).*line break/s);
  });
});

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
