// What `sign` promises beyond the arithmetic: which headers come out, and what it refuses.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sign } from '../../../lib/signing/index.ts';
import * as arbitrary from './arbitraries.ts';

const key = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };
const date = new Date('2026-02-03T04:05:06.789Z');
const v1 = { version: 'v1', date } as const;
const v4 = { version: 'v4', region: 'cn-hangzhou', date } as const;
const get = { method: 'GET', path: '/machinegroups' };

describe('headers that come out', () => {
  test('V1 without a body adds date and authorization only', () => {
    expect(Object.keys(sign(get, key, v1)).sort()).toEqual(['authorization', 'date']);
    expect(sign(get, key, v1).date).toBe('Tue, 03 Feb 2026 04:05:06 GMT');
  });
  test.each(['{}', Buffer.from('{}')])('V1 with a body adds content-md5 in upper-case hex', (body) => {
    expect(sign({ ...get, body }, key, v1)['content-md5']).toBe('99914B932BD37A50B983C5E7C90AE93B');
  });
  test.each(['', new Uint8Array()])('an empty body counts as none', (body) => {
    expect(sign({ ...get, body }, key, v1)).toEqual(sign(get, key, v1));
    expect(sign({ ...get, body }, key, v4)).toEqual(sign(get, key, v4));
  });
  test('V4 adds its date, the hash of the body and authorization only', () => {
    const signed = sign(get, key, v4);
    expect(Object.keys(signed).sort()).toEqual(['authorization', 'x-log-content-sha256', 'x-log-date']);
    expect(signed['x-log-date']).toBe('20260203T040506Z');
  });
  test.each([v1, v4])('a session token is sent and signed, $version', (options) => {
    const signed = sign(get, { ...key, securityToken: 'not-a-real-token' }, options);
    expect(signed['x-acs-security-token']).toBe('not-a-real-token');
    expect(signed.authorization).not.toBe(sign(get, key, options).authorization);
  });
  test('names come out in lower case, values as they were given', () => {
    const signed = sign({ ...get, headers: { 'X-Log-Test': ' a ', Accept: '*/*' } }, key, v1);
    expect(signed).toMatchObject({ 'x-log-test': ' a ', accept: '*/*' });
  });
  test('what is given is used as it is', () => {
    const headers = { date: 'D', 'content-md5': 'M' };
    expect(sign({ ...get, body: 'b', headers }, key, v1)).toMatchObject(headers);
    const forV4 = { 'x-log-date': '20220808T032330Z', 'x-log-content-sha256': 'H' };
    expect(sign({ ...get, body: 'b', headers: forV4 }, key, v4)).toMatchObject(forV4);
  });
  test('in V1 a given x-log-date travels unsigned, next to the Date that is signed', () => {
    const signed = sign({ ...get, headers: { 'x-log-date': 'later' } }, key, v1);
    expect(signed['x-log-date']).toBe('later');
    expect(signed.authorization).toBe(sign(get, key, v1).authorization);
  });
  test('an authorization that is given is replaced', () => {
    expect(sign({ ...get, headers: { Authorization: 'old' } }, key, v1).authorization).toMatch(/^LOG /);
  });
});

describe('a refusal', () => {
  test('names the region that V4 lacks', () => {
    expect(() => sign(get, key, { version: 'v4', date })).toThrow(/region/);
    expect(() => sign(get, key, { version: 'v4', region: '', date })).toThrow(/region/);
  });
  test.each(['a\nb', 'a\rb', '\n'])('has line breaks in header values', (value) => {
    for (const options of [v1, v4]) {
      expect(() => sign({ ...get, headers: { 'x-log-test': value } }, key, options)).toThrow(/line break/);
      expect(() => sign({ ...get, headers: { [`x${value}`]: '' } }, key, options)).toThrow(/line break/);
      expect(() => sign(get, { ...key, securityToken: value }, options)).toThrow(/line break/);
      expect(() => sign(get, { ...key, accessKeyId: value }, options)).toThrow(/line break/);
    }
  });
  test('has a header in two spellings', () => {
    expect(() => sign({ ...get, headers: { Date: 'a', date: 'b' } }, key, v1)).toThrow(/twice/);
  });
  test('quotes no value', () => {
    for (const broken of [{ securityToken: 'marker\n' }, { accessKeyId: 'marker\n' }]) {
      expect(() => sign(get, { ...key, ...broken }, v1)).toThrow(/^(?!.*marker)/);
    }
  });
});

test('signing changes nothing it is given, and gives the same twice', () => {
  fc.assert(
    fc.property(arbitrary.queries(), arbitrary.serviceHeaders, arbitrary.body, (query, headers, body) => {
      const request = { ...get, query, headers, ...(body !== undefined && { body }) };
      const before = structuredClone(request);
      for (const options of [v1, v4])
        expect(sign(request, key, options)).toEqual(sign(request, key, options));
      expect(request).toEqual(before);
    }),
  );
});

test('another secret, path, query, method, body or header gives another signature', () => {
  const request = { ...get, query: { a: '1' }, headers: { 'x-log-test': '1' }, body: 'b' };
  for (const options of [v1, v4]) {
    const variants = [
      sign(request, key, options),
      sign(request, { ...key, accessKeySecret: 'another-fake-secret' }, options),
      sign({ ...request, path: '/configs' }, key, options),
      sign({ ...request, query: { a: '2' } }, key, options),
      sign({ ...request, method: 'PUT' }, key, options),
      sign({ ...request, body: 'c' }, key, options),
      sign({ ...request, headers: { 'x-log-test': '2' } }, key, options),
      sign(request, key, { ...options, date: new Date(0) }),
    ];
    expect(new Set(variants.map((headers) => headers.authorization)).size).toBe(variants.length);
  }
});
