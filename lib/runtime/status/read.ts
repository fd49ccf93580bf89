// Reads the status of all groups from the memory: as few calls as there can be, a hundred items each, and never more of them
// at once than fit into the function.

import type { SyncConfig } from '../../core/config/config.ts';
import { isFamily, unitsOf } from '../../core/family/units.ts';
import type { StoredApproval } from '../../core/memory/approvals.ts';
import {
  type DeploymentItem,
  newDeployment,
  type Orphan,
  readDeployment,
  readProject,
} from '../../core/memory/deployment.ts';
import { readGroup } from '../../core/memory/group.ts';
import { DEPLOYMENT_ID, groupId, projectId } from '../../core/memory/known.ts';
import type { Read } from '../../core/memory/read.ts';
import { RUNS_ID, type RunsItem, readRuns } from '../../core/memory/runs.ts';
import type { Fields, MemoryTable } from '../../core/memory/table.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import type { Where } from '../../core/status/command.ts';
import { type GroupStanding, type Named, standingOf } from '../../core/status/group.ts';
import { orphanStanding } from '../../core/status/orphan.ts';
import { type Status, statusOf } from '../../core/status/status.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import { loggedError } from '../log.ts';
import type { MemoryRuntime } from '../memory-wire.ts';

/** Items read at a time: ten calls. What is made of them is small, and they are let go. */
const AT_A_TIME = 1_000;

/** @throws ProblemError where the memory cannot be read */
export async function readStatus(
  config: Pick<SyncConfig, 'groups' | 'families'>,
  where: Where,
  due: number,
  { table, now, log, environment }: MemoryRuntime,
): Promise<Status> {
  const until = Math.min(due, now() + MEMORY_READ_MS);
  const units: readonly Named[] = unitsOf(config).map((unit) =>
    isFamily(unit) ? { ...unit, family: true } : unit,
  );
  const projects = [...new Set(unitsOf(config).map(({ project }) => project))];
  const standings: GroupStanding[] = [];
  const approvals: (readonly [string, readonly StoredApproval[]])[] = [];
  const take = (named: readonly Named[], items: ReadonlyMap<string, Fields>) => {
    for (const one of named) {
      const read = readGroup(items.get(groupId(one.key)));
      standings.push(standingOf(one, read, now(), where));
      if (read.readable && read.item.approvals) approvals.push([one.key, read.item.approvals]);
    }
  };
  try {
    const frame = [DEPLOYMENT_ID, RUNS_ID, ...projects.map(projectId)];
    const first = units.slice(0, Math.max(1, AT_A_TIME - frame.length));
    const items = await table.read([...frame, ...first.map(({ key }) => groupId(key))], until);
    take(first, items);
    for (let at = first.length; at < units.length; at += AT_A_TIME) {
      const some = units.slice(at, at + AT_A_TIME);
      take(
        some,
        await table.read(
          some.map(({ key }) => groupId(key)),
          until,
        ),
      );
    }
    standings.push(...(await orphansOf(projects, items, table, until, now(), where)));
    return statusOf({
      deployment: environment.metricsService,
      where,
      now: now(),
      groups: standings,
      freezes: readable(deploymentIn(items.get(DEPLOYMENT_ID)), 'the deployment').freezes,
      approvals,
      runs: runsIn(items.get(RUNS_ID)),
    });
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    log('warn', 'memory.down', { error: loggedError(error) });
    throw Object.assign(unavailable(), { cause: error });
  }
}

/** Groups with our mark that no document names: they need a person, and no run judges them. */
async function orphansOf(
  projects: readonly string[],
  items: ReadonlyMap<string, Fields>,
  table: MemoryTable,
  due: number,
  now: number,
  where: Where,
): Promise<GroupStanding[]> {
  const orphans: Orphan[] = projects.flatMap((project) => {
    const read = readProject(items.get(projectId(project)));
    return read.readable ? read.item.orphans : [];
  });
  if (orphans.length === 0) return [];
  const known = await table.read(
    orphans.map(({ group }) => groupId(group)),
    due,
  );
  return orphans.map((orphan) =>
    orphanStanding(orphan, readGroup(known.get(groupId(orphan.group))), now, where),
  );
}

function deploymentIn(fields: Fields | undefined): Read<DeploymentItem> {
  return fields === undefined ? { readable: true, item: newDeployment(0) } : readDeployment(fields);
}

/** What is frozen has to be known: a page that hides it would be wrong. */
function readable<T>(read: Read<T>, what: string): T {
  if (read.readable) return read.item;
  throw unreadable(`what the memory holds of ${what} is unreadable: ${read.says}`);
}

/** A list of runs that cannot be read keeps nobody from the rest. */
function runsIn(fields: Fields | undefined): RunsItem {
  const read = readRuns(fields);
  return read.readable ? read.item : { runs: [] };
}

const unreadable = (says: string) => new ProblemError(500, 'MemoryUnreadable', says);

const unavailable = () =>
  new ProblemError(
    503,
    'MemoryUnavailable',
    'the memory gave no answer, so nobody knows how the groups stand; try again',
  );

/** For the OpenAPI document. */
export function statusProblems(): Problem[] {
  const says = 'what the memory holds of the deployment is unreadable: its field freezes is no JSON';
  return [unreadable(says), unavailable()].map((error) => problemOf(error));
}
