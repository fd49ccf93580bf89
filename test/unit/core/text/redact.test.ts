import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact, reveals } from '../../../../lib/core/text/redact.ts';

const SECRET = 'not+a/real"secret\\4=';
const buffer = Buffer.from(SECRET);

test.each([
  ['as it is', SECRET],
  ['in upper case', SECRET.toUpperCase()],
  ['in lower case', SECRET.toLowerCase()],
  ['in JSON', JSON.stringify({ key: SECRET })],
  ['in a URL', `https://x.example/?key=${encodeURIComponent(SECRET)}`],
  ['in a URL, escaped in lower case', encodeURIComponent(SECRET).toLowerCase()],
  ['in hexadecimal', buffer.toString('hex')],
  ['in hexadecimal, upper case', buffer.toString('hex').toUpperCase()],
  ['in hexadecimal, byte by byte', [...buffer].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')],
  ['in Base64', buffer.toString('base64')],
  ['in Base64 for URLs', buffer.toString('base64url')],
  ['in Base64 behind one byte', Buffer.from(`:${SECRET}`).toString('base64')],
  ['in Base64 between others', Buffer.from(`ab${SECRET}cd`).toString('base64')],
])('a secret %s is taken out', (_how, text) => {
  expect(reveals(text, SECRET)).toBe(true);
  const shown = redact(`before ${text} between ${text} after`, [undefined, '', SECRET]);
  expect(shown).toMatch(/^before .*\*\*\*.* between .*\*\*\*.* after$/);
  expect(reveals(shown, SECRET)).toBe(false);
});

test('the rest is left to the letter', () => {
  expect(redact('İstanbul: KEY not-a-key, key', ['KEY'])).toBe('İstanbul: *** not-a-***, ***');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('*'));
      expect(redact(text, [SECRET, undefined])).toBe(text);
    }),
  );
});

test('any secret is taken out of any text around it', () => {
  const visible = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 12,
    maxLength: 60,
  });
  const form = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => JSON.stringify(text),
    encodeURIComponent,
    (text) => Buffer.from(text).toString('hex'),
    (text) => Buffer.from(text).toString('base64'),
    (text) => Buffer.from(text).toString('base64url'),
  );
  fc.assert(
    fc.property(
      visible,
      fc.string({ maxLength: 7 }),
      fc.string({ maxLength: 7 }),
      form,
      (secret, a, b, encode) => {
        fc.pre(!'*'.includes(secret));
        expect(redact(encode(a + secret + b), [secret])).toContain('***');
      },
    ),
  );
});
