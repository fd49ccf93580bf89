// The reader of the format that a setting names: one for documents that are served and those that are stored.

import type * as z from 'zod/mini';
import type { IdentifyType } from '../../core/group/machine-group.ts';
import { type Asked, type Format, memberChoice, type OpenFormat } from './format.ts';
import { FORMATS } from './kinds.ts';
import type { FormatName, InventoryFormat } from './settings.ts';

type SettingsOf<Kind> = Kind extends { settings: infer Schema extends z.ZodMiniType }
  ? z.output<Schema>
  : never;

/** The list of formats as this file needs it: one whose reader does not fit its settings does not compile. */
const readers: {
  readonly [Name in FormatName]: {
    readonly reader: () => Promise<{ open: OpenFormat<SettingsOf<(typeof FORMATS)[Name]>> }>;
  };
} = FORMATS;

/** @param identify of the group: decides whether a record's address or its id is the member */
export async function openFormat(settings: InventoryFormat & Asked, identify: IdentifyType): Promise<Format> {
  const member = memberChoice(identify, settings.id);
  const reader = await readers[settings.format].reader();
  return (reader.open as OpenFormat<unknown>)(
    member,
    (settings as Partial<Record<FormatName, unknown>>)[settings.format],
    settings,
  );
}
