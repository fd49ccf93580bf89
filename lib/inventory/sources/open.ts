// Opens the source that a setting describes. Its kind's reader is loaded when the first setting asks for it, so a
// function that reads a file never loads the others.

import type { IdentifyType } from '../../core/group/machine-group.ts';
import type { Source } from '../source.ts';
import { SOURCES } from './kinds.ts';
import type { SourceConfig, SourceKind, SourceSettings } from './settings.ts';

type Open = Awaited<ReturnType<(typeof SOURCES)[SourceKind]['reader']>>['open'];

/** What the readers reach the world through, all of them together; made by whoever wires the function. */
export type SourceDeps = [Open] extends [
  (settings: never, label: string, identify: IdentifyType, deps: infer Deps) => Source,
]
  ? Deps
  : never;

/**
 * @param label unique in its group, see `sourceLabel`
 * @param identify of the group: decides whether a machine's address or its id is the member
 */
type OpenSource<Settings> = (
  settings: Settings,
  label: string,
  identify: IdentifyType,
  deps: SourceDeps,
) => Source;

/** How reports name a source: its place in the group's list and its kind. */
export function sourceLabel(index: number, { type }: Pick<SourceConfig, 'type'>): string {
  return `sources[${index}] ${type}`;
}

/** The list of kinds as this file needs it: one whose reader does not fit its settings does not compile. */
const readers: {
  readonly [Kind in SourceKind]: {
    readonly reader: () => Promise<{ open: OpenSource<SourceSettings[Kind] & { readonly type: Kind }> }>;
  };
} = SOURCES;

/**
 * @param label unique in its group, see `sourceLabel`
 * @param identify of the group: decides whether a machine's address or its id is the member
 */
export async function openSource(
  settings: SourceConfig,
  label: string,
  identify: IdentifyType,
  deps: SourceDeps,
): Promise<Source> {
  const reader = await readers[settings.type].reader();
  return (reader.open as OpenSource<SourceConfig>)(settings, label, identify, deps);
}
