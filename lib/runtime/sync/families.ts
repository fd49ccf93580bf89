// Families of a run become groups: their inventories are read, by the readings that the run uses, and each project is listed
// once. What cannot be told makes nothing: a family whose inventory or whose project cannot be read is a family that failed.

import pLimit from 'p-limit';
import type { FamilyConfig, GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { type Expansion, expandFamily, namesOf, toTell } from '../../core/family/expand.ts';
import { couldMakeGroup, type FamilyAsked } from '../../core/family/units.ts';
import { readMark } from '../../core/group/owner.ts';
import type { Shown } from '../../core/reading/part.ts';
import { failedFamily, reportFamily } from '../../core/report/family.ts';
import type { FamilyReport } from '../../core/report/report.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import type { Ports } from './ports.ts';
import { errorReport } from './told.ts';

/** What it takes to know which groups a family makes. */
export interface FamilyPorts extends Pick<Ports, 'sls'> {
  /** What a family's inventory shows. @throws SourceError */
  readonly shown: (family: FamilyConfig) => Promise<Shown>;
}

export interface Expanded {
  /** With the groups that its families make, as far as they were looked at. */
  readonly config: SyncConfig;
  /** Those that were asked for. */
  readonly made: readonly GroupConfig[];
  readonly reports: readonly FamilyReport[];
  /** By key of a family: the names that its inventory asks for; none of one that failed. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
  /** What a family failed with, by its key. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/** Families read at a time, and groups of which the mark is. */
const AT_A_TIME = 4;
const MARKS_AT_A_TIME = 8;

/** Never rejects. Without families nothing is called. */
export async function expand(
  config: SyncConfig,
  families: readonly FamilyAsked[],
  ports: FamilyPorts,
): Promise<Expanded> {
  const listings = new Map<string, Promise<ReadonlySet<string>>>();
  const listed = ({ project }: FamilyConfig, sls: SlsClient) => {
    const known =
      listings.get(project) ??
      sls.listAllMachineGroups(project, {}).then(({ value }): ReadonlySet<string> => new Set(value));
    known.catch(() => undefined);
    listings.set(project, known);
    return known;
  };
  const all = await pLimit(AT_A_TIME).map(families, async ({ family, only }) => {
    try {
      const shown = await ports.shown(family);
      const expansion = await expansionOf(family, shown, config, ports, listed);
      const chosen = only ? expansion.groups.filter(({ key }) => only.has(key)) : expansion.groups;
      return { family, chosen, expansion, report: reportFamily(family, expansion, shown.without, only) };
    } catch (error) {
      return { family, chosen: [], error, report: failedFamily(family, errorReport(error), only) };
    }
  });
  const groups = all.flatMap(({ expansion }) => expansion?.groups ?? []);
  return {
    config: groups.length === 0 ? config : { ...config, groups: [...config.groups, ...groups] },
    made: all.flatMap(({ chosen }) => chosen),
    reports: all.map(({ report }) => report),
    asked: new Map(
      all.flatMap(({ family, expansion }) => (expansion ? [[family.key, expansion.asked]] : [])),
    ),
    failed: new Map(all.flatMap(({ family, error }) => (error === undefined ? [] : [[family.key, error]]))),
  };
}

async function expansionOf(
  family: FamilyConfig,
  shown: Shown,
  config: SyncConfig,
  ports: FamilyPorts,
  listed: (family: FamilyConfig, sls: SlsClient) => Promise<ReadonlySet<string>>,
): Promise<Expansion> {
  const sls = ports.sls(family, () => {});
  const named = new Set(
    config.groups.flatMap(({ project, name }) => (project === family.project ? name : [])),
  );
  const names = namesOf(family, shown, named);
  if (names.possible.size === 0) return expandFamily(family, names, new Map());
  const tell = toTell(family, names, await listed(family, sls), named);
  const marked = await pLimit(MARKS_AT_A_TIME).map(tell, async (name) => {
    const isOurs = await isOfOwner(family, name, sls);
    return isOurs === undefined ? [] : [[name, isOurs] as const];
  });
  return expandFamily(family, names, new Map(marked.flat()));
}

/** Undefined for a group that is gone. @throws SlsError */
async function isOfOwner(
  { project, owner, formerOwners }: FamilyConfig,
  name: string,
  sls: SlsClient,
): Promise<boolean | undefined> {
  try {
    const mark = readMark((await sls.getMachineGroup(project, name)).value.groupAttribute.externalName);
    return mark.kind === 'owner' && [owner, ...formerOwners].includes(mark.owner);
  } catch (error) {
    if (error instanceof SlsError && error.kind === 'group-missing') return undefined;
    throw error;
  }
}

/** Families that could make a group which the document does not name. */
export function makersOf(key: string, { groups, families }: SyncConfig): readonly FamilyAsked[] {
  if (groups.some((group) => group.key === key)) return [];
  return families.flatMap((family) =>
    couldMakeGroup(family, key) ? [{ family, only: new Set([key]) }] : [],
  );
}
