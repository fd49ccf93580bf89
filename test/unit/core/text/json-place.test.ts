// Places in JSON texts, against texts whose lines are known.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeIssues } from '../../../../lib/core/text/issues.ts';
import { pathIn, placeOf } from '../../../../lib/core/text/json-place.ts';

const TEXT = `{
  "owner": "a \\"quoted\\" {[,:",
  "groups": [
    { "name": "web",
      "sources": [ { "type": "static", "members": ["1", [], {},
        "2"] } ] },
    { "a b": true, "name": -1.5e3 }
  ]
}`;

test.each([
  [[], 1, 1],
  [['owner'], 2, 3],
  [['groups'], 3, 3],
  [['groups', 0], 4, 5],
  [['groups', 0, 'sources', 0, 'members', 1], 5, 57],
  [['groups', 0, 'sources', 0, 'members', 3], 6, 9],
  [['groups', 1, 'a b'], 7, 7],
  [['groups', 1, 'name'], 7, 20],
  [['groups', 1, 'missing'], 7, 5],
  [['groups', 2, 'name'], 3, 3],
  [['owner', 'deeper'], 2, 3],
  [['nowhere'], 1, 1],
])('%j stands at line %i, column %i', (path, line, column) => {
  expect(placeOf(TEXT, path)).toEqual({ line, column });
});

test('every part of every document is found, however it is laid out', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value, null, indent);
      const lines = text.split('\n');
      for (const [path, part] of partsOf(value)) {
        const last = path.at(-1);
        const { line, column } = placeOf(text, path);
        const begins = (lines[line - 1] as string).slice(column - 1);
        const first = typeof last === 'string' ? JSON.stringify(last) : (JSON.stringify(part)[0] as string);
        expect(begins.startsWith(first)).toBe(true);
      }
    }),
  );
});

/** Every path of a value, and what is there. */
function partsOf(value: unknown, path: (string | number)[] = []): [(string | number)[], unknown][] {
  const own: [(string | number)[], unknown][] = [[path, value]];
  if (Array.isArray(value)) return [...own, ...value.flatMap((one, index) => partsOf(one, [...path, index]))];
  if (typeof value !== 'object' || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([name, one]) => partsOf(one, [...path, name]))];
}

test('the path in a line is the path that it was made of', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(1e6), fc.string({ minLength: 1, maxLength: 60 })), { minLength: 1 }),
      (path) => {
        const issue = { code: 'custom' as const, path, message: 'is wrong', input: undefined };
        const [line = ''] = describeIssues({ issues: [issue] }, undefined);
        expect(pathIn(line)).toEqual(path);
      },
    ),
  );
});
