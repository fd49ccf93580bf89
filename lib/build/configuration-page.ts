// The tables of fields in docs/configuration.md: `node lib/build/configuration-page.ts`. They are made from the schema
// that checks the configuration; a test keeps the two equal.

import { readFileSync, writeFileSync } from 'node:fs';
import { SAFETY_DEFAULTS } from '../core/config/settings.ts';
import { syncConfigJsonSchema } from './schema.ts';

export const PAGE = new URL('../../docs/configuration.md', import.meta.url);
const BEGIN = '<!-- Made by `node lib/build/configuration-page.ts`; edits below are lost. -->\n';
const END = '<!-- End of what is made. -->\n';

/** What is used here of a JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

/** The page with its tables as the schema has them now. @throws Error where it has no place for them */
export function withFields(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the fields');
  return `${before}${BEGIN}\n${sections(syncConfigJsonSchema() as Schema)}\n\n${END}${after}`;
}

function sections(document: Schema): string {
  const lists = Object.entries(document.properties ?? {}).filter(
    ([, field]) => field.items && isSection(field),
  );
  const sources = new Map(
    lists.flatMap(([, { items = {} }]) =>
      items.properties?.sources ? kinds(itemOf(items, 'sources'), 'type') : [],
    ),
  );
  const inherited = [...pathsIn(document, 'safety'), 'policy', 'owner'];
  return [
    section('The document', undefined, document),
    ...lists.map(([name, { items = {} }]) =>
      section(`Entries of ${name}`, `\`${name}[]\``, items, inherited),
    ),
    ...Array.from(sources, ([kind, schema]) =>
      section(`Source ${kind}`, `an entry of \`sources\` with \`"type": "${kind}"\``, schema),
    ),
    ...kinds(mapOf(document, 'hooks'), 'scheme').map(([kind, schema]) =>
      section(`Hook ${kind}`, `\`hooks.<name>\` with \`"scheme": "${kind}"\``, schema),
    ),
  ].join('\n\n');
}

/** @param inherited paths of fields whose default is what the document says */
function section(
  title: string,
  where: string | undefined,
  schema: Schema,
  inherited: readonly string[] = [],
): string {
  const says = [where, schema.description].filter((text) => text !== undefined).join(': ');
  return [
    `### ${title}`,
    '',
    ...(says ? [says, ''] : []),
    '| Field | Value | Default | Meaning |',
    '|---|---|---|---|',
    ...rows(schema, '', inherited),
  ].join('\n');
}

/** A row a field; fields of an object that stands in a field follow it, with its name and a dot before theirs. */
function rows(schema: Schema, under: string, inherited: readonly string[]): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${under}${name}`;
    const isRequired = schema.required?.includes(name) && field.default === undefined;
    const own = inherited.includes(path) ? 'the document’s' : defaultOf(path, field);
    const fallback = isRequired ? 'required' : own;
    const row = `| \`${path}\` | ${cell(valueSays(field))} | ${fallback} | ${cell(field.description ?? '')} |`;
    const below = isSection(field)
      ? []
      : choicesOf(field).flatMap((choice) => rows(choice, `${path}.`, inherited));
    return [row, ...below];
  });
}

function defaultOf(path: string, { default: value }: Schema): string {
  const [of, setting = ''] = path.split('.');
  const safety =
    of === 'safety' ? (SAFETY_DEFAULTS as unknown as Record<string, unknown>)[setting] : undefined;
  const fallback = value ?? safety;
  return fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``;
}

/** Paths of the fields of an object. */
const pathsIn = ({ properties }: Schema, name: string) =>
  Object.keys(properties?.[name]?.properties ?? {}).map((field) => `${name}.${field}`);

const choicesOf = (schema: Schema): readonly Schema[] => schema.oneOf ?? schema.anyOf ?? [schema];
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** What a value may be, in words. */
function valueSays(schema: Schema): string {
  const { oneOf, anyOf, properties, additionalProperties, items } = schema;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const choices = oneOf ?? anyOf;
  if (choices) return [...new Set(choices.map(valueSays))].join(', or ');
  if (items) return `list of ${isSection(schema) ? 'objects' : plural(items)}${most(schema.maxItems)}`;
  if (properties) return 'object';
  if (typeof additionalProperties === 'object')
    return `object, by name${isSection(schema) ? '' : `: ${valueSays(additionalProperties)}`}`;
  if (schema.type === 'string') return `${format(schema)}${most(schema.maxLength, ' characters')}`;
  if (schema.type === 'integer' || schema.type === 'number') return numberSays(schema);
  return schema.type === 'boolean' ? '`true` or `false`' : (schema.type ?? 'any');
}

const FORMATS: Readonly<Record<string, string>> = { cidrv4: 'IPv4 block', cidrv6: 'IPv6 block' };
const format = ({ format: name = '' }: Schema) => FORMATS[name] ?? 'text';
const plural = (items: Schema) => (items.type === 'string' && !items.enum ? 'texts' : valueSays(items));
const most = (count: number | undefined, unit = '') =>
  count === undefined ? '' : `, at most ${count}${unit}`;

function numberSays({ type, minimum, maximum }: Schema): string {
  const bounds = minimum === undefined || maximum === undefined ? '' : `, ${minimum} to ${maximum}`;
  return `${type === 'integer' ? 'whole number' : 'number'}${bounds}`;
}

/** Groups, sources and hooks have sections of their own. */
function isSection({ items, additionalProperties }: Schema): boolean {
  const below = items ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  return below !== undefined && choicesOf(below).every(({ properties }) => properties !== undefined);
}

function itemOf({ properties }: Schema, name: string): Schema {
  const items = properties?.[name]?.items;
  if (!items) throw new Error(`the schema has no list ${name}`);
  return items;
}

function mapOf({ properties }: Schema, name: string): Schema {
  const value = properties?.[name]?.additionalProperties;
  if (typeof value !== 'object') throw new Error(`the schema has no map ${name}`);
  return value;
}

const kinds = (schema: Schema, by: string) =>
  choicesOf(schema).map((kind) => [String(kind.properties?.[by]?.const), kind] as const);

if (import.meta.main) writeFileSync(PAGE, withFields(readFileSync(PAGE, 'utf8')));
