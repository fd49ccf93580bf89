// Our HMAC against node's, and the keys that are kept from one signature to the next.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmac, hmacKey } from '../../../lib/signing/hmac.ts';
import { sign } from '../../../lib/signing/index.ts';

const algorithm = fc.constantFrom('sha1', 'sha256');
const secret = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 100 }));
/** Any text: half a surrogate pair is one too, and the longer ones are longer than what a key has room for. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc
    .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 1, max: 3_000 }))
    .map(([unit, times]) => unit.repeat(times)),
);

describe('HMAC', () => {
  test('is node’s, for every key and text', () => {
    fc.assert(
      fc.property(algorithm, secret, fc.array(text, { maxLength: 4 }), (name, given, texts) => {
        const key = hmacKey(name, given);
        for (const one of texts) {
          for (const encoding of ['base64', 'hex'] as const) {
            expect(hmac(key, one, encoding)).toBe(createHmac(name, given).update(one).digest(encoding));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([682, 683, 2_048])('is that of node for a text of %i units of three bytes each', (length) => {
    const long = '\u4e2d'.repeat(length);
    const theirs = createHmac('sha1', 'not-a-real-secret').update(long).digest('base64');
    expect(hmac(hmacKey('sha1', 'not-a-real-secret'), long, 'base64')).toBe(theirs);
  });
});

describe('a kept key', () => {
  const request = { method: 'GET', path: '/machinegroups' };
  const date = new Date('2026-02-03T04:05:06.789Z');
  const options = [
    { version: 'v1', date },
    { version: 'v4', date, region: 'cn-hangzhou' },
  ] as const;

  test.each(options)('makes another signature when its secret changes in place, $version', (how) => {
    const credentials = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };
    const before = sign(request, credentials, how);
    credentials.accessKeySecret = 'not-a-real-secret-either';
    expect(sign(request, credentials, how)).toEqual(sign(request, { ...credentials }, how));
    credentials.accessKeySecret = 'not-a-real-secret';
    expect(sign(request, credentials, how)).toEqual(before);
  });

  test('stays right for more days and regions in turn than keys are kept', () => {
    const credentials = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };
    const moments = Array.from({ length: 6 }, (_, day) => new Date(Date.UTC(2026, 1, day + 1)));
    for (let round = 0; round < 2; round += 1) {
      for (const region of ['cn-hangzhou', 'eu-central-1']) {
        for (const moment of moments) {
          const how = { version: 'v4', date: moment, region } as const;
          expect(sign(request, credentials, how)).toEqual(sign(request, { ...credentials }, how));
          expect(sign(request, credentials, { version: 'v1', date: moment }).date).toBe(moment.toUTCString());
        }
      }
    }
  });

  test.each(options)('stays right with requests of other headers in between, $version', (how) => {
    const credentials = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };
    const headers = [
      { 'x-log-b': '2', 'x-log-a': '1' },
      { host: 'h', 'x-log-c': '3' },
      {},
      { 'x-log-a': '1' },
    ];
    const alone = headers.map((given) => sign({ ...request, headers: given }, credentials, how));
    const inTurns = headers
      .toReversed()
      .map((given) => sign({ ...request, headers: given }, credentials, how));
    expect(inTurns.toReversed()).toEqual(alone);
  });
});
