// Every field of the sync configuration with every class of bad value in it: what is not on a written list is refused
// with a line that names the field and repeats no value, and no run begins.
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { InvalidSyncConfig, readSyncConfig } from '../../lib/core/config/config.ts';
import { syncConfigSchema } from '../../lib/core/config/schema.ts';
import { badTexts, someOf } from './calls.ts';
import { CONFIG_SAMPLES, CONFIG_TAKES } from './config-samples.ts';
import { nameOf, type Path, placesIn } from './places.ts';
import { fieldsOf, type JsonSchema } from './schema-fields.ts';

/** The place as its schema has it: keys of records are anybody's. */
const schemaName = (path: Path) => nameOf(path).replace(/(hooks|tags|filters|by)\.[^.[]+/, '$1.*');

/** The place in short, with the kind of the source where it is one of a source. */
function placeIn(sample: object, path: Path): string {
  const { groups, families } = sample as Record<'groups' | 'families', [{ sources: [{ type: string }] }]>;
  const [{ sources }] = families ?? groups;
  return schemaName(path)
    .replace(/^(?:groups|families)\[\]\.sources\[\]\./, `${sources[0].type}.`)
    .replace(/^groups\[\]\./, 'group.')
    .replace(/^families\[\]\./, 'family.')
    .replace(/^groups$/, families ? 'groups beside families' : 'groups');
}

test('the samples have each field of the schema', () => {
  const known = fieldsOf(z.toJSONSchema(syncConfigSchema, { io: 'input' }) as JsonSchema);
  const sampled = new Set(CONFIG_SAMPLES.flatMap((sample) => placesIn(sample).map(schemaName)));
  expect([...sampled].sort()).toEqual(known);
});

test('the list of what is taken names no place that is not there', () => {
  const places = new Set(
    CONFIG_SAMPLES.flatMap((sample) => placesIn(sample).map((path) => placeIn(sample, path))),
  );
  expect(Object.keys(CONFIG_TAKES).filter((place) => !places.has(place))).toEqual([]);
});

/** In `npm test` one in five: a sample takes half a second, and has hundreds of bad variations. */
const TRIED = someOf(CONFIG_SAMPLES.map((sample, index) => ({ index, sample })));

describe.each(TRIED)('sample $index', ({ sample }) => {
  test('is taken, and refused with any place in it made wrong', () => {
    readSyncConfig(JSON.stringify(sample));
    const taken: Record<string, string[]> = {};
    const faults: string[] = [];
    for (const [path, what, text] of badTexts(sample)) {
      const place = placeIn(sample, path);
      const refusal = refusalOf(text());
      if (refusal === undefined) taken[place] = [...(taken[place] ?? []), what];
      else if (refusal !== '') faults.push(`${place.slice(0, 60)}, ${what}: ${refusal}`);

      function refusalOf(document: string): string | undefined {
        try {
          readSyncConfig(document);
          return undefined;
        } catch (error) {
          if (!(error instanceof InvalidSyncConfig)) return String(error);
          const names = ['__proto__', ...path.filter((key) => typeof key === 'string')];
          const { message } = error;
          // What is too deep is refused before there are fields, by its place in the text.
          const isTold =
            names.some((name) => message.includes(name.slice(0, 60))) ||
            (/deep$/.test(what) && / levels deep at line 1, column \d+$/.test(message));
          const isGood = isTold && message.length < 2_000 && !/\p{C}/u.test(message);
          return isGood ? '' : message.slice(0, 200);
        }
      }
    }
    expect(faults).toEqual([]);
    for (const place of new Set(placesIn(sample).map((path) => placeIn(sample, path)))) {
      expect([place, ...new Set(taken[place])].sort()).toEqual(
        [place, ...(CONFIG_TAKES[place] ?? [])].sort(),
      );
    }
    // Strange fields have places of their own, none of which may be taken but new names in records.
    const strange = Object.keys(taken).filter((place) => !(place in CONFIG_TAKES));
    expect(strange).toEqual([]);
  });
});

test.each([
  ['nothing', ''],
  ['a list', '[]'],
  ['null', 'null'],
  ['a number', '1e400'],
  ['half a document', JSON.stringify(CONFIG_SAMPLES[0]).slice(0, -1)],
  ['a document and a half', `${JSON.stringify(CONFIG_SAMPLES[0])}{`],
  ['lists 500 000 deep', '['.repeat(500_000) + ']'.repeat(500_000)],
  ['objects 200 000 deep', '{"groups":'.repeat(200_000) + 0 + '}'.repeat(200_000)],
  ['100 000 groups that are none', `{"groups":[${'{},'.repeat(99_999)}{}]}`],
  [
    '100 000 unknown fields',
    JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`f${n}`, n]))),
  ],
])('%s is refused in a few lines', (_what, text) => {
  const refusal = (() => {
    try {
      return readSyncConfig(text);
    } catch (error) {
      return error;
    }
  })();
  expect(refusal).toBeInstanceOf(InvalidSyncConfig);
  expect((refusal as Error).message.length).toBeLessThan(5_000);
});
