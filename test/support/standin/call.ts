// What an operation is given, and the questions several operations ask of it.
import type { Settings } from './options.ts';
import { groupMissing, refusals } from './refusal.ts';
import type { Project, StoredGroup } from './state.ts';

export interface Call {
  readonly project: Project;
  /** Groups as this read sees them: the project's own, or older ones where a replica lags. */
  readonly visibleGroups: ReadonlyMap<string, StoredGroup>;
  /** Names in the path; '' where the path has none. */
  readonly group: string;
  readonly config: string;
  readonly query: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Server time in unix seconds. */
  readonly now: number;
  readonly settings: Settings;
}

/** Carries out an operation. What it returns is the JSON of the answer; undefined is an empty body. */
export type Behaviour = (call: Call) => object | undefined;

/** The group in the path, as it is now. */
export function existingGroup({ project, group, settings }: Call): StoredGroup {
  const stored = project.groups.get(group);
  if (!stored) throw groupMissing(settings.errorFamily, group);
  return stored;
}

export function existingConfig({ project, config }: Call): string {
  if (!project.configs.has(config)) throw refusals.configMissing(config);
  return config;
}

/** Largest page of a list operation. */
const MAX_PAGE = 500;

export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

/** The page that `offset` and `size` ask for; a size above 500 is refused, an offset past the end is empty. */
export function page<T>(all: readonly T[], query: Call['query'], defaultSize: number): Page<T> {
  const offset = count(query, 'offset', 0, Number.MAX_SAFE_INTEGER, 0);
  const size = count(query, 'size', 1, MAX_PAGE, defaultSize);
  return { rows: all.slice(offset, offset + size), total: all.length };
}

function count(query: Call['query'], name: string, least: number, most: number, otherwise: number): number {
  const text = query.get(name);
  if (text === undefined || text === '') return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw refusals.invalidQuery(name, text);
  return value;
}
