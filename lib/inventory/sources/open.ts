// Opens the source that a setting describes. Its kind's reader is loaded when the first setting asks for it, so a
// function that reads a file never loads the others.

import type { IdentifyType } from '../../core/group/machine-group.ts';
import type { Part, Shown } from '../../core/reading/part.ts';
import type { Snapshot } from '../../core/reading/snapshot.ts';
import { canonicalJson, sha256 } from '../../core/text/digest.ts';
import { type Ask, openReadings, type Readings } from '../readings.ts';
import { type Source, SourceError, sourceErrorOf } from '../source.ts';
import { SOURCES } from './kinds.ts';
import type { SourceConfig, SourceKind, SourceSettings } from './settings.ts';

type Open = Awaited<ReturnType<(typeof SOURCES)[SourceKind]['reader']>>['open'];

/** What the readers reach the world through, all of them together; made by whoever wires the function. */
export type SourceDeps = [Open] extends [
  (settings: never, label: string, identify: IdentifyType, deps: infer Deps, part?: Part) => Source,
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
  part?: Part,
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
 * @param part see `Ask`; the configuration has none for a source without tags
 */
export async function openSource(
  settings: SourceConfig,
  label: string,
  identify: IdentifyType,
  deps: SourceDeps,
  part?: Part,
): Promise<Source> {
  const reader = await readers[settings.type].reader();
  return (reader.open as OpenSource<SourceConfig>)(settings, label, identify, deps, part);
}

/** Groups as far as it takes to know what they read. */
interface Reading {
  readonly sources: readonly SourceConfig[];
  readonly identify: IdentifyType;
  /** Of a group that a family makes: which machines of what is read are its. */
  readonly made?: { readonly part: Part } | undefined;
}

/** What is asked for one source of a group. */
export interface SourceAsk extends Ask {
  readonly settings: SourceConfig;
}

export function asksOf({ sources, identify, made }: Reading): readonly SourceAsk[] {
  return sources.map((settings, index) => ({
    ...{ settings, label: sourceLabel(index, settings), identify },
    ...(made && { part: made.part }),
  }));
}

/** For one run over the groups. @param large kept by the process @param isKept see `openReadings` */
export function readingsFor(
  groups: readonly Reading[],
  large?: Map<string, number>,
  isKept?: boolean,
): Readings {
  return openReadings(groups.flatMap(asksOf), large, isKept);
}

/** Whoever asks the same as another one by the same label gets its snapshot. The hook is who asks, and not what. */
function snapshotKeys({ hook: _, ...settings }: SourceConfig & { readonly hook?: string }, ask: Ask) {
  return [canonicalJson([settings, ask.label, ask.identify, ...(ask.part ? [ask.part] : [])])];
}

/** The same as a digest: settings may hold what is not for a place outside. */
export function snapshotKey(ask: SourceAsk): string {
  return sha256(snapshotKeys(ask.settings, ask)[0] ?? '');
}

/** The snapshot of one source of a group, read once for all groups of the run that ask the same. @throws SourceError */
export async function readSource(
  ask: SourceAsk,
  deps: SourceDeps & { readonly readings: Readings },
  signal: AbortSignal,
): Promise<Snapshot> {
  const { settings, label, identify, part } = ask;
  const source = await openSource(settings, label, identify, deps, part);
  // A long list in the configuration costs more to compare than to read.
  if (settings.type === 'static') return source.snapshot(signal);
  const [key = ''] = snapshotKeys(settings, ask);
  const uses = deps.readings.asked(settings.type, snapshotKeys).get(key)?.length ?? 1;
  return deps.readings
    .share(key, uses, (given) => source.snapshot(given), signal)
    .catch((error: unknown) => {
      throw sourceErrorOf(label, error);
    });
}

/** What one source shows of tags, from the reading that its snapshots are made of. @throws SourceError */
export async function readShown(
  { settings, label, identify }: Ask & { readonly settings: SourceConfig },
  keys: readonly string[],
  deps: SourceDeps & { readonly readings: Readings },
  signal: AbortSignal,
): Promise<Shown> {
  const source = await openSource(settings, label, identify, deps);
  if (source.shown === undefined) throw new SourceError('failed', label, 'its records carry no tags');
  return source.shown(keys, signal);
}
