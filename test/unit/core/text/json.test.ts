import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../../../lib/core/text/json.ts';

describe('JSON from outside', () => {
  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"b":{"c":1},"a":1}', 'a'],
    ['[0,{"x":[{"y":"}","y":"{"}]}]', 'y'],
    ['{"a"\n\t: 1 , "\\u0061" : 2}', 'a'],
    ['{"":1,"":2}', ''],
    ['{"\\"":1,"\\"":2}', '"'],
    ['{"a":{"a":{"a":0},"b":0,"b":0}}', 'b'],
  ])('that names a field twice is refused: %s', (text, name) => {
    expect(JSON.parse(text)).toBeDefined();
    const reading = readJson(text);
    expect(reading).toMatchObject({ ok: false, says: `names the field ${JSON.stringify(name)} twice` });
    expect(reading).toMatchObject({ at: placeOfSecond(text, name) });
  });
  test.each(['{"__proto__":1}', '[{"a":{"\\u005f_proto__":{}}}]'])(
    'that has what schemas pass over is refused: %s',
    (text) => {
      expect(readJson(text)).toEqual({
        ok: false,
        says: 'has a field "__proto__"',
        at: text.indexOf(text.includes('u005f') ? '"\\u005f' : '"__'),
      });
    },
  );
  test.each([
    '{"a":"__proto__","proto":0,"constructor":{"prototype":0}}',
    '{"a":"a","b":"\\"a\\":","c":["a","a"]}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":1},"b":{"a":2}}',
    '{"a\\\\":1,"a":2}',
    '"a:a"',
    '0',
  ])('is taken otherwise: %s', (text) => {
    expect(readJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });
  test.each([
    ['', 'does not parse'],
    ['{"key":"secret"', /^does not parse \(position \d+\)$/],
    ['{"key":secret}', /^does not parse( \(position \d+\))?$/],
  ])('that is none says where and quotes nothing: %j', (text, says) => {
    const reading = readJson(text);
    expect(reading).toEqual({ ok: false, says: expect.stringMatching(says) });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  const isPlain = (text: string) => !text.includes('__proto__');
  test('is read as JSON.parse reads it, whatever it is', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }).filter(isPlain), (text) => {
        const reading = readJson(text);
        expect(reading.ok && JSON.stringify(reading.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
  test('a second field of any name is found', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1 });
    fc.assert(
      fc.property(object, fc.nat(), fc.jsonValue(), (value, at, inside) => {
        const names = Object.keys(value);
        const name = names[at % names.length] as string;
        const text = JSON.stringify([inside, { inner: value }]);
        const last = text.lastIndexOf('}}]');
        const twice = `${text.slice(0, last)},${JSON.stringify(name)}:0${text.slice(last)}`;
        expect(readJson(twice).ok).toBe(false);
      }),
    );
  });
  test.each([
    ['{"a":', '}'],
    ['[', ']'],
    ['[{"a":', '}]'],
  ])('is a hundred levels deep at the most: %s', (open, close) => {
    const deep = (levels: number) => {
      const times = levels / (open.length > 5 ? 2 : 1);
      return readJson(open.repeat(times) + 0 + close.repeat(times));
    };
    expect(deep(100).ok).toBe(true);
    const refused = { ok: false, says: 'is nested more than 100 levels deep', at: expect.any(Number) };
    expect(deep(102)).toEqual(refused);
    expect(deep(1_000_000)).toEqual(refused);
    expect(readJson(open.repeat(500_000))).toEqual(refused);
  });
  test('has ten thousand fields in one object at the most, unless somebody expects more', () => {
    const object = (fields: number) =>
      `[{"a":{}},{${Array.from({ length: fields }, (_, index) => `"${index}":{"b":"c:"}`).join()}}]`;
    expect(readJson(object(10_000)).ok).toBe(true);
    expect(readJson(object(10_001))).toEqual({
      ok: false,
      says: 'has an object of more than 10000 fields',
      at: object(10_001).lastIndexOf(':{'),
    });
    expect(readJson(object(10_001), { mostFields: Number.POSITIVE_INFINITY }).ok).toBe(true);
  });
  test('may hold any number of escapes', () => {
    expect(readJson(`{"a":"${'\\\\'.repeat(1_000_000)}","b":"${'\\"'.repeat(1_000_000)}"}`).ok).toBe(true);
  });
});

/** Every one of these texts spells the second name last. */
function placeOfSecond(text: string, name: string): number {
  const spelt = text.lastIndexOf(`${JSON.stringify(name)}:`);
  const escaped = text.lastIndexOf('"\\u0061"');
  return Math.max(spelt, escaped);
}
