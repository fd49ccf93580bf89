// Where a mistake in JSON is, and what was expected there.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonFault } from '../../../../lib/core/text/json-fault.ts';

describe('a mistake is told with its place', () => {
  test.each<[string, string, number, number, string]>([
    ['nothing', '', 1, 1, 'a value'],
    ['blanks only', ' \n ', 2, 2, 'a value'],
    ['a comma before the end', '{\n  "a": 1,\n}', 3, 1, 'the name of a field in double quotes'],
    ['a comma before the end of a list', '[1,\r\n 2,\r\n]', 3, 1, 'a value'],
    ['no comma', '{\n  "a": 1\n  "b": 2\n}', 3, 3, '"," or "}"'],
    ['no comma in a list', '["a" "b"]', 1, 6, '"," or "]"'],
    ['no colon', '{"a" 1}', 1, 6, '":"'],
    ['no quotes', '{\r  a: 1}', 2, 3, 'the name of a field in double quotes or "}"'],
    ['single quotes', "{'a': 1}", 1, 2, 'the name of a field in double quotes or "}"'],
    ['a comment', '{"a": 1} // not-a-real-secret', 1, 10, 'the end of the text'],
    ['a comment within', '[\n// x\n]', 2, 1, 'a value or "]"'],
    ['a word', '{"a": yes}', 1, 7, 'a value'],
    ['a number with a zero in front', '{"a": 07}', 1, 8, '"," or "}"'],
    ['half a number', '[-]', 1, 2, 'a value or "]"'],
    ['an end too early', '{"a": [1', 1, 9, '"," or "]"'],
    ['a bracket of the other kind', '{"a": [1}', 1, 9, '"," or "]"'],
    ['text without its end', '{\n"a": "x\n}', 2, 8, 'the closing double quote of the text'],
    ['a name without its end', '{"a', 1, 4, 'the closing double quote of the text'],
    ['a backslash of Windows', '["C:\\x"]', 1, 5, 'an escape such as \\n, \\" or \\u0041'],
    ['two documents', '{}{}', 1, 3, 'the end of the text'],
  ])('for %s', (_what, text, line, column, expected) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonFault(text)).toEqual({ line, column, expected });
  });

  test('at any depth and size', () => {
    expect(jsonFault('[{"a":'.repeat(100_000))).toMatchObject({
      line: 1,
      column: 600_001,
      expected: 'a value',
    });
    expect(jsonFault(`["${'\\\\'.repeat(500_000)}" 1]`)).toMatchObject({ column: 1_000_005 });
  });
});

test('where the engine gives a place, it is the same, whatever the text was before one character of it changed', () => {
  const changed = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '}', ']', '{', '[', ':', '\n', '0', 'x', '\\'))
    .map(([text, at, sign]) => {
      const cut = at % text.length;
      return text.slice(0, cut) + sign + text.slice(cut + 1);
    });
  let compared = 0;
  fc.assert(
    fc.property(changed, (text) => {
      const place = placeOfEngine(text);
      if (place === undefined) return;
      compared += 1;
      const { line, column } = jsonFault(text);
      expect({ line, column }, text).toEqual(place);
    }),
    { numRuns: 2_000 },
  );
  expect(compared).toBeGreaterThan(100);
});

/** It gives none for an odd token and for the end, and the digit behind its place for half a number. */
function placeOfEngine(text: string): { line: number; column: number } | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const says = String(error);
    if (!/Expected (?:',' or|':'|property name)|double-quoted property|Unexpected non-whitespace/.test(says))
      return undefined;
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(says) ?? [];
    return { line: Number(line), column: Number(column) };
  }
}
