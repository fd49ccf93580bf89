// Looks through the projects for orphans, once a day each: a listing of all names, and a read of at most a hundred groups
// that no document names. It is told what was found; nothing is ever done to a group.

import type { FamilyConfig, GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { isFamily, type Unit, unitsOf } from '../../core/family/units.ts';
import { groupKey } from '../../core/group/machine-group.ts';
import { couldMake } from '../../core/group/name-template.ts';
import { type ProjectItem, projectChange, readProject } from '../../core/memory/deployment.ts';
import { projectId } from '../../core/memory/known.ts';
import { type Fields, revisionOf } from '../../core/memory/table.ts';
import { isDue, orphansAfter, type ProjectLook, toRead } from '../../core/verdict/orphans.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { loggedError } from '../log.ts';
import type { VerdictDeps } from './verdicts.ts';

export interface OrphanDeps extends VerdictDeps {
  /** A client for a group's project. */
  readonly sls: (group: GroupConfig) => SlsClient;
  /** When each project was looked through last, as far as this process knows: it then need not read that. */
  readonly lookedThrough: Map<string, number>;
}

/** What is known of the groups that families make. */
export interface FamilyNames {
  /** Names that the inventory of a family asks for, by its key; it makes others no more. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
  /** Finds that out, where no run has. */
  readonly find?: (families: readonly FamilyConfig[]) => Promise<FamilyNames['asked']>;
}

const NO_NAMES: FamilyNames = { asked: new Map() };

/** What a look through one project found. */
export interface ProjectFound {
  readonly project: string;
  readonly before: ProjectItem;
  readonly after: ProjectItem;
  readonly revision: number;
}

/** Never rejects: a project that cannot be looked through today is tomorrow. */
export async function findOrphans(
  config: SyncConfig,
  deps: OrphanDeps,
  names: FamilyNames = NO_NAMES,
): Promise<ProjectFound[]> {
  const { table, now, log, due, lookedThrough } = deps;
  const projects = Map.groupBy(unitsOf(config), ({ project }) => project);
  const asked = [...projects.keys()].filter((project) => isDue(lookedThrough.get(project), now()));
  if (asked.length === 0) return [];
  let items: ReadonlyMap<string, Fields>;
  try {
    items = await table.read(asked.map(projectId), due);
  } catch (error) {
    log('warn', 'orphans.failed', { error: loggedError(error) });
    return [];
  }
  const found: ProjectFound[] = [];
  for (const project of asked) {
    const fields = items.get(projectId(project));
    const read = readProject(fields);
    if (!read.readable) {
      log('warn', 'orphans.failed', { project, says: read.says });
      continue;
    }
    const before = read.item;
    if (before.daily !== undefined && !isDue(before.daily, now())) {
      lookedThrough.set(project, before.daily);
      continue;
    }
    const after = await lookThrough(projects.get(project) ?? [], before, names, config, deps);
    found.push({ project, before, after, revision: revisionOf(fields) });
  }
  return found;
}

/** To be kept when people have been told of it. Never rejects. */
export async function keepOrphans(found: readonly ProjectFound[], deps: OrphanDeps): Promise<void> {
  for (const { project, before, after, revision } of found) {
    try {
      const change = projectChange(revision === 0 ? undefined : before, after);
      if (change) await deps.table.write(projectId(project), change, revision, deps.due);
      deps.lookedThrough.set(project, after.daily ?? 0);
    } catch (error) {
      deps.log('warn', 'orphans.failed', { project, error: loggedError(error) });
    }
  }
}

/** A group that was retired is none any more, before the next look. Never rejects. */
export async function forgetOrphan(
  group: string,
  { table, log, due }: Pick<OrphanDeps, 'table' | 'log' | 'due'>,
): Promise<void> {
  const id = projectId(group.split('/')[0] ?? '');
  try {
    const fields = (await table.read([id], due)).get(id);
    const read = readProject(fields);
    if (!read.readable) return;
    const orphans = read.item.orphans.filter((orphan) => orphan.group !== group);
    const change = projectChange(read.item, { ...read.item, orphans });
    if (change) await table.write(id, change, revisionOf(fields), due);
  } catch (error) {
    log('warn', 'orphans.failed', { group, error: loggedError(error) });
  }
}

async function lookThrough(
  units: readonly Unit[],
  before: ProjectItem,
  names: FamilyNames,
  config: SyncConfig,
  { sls, now, log }: OrphanDeps,
): Promise<ProjectItem> {
  const daily = now();
  const [first] = units;
  if (first === undefined) return before;
  const { project } = first;
  try {
    // One project, one endpoint: names of projects are not told apart by it.
    const client = sls(first);
    const { value: listed } = await client.listAllMachineGroups(project, {});
    const [families, groups] = [units.filter(isFamily), units.filter((unit) => !isFamily(unit))];
    const named = new Set(groups.map(({ name }) => name));
    const asked = families.length === 0 ? names.asked : await (names.find?.(families) ?? names.asked);
    const known = new Set(before.orphans.map(({ group }) => group));
    for (const name of listed) {
      // What a family makes that could not be looked at, nobody knows: nothing of it becomes an orphan by that.
      const isMade = families.some(({ key, template }) => {
        const its = asked.get(key);
        return its ? its.has(name) : couldMake(template, name) && !known.has(groupKey({ project, name }));
      });
      if (isMade) named.add(name);
    }
    const read = new Map<string, string>();
    for (const name of toRead(listed, named, daily)) {
      const mark = await markOf(client, project, name);
      if (mark !== undefined) read.set(name, mark);
    }
    const look: ProjectLook = { project, listed, named, read, owners: ownersOf(config) };
    return { orphans: orphansAfter(before.orphans, look, daily), daily };
  } catch (error) {
    // Once a day all the same: what is denied now is denied in five minutes.
    log('warn', 'orphans.failed', { project, says: FAILED, error: loggedError(error) });
    return { ...before, daily };
  }
}

const FAILED =
  'groups with our mark that no document names are not found; the AccessKey needs log:ListMachineGroup, see lib/ram/sync.json';

/** Undefined for a group that is gone. @throws SlsError */
async function markOf(client: SlsClient, project: string, name: string): Promise<string | undefined> {
  try {
    return (await client.getMachineGroup(project, name)).value.groupAttribute.externalName;
  } catch (error) {
    if (error instanceof SlsError && error.kind === 'group-missing') return undefined;
    throw error;
  }
}

function ownersOf(config: SyncConfig): ReadonlySet<string> {
  const { owner, formerOwners } = config;
  return new Set([owner, ...formerOwners, ...unitsOf(config).map((unit) => unit.owner)]);
}
