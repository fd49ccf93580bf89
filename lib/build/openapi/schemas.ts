// JSON Schemas (draft 2020-12, which OpenAPI 3.1 uses) of the zod schemas that check requests and shape answers.
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

/** What an answer holds; fields beside those named may come one day. */
export function answerSchema(schema: ZodSchema): JsonSchema {
  return open(bare(z.toJSONSchema(schema, { io: 'output' })));
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

function open({ additionalProperties: _, ...schema }: Record<string, unknown>): JsonSchema {
  return schema;
}

/** Figures and flags of a query are read from text: their schema is that of what they are read to. */
function readFromText({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }): void {
  const { def } = zodSchema._zod;
  if (def.type !== 'pipe' || (def.in as z.core.$ZodTypes)._zod.def.type !== 'transform') return;
  Object.assign(jsonSchema, bare(z.toJSONSchema(def.out)));
}
