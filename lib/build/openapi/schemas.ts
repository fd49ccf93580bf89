// JSON Schemas (draft 2020-12, which OpenAPI 3.1 uses) of the zod schemas that check requests and shape answers. Those
// with an id stand once, among the components, so that generators make one type of each, under that name.
import * as z from 'zod/mini';

export type JsonSchema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
};

export type ZodSchema = z.core.$ZodType;

/** What a caller may send. */
export function requestSchema(schema: ZodSchema): JsonSchema {
  return bare(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: readFromText }));
}

/** Schemas by the name that generators give to their types. */
export class NamedSchemas {
  readonly schemas: Record<string, JsonSchema> = {};

  /** A reference to the schema. @throws Error for a name that another schema has */
  refTo(name: string, schema: JsonSchema): JsonSchema {
    const known = this.schemas[name];
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two schemas are named ${name}`);
    }
    this.schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** What an answer holds; fields beside those named may come one day, at every depth. */
  ofAnswer(schema: ZodSchema): JsonSchema {
    const { $defs = {}, ...json } = bare(z.toJSONSchema(schema, { io: 'output', override: leftOpen }));
    for (const [name, part] of Object.entries($defs as Record<string, JsonSchema>)) {
      this.refTo(name, amongComponents(part));
    }
    return amongComponents(json);
  }
}

/** An object's schema without some of its fields. */
export function without(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const { properties = {}, required = [], ...rest } = schema;
  const kept = Object.entries(properties).filter(([name]) => !names.includes(name));
  const needed = required.filter((name) => !names.includes(name));
  return { ...rest, properties: Object.fromEntries(kept), ...(needed.length > 0 && { required: needed }) };
}

function bare({ $schema: _, ...schema }: Record<string, unknown>): JsonSchema {
  return schema;
}

/** References of a schema that stands alone lead into its own `$defs`. */
function amongComponents(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/'));
}

function leftOpen({ zodSchema, jsonSchema }: Overridden): void {
  if (zodSchema._zod.def.type === 'object') delete jsonSchema.additionalProperties;
}

interface Overridden {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Figures and flags of a query are read from text: their schema is that of what they are read to. */
function readFromText({ zodSchema, jsonSchema }: Overridden): void {
  const { def } = zodSchema._zod;
  if (def.type !== 'pipe' || (def.in as z.core.$ZodTypes)._zod.def.type !== 'transform') return;
  Object.assign(jsonSchema, bare(z.toJSONSchema(def.out)));
}
