// Fields of a source that has a format: the same for an inventory that is served and one that is stored.

import * as z from 'zod/mini';
import { text } from '../../core/text/fields.ts';
import { FORMATS } from './kinds.ts';

type Kinds = typeof FORMATS;
export type FormatName = keyof Kinds;

/** What the list of formats tells of one, its reader aside. */
interface Kind {
  /** What it is, in a list of formats. */
  readonly says: string;
  /** What it calls a field of a record; without one, its texts are the ids. */
  readonly field?: string;
  readonly settings?: z.ZodMiniType;
}

const kinds = Object.entries<Kind>(FORMATS);

export const FORMAT_NAMES = Object.keys(FORMATS) as [FormatName, ...FormatName[]];

/** Every format in words. */
export const FORMATS_SAY = `${kinds.map(([, { says }]) => says).join(', ')}.`;

/** Formats that have settings, each under its own name. */
type OwnFields = {
  [Name in FormatName as Kinds[Name] extends { settings: z.ZodMiniType }
    ? Name
    : never]: Kinds[Name] extends { settings: infer Schema extends z.ZodMiniType }
    ? z.ZodMiniExactOptional<Schema>
    : never;
};

const ownFields = Object.fromEntries(
  kinds.flatMap(([name, { settings }]) => (settings ? [[name, z.exactOptional(settings)]] : [])),
) as OwnFields;

/** Fields of a source beside its `format`. */
export const formatFields = {
  id: z.exactOptional(
    z
      .union([
        z.literal('name'),
        z.strictObject({ field: text(128).check(z.describe('Name of the field.')) }),
      ])
      .check(
        z.describe(
          `In a userdefined group: the name of the record (the default), or a field: ${kinds.flatMap(([, { field }]) => field ?? []).join(', ')}.`,
        ),
      ),
  ),
  ...ownFields,
};

const fields = z.object(formatFields);
type Fields = z.output<typeof fields>;

/** A format with its settings. */
export type InventoryFormat = Fields & { readonly format: FormatName };

/** Settings that the chosen format does not have. `auto`, `json` and `lines` are lists. */
export function checkFormat<T extends Fields & { readonly format: string }>(
  context: z.core.ParsePayload<T>,
): void {
  const { format, id } = context.value;
  const wrong = (field: string, message: string) =>
    context.issues.push({ code: 'custom', path: [field], message, input: undefined });
  const [, kind] = kinds.find(([name]) => name === format) ?? [];
  if (id !== undefined && kind?.field === undefined)
    wrong('id', 'means nothing for a list: its texts are the ids');
  for (const name of Object.keys(ownFields)) {
    if (Object.hasOwn(context.value, name) && format !== name)
      wrong(name, `means nothing for format ${format}`);
  }
}
