// Opens the source that a setting describes. Its kind's reader is loaded when the first setting asks for it, so a
// function that reads a file never loads the others.

import type { IdentifyType } from '../../core/group/machine-group.ts';
import type { Source } from '../source.ts';
import { SOURCES } from './kinds.ts';
import type { SourceConfig, SourceKind, SourceSettings } from './settings.ts';

type Reader = Awaited<ReturnType<(typeof SOURCES)[SourceKind]['reader']>>;

/** What the readers reach the world through, all of them together; made by whoever wires the function. */
export type SourceDeps = [Reader] extends [
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

/** The list of kinds as this file needs it: one whose reader does not fit its settings does not compile. */
const readers: {
  readonly [Kind in SourceKind]: {
    readonly reader: () => Promise<OpenSource<SourceSettings[Kind] & { readonly type: Kind }>>;
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
  const open = (await readers[settings.type].reader()) as OpenSource<SourceConfig>;
  return open(settings, label, identify, deps);
}
