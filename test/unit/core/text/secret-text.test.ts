import { expect, test } from 'vitest';
import { secretValue } from '../../../../lib/core/text/secret-text.ts';

const OBJECT = '{"username":"robot","token":" not-a-real-token\\n","port":5,"none":null}';

test.each<[string, string, string | undefined, string]>([
  ['a text', 'not-a-real-token', undefined, 'not-a-real-token'],
  [
    'a text with a mark before and line breaks behind',
    '\uFEFFnot-a-real-token\r\n',
    undefined,
    'not-a-real-token',
  ],
  ['a text in JSON', '"quoted"', undefined, '"quoted"'],
  ['a key of an object', OBJECT, 'token', 'not-a-real-token'],
  ['a key of an object with a mark before it', `\uFEFF\n${OBJECT}`, 'username', 'robot'],
])('takes %s for a value', (_what, text, key, value) => {
  expect(secretValue(text, key)).toEqual({ ok: true, value });
});

test.each<[string, string, string | undefined, RegExp]>([
  ['an object as it stands', OBJECT, undefined, /is a JSON object: name the key of its value with secretKey/],
  ['an object with a mark before it', `\uFEFF ${OBJECT}`, undefined, /is a JSON object/],
  ['what begins as an object', '{"token":"not-a-real', undefined, /is a JSON object/],
  ['a key of a text', 'not-a-real-token', 'token', /is not a JSON object/],
  ['a key of a list', '["not-a-real-token"]', '0', /is not a JSON object/],
  ['a key that is not there', OBJECT, 'password', /no text under its secretKey/],
  ['a key that every object has', OBJECT, 'constructor', /no text under its secretKey/],
  ['a key with a number', OBJECT, 'port', /no text under its secretKey/],
  ['a key with nothing', OBJECT, 'none', /no text under its secretKey/],
  ['a key that is there twice', '{"a":"not-a-real-1","a":"not-a-real-2"}', 'a', /but is not one/],
  ['a key of broken JSON', '{"token":"not-a-real-token"', 'token', /but is not one/],
])('refuses %s as a value', (_what, text, key, says) => {
  const reading = secretValue(text, key);
  expect(reading).toEqual({ ok: false, says: expect.stringMatching(says) });
  expect(JSON.stringify(reading)).not.toMatch(/not-a-real|robot|password/);
});
