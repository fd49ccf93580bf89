import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SCHEMA_FILE, syncConfigJsonSchema } from '../../../../lib/build/schema.ts';

test('the committed JSON Schema is the one the code makes (if not: node lib/build/schema.ts)', async () => {
  expect(JSON.parse(await readFile(SCHEMA_FILE, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(syncConfigJsonSchema())),
  );
});

interface JsonSchema {
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

function undescribed(schema: JsonSchema, path: string): string[] {
  const { properties = {}, items, additionalProperties, anyOf = [], oneOf = [] } = schema;
  const fields = Object.entries(properties).flatMap(([name, field]) => {
    const place = `${path}.${name}`;
    const isTold = field.description !== undefined || field.const !== undefined;
    return [...(isTold ? [] : [place]), ...undescribed(field, place)];
  });
  const parts = [items, additionalProperties, ...anyOf, ...oneOf].filter((part) => typeof part === 'object');
  return [...fields, ...parts.flatMap((part) => undescribed(part, path))];
}

test('every setting is described for editors', () => {
  expect(undescribed(syncConfigJsonSchema(), '')).toEqual([]);
  expect(undescribed({ properties: { a: { items: { properties: { b: {} } } } } }, '')).toEqual([
    '.a',
    '.a.b',
  ]);
});
