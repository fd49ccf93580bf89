// Official test vectors, stage by stage: when one fails, its name says which stage broke.
import { describe, expect, test } from 'vitest';
import { lowerCaseHeaders, sha256Hex } from '../../../lib/signing/canonical.ts';
import { type SignableRequest, sign, v1, v4 } from '../../../lib/signing/index.ts';
import primitives from '../../support/fixtures/signing/primitives.json' with { type: 'json' };
import vectorsV1 from '../../support/fixtures/signing/v1.json' with { type: 'json' };
import vectorsV4 from '../../support/fixtures/signing/v4.json' with { type: 'json' };
import type { Vector, VectorV4 } from '../../support/signing-vectors.ts';

/** Nothing may depend on the clock where the vector gives the date. */
const WRONG_DATE = new Date(0);

function requestOf(vector: Vector, dateHeader: string): SignableRequest {
  const { method, path, query, headers } = vector;
  const body = vector.bodyBase64 === undefined ? vector.body : Buffer.from(vector.bodyBase64, 'base64');
  return {
    method,
    path,
    query,
    headers: { ...headers, [dateHeader]: vector.date },
    ...(body != null && { body }),
  };
}

describe.each(vectorsV1.vectors as unknown as Vector[])('V1 $name', (vector) => {
  const request = requestOf(vector, 'Date');
  const headers = lowerCaseHeaders(request.headers ?? {});
  v1.completeHeaders(headers, request.body, WRONG_DATE);
  const [, md5, type, date, ...rest] = vector.stringToSign.split('\n');
  const resource = rest.pop();

  test('has the canonical headers', () =>
    expect(v1.canonicalHeaders(headers)).toBe(rest.map((line) => `${line}\n`).join('')));
  test('has the canonical resource', () =>
    expect(v1.canonicalResource(vector.path, vector.query)).toBe(resource));
  test('signs some headers on lines of their own', () => {
    expect([headers['content-md5'] ?? '', headers['content-type'] ?? '', headers.date]).toEqual([
      md5,
      type,
      date,
    ]);
  });
  test('has the string to sign', () => expect(v1.stringToSign(request, headers)).toBe(vector.stringToSign));
  test('has the signature', () => {
    expect(v1.signature(vector.accessKeySecret, vector.stringToSign)).toBe(vector.expectedSignature);
  });
  test('is signed as published', () => {
    const signed = sign(request, vector, { version: 'v1', date: WRONG_DATE });
    expect(signed.authorization).toBe(vector.expectedAuthorization);
  });
});

describe.each(vectorsV4.vectors as unknown as VectorV4[])('V4 $name', (vector) => {
  const request = requestOf(vector, 'x-log-date');
  const headers = lowerCaseHeaders(request.headers ?? {});
  v4.completeHeaders(headers, request.body, WRONG_DATE);
  const lines = vector.canonicalRequest.split('\n');
  const names = (lines.at(-2) as string).split(';');
  const scope = v4.credentialScope(vector.date, vector.region);

  test('has the body hash', () => expect(headers['x-log-content-sha256']).toBe(lines.at(-1)));
  test('has the canonical query', () => expect(v4.canonicalQuery(vector.query)).toBe(lines[2]));
  test('has the signed header names', () => expect(v4.signedHeaderNames(headers)).toEqual(names));
  test('has the canonical headers', () => {
    expect(v4.canonicalHeaders(headers)).toBe(`${lines.slice(3, -3).join('\n')}\n`);
  });
  test('has the canonical request', () => {
    expect(v4.canonicalRequest(request, headers)).toBe(vector.canonicalRequest);
  });
  test('has the scope', () => expect(scope).toBe(vector.stringToSign.split('\n')[2]));
  test('has the string to sign', () => {
    expect(v4.stringToSign(vector.date, scope, vector.canonicalRequest)).toBe(vector.stringToSign);
  });
  test('has the signing key', () => {
    const key = v4.signingKey(vector.accessKeySecret, vector.date, vector.region);
    expect(key.toString('hex')).toBe(vector.signingKeyHex);
  });
  test('has the signature', () => {
    const key = Buffer.from(vector.signingKeyHex, 'hex');
    expect(v4.signature(key, vector.stringToSign)).toBe(vector.expectedSignature);
  });
  test('is signed as published', () => {
    const signed = sign(request, vector, { version: 'v4', region: vector.region, date: WRONG_DATE });
    expect(signed.authorization).toBe(vector.expectedAuthorization);
  });
});

describe('primitives', () => {
  test.each(primitives.v4PercentEncode)('encode $input by percent', ({ input, expected }) => {
    expect(v4.percentEncode(input)).toBe(expected);
  });
  test.each(primitives.v1CanonicalQuery)('put the query of $source into V1', ({ params, expected }) => {
    expect(v1.canonicalResource('', params)).toBe(`?${expected}`);
  });
  test.each(primitives.machineGroupBodyMd5)(
    'give the Content-MD5 of the $source',
    ({ body, contentLength, expected }) => {
      expect(Buffer.byteLength(body)).toBe(contentLength);
      expect(v1.contentMd5(body)).toBe(expected);
    },
  );
  test.each(primitives.contentMd5)('give the MD5 of $hexBytes', ({ hexBytes, expected }) => {
    expect(v1.contentMd5(Buffer.from(hexBytes, 'hex'))).toBe(expected);
  });
  test.each(primitives.sha256Hex)('give the SHA-256 of "$input"', ({ input, expected }) => {
    expect(sha256Hex(input)).toBe(expected);
  });
  test.each(primitives.v1RawHmac)('give the HMAC-SHA1 from $source', ({ key, data, expected }) => {
    expect(v1.signature(key, data)).toBe(expected);
  });
  test.each(primitives.hmacHex.filter(({ algorithm }) => algorithm === 'hmac-sha256'))(
    'give the HMAC-SHA256 of "$input"',
    ({ key, input, expected }) => expect(v4.signature(Buffer.from(key), input)).toBe(expected),
  );
  test.each(primitives.hmacHex.filter(({ algorithm }) => algorithm === 'hmac-sha1'))(
    'give the HMAC-SHA1 of "$input"',
    ({ key, input, expected }) => {
      expect(Buffer.from(v1.signature(key, input), 'base64').toString('hex')).toBe(expected);
    },
  );
});
