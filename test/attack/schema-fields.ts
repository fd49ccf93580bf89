// The fields that a schema knows, by their names as `nameOf` writes them; entries of records are called `*`.

export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** Each once, in alphabetical order. */
export function fieldsOf(schema: JsonSchema): string[] {
  return [...new Set(namesIn(schema, ''))].sort();
}

function namesIn(schema: JsonSchema, at: string): string[] {
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [] } = schema;
  const inner: [string, JsonSchema][] = Object.entries(properties).map(([name, field]) => [
    at === '' ? name : `${at}.${name}`,
    field,
  ]);
  if (items) inner.push([`${at}[]`, items]);
  if (typeof additionalProperties === 'object') inner.push([`${at}.*`, additionalProperties]);
  return [
    ...[...anyOf, ...oneOf].flatMap((alternative) => namesIn(alternative, at)),
    ...inner.flatMap(([name, field]) => [name, ...namesIn(field, name)]),
  ];
}
