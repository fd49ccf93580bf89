import { describe, expect, test } from 'vitest';
import { jsonBody } from '../../../lib/runtime/http/body.ts';
import { ProblemError } from '../../../lib/runtime/http/errors.ts';
import { type HttpInvocation, readInvocation } from '../../../lib/runtime/http/invocation.ts';

const http = (changes: object = {}) => ({
  version: '2.0',
  requestContext: { requestId: 'an-id', http: { method: 'GET' } },
  ...changes,
});
const read = (changes?: object) => readInvocation(http(changes)) as HttpInvocation;

test('takes what a gateway leaves out for empty', () => {
  const empty = { parameters: {}, query: {}, headers: {}, bodyIsBroken: false };
  expect(read()).toMatchObject({ kind: 'http', method: 'GET', requestId: 'an-id', ...empty });
  const nothing = { pathParameters: null, queryStringParameters: null, headers: null, body: null };
  expect(read(nothing)).toMatchObject(empty);
});

test('hands on a field of any name', () => {
  const fields = JSON.parse('{"__proto__":"a","constructor":"b"}');
  const { query, parameters } = read({ queryStringParameters: fields, pathParameters: fields });
  expect(Object.entries(query)).toEqual(Object.entries(fields));
  expect(Object.entries(parameters)).toEqual(Object.entries(fields));
});

describe('an event that no gateway makes is refused', () => {
  test.each([
    [{ body: { groupName: 'web' } }, 'body: must be text, is an object with 1 field'],
    [{ headers: ['a'] }, 'headers: must be an object, is a list of 1 entry'],
    [{ headers: { accept: null } }, 'headers.accept: must be text, is null'],
    [{ queryStringParameters: { all: true } }, 'queryStringParameters.all: must be text, is a boolean'],
    [{ pathParameters: 'web' }, 'pathParameters: must be an object, is text of 3 characters'],
    [
      { multiValueQueryStringParameters: { all: 'true' } },
      'multiValueQueryStringParameters.all: must be a list',
    ],
    [{ isBase64Encoded: 'false' }, 'isBase64Encoded: must be true or false, is text of 5 characters'],
    [{ requestContext: { requestId: 7, http: {} } }, 'requestContext.requestId: must be text'],
    [{ requestContext: { http: 'GET' } }, 'requestContext.http: must be an object'],
  ])('with its fault named: %j', (changes, says) => {
    const refusal = (() => {
      try {
        return readInvocation(http(changes));
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(ProblemError);
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(String(refusal)).toContain(says);
  });
});

describe('a body in Base64', () => {
  test.each(['', 'a', 'ab', 'abc', '\u0000ÿ'])('is decoded: %j', (text) => {
    const { body, bodyIsBroken } = read({
      body: Buffer.from(text).toString('base64'),
      isBase64Encoded: true,
    });
    expect([body.toString(), bodyIsBroken]).toEqual([text, false]);
  });
  // Decoders pass over what is not Base64, and the rest of the first one would be a request.
  test.each(['e30!', '!e30=', 'e3 0=', 'e30', 'e30==', '{}', 'e30=\n', 'é30='])(
    'is refused when broken: %j',
    (body) => {
      expect(read({ body, isBase64Encoded: true }).bodyIsBroken).toBe(true);
    },
  );
});

test.each([
  ['text/plain', 'text/plain'],
  ['text/plain; a\u2028b', '"text/plain; a\\u2028b"'],
  ['x'.repeat(100_000), `"${'x'.repeat(64)}…"`],
])('a content type is shown on one line and not too long', (type, shown) => {
  const given = read({ headers: { 'content-type': type }, body: '{}' });
  expect(() => jsonBody(given)).toThrow(`Content-Type ${shown} is unsupported; send application/json.`);
});

test.each([
  ['in it', (many: object) => many],
  ['in a field of it', (groupAttribute: object) => ({ groupAttribute })],
])('fields of a direct invocation are counted before they are looked at: %s', (_, place) => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_value, index) => [`f${index}`, 0]));
  expect(() => readInvocation(place(many))).toThrow(
    'invalid event. no object of it may have more than 10000 fields',
  );
});
