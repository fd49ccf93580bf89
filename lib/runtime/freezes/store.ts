// Freezes in the item of the deployment, as people give them and take them back.
import {
  ALL,
  freezeOf,
  hasRoom,
  type Lifted,
  standing,
  withFreezes,
  withoutFreezes,
} from '../../core/freeze/freeze.ts';
import {
  type DeploymentItem,
  deploymentChange,
  type Freeze,
  newDeployment,
  readDeployment,
} from '../../core/memory/deployment.ts';
import { DEPLOYMENT_ID } from '../../core/memory/known.ts';
import { type Fields, type MemoryTable, revisionOf } from '../../core/memory/table.ts';
import { few } from '../../core/text/few.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import { type Log, loggedError } from '../log.ts';
import { changeStored, type StoredKind } from '../stored-item.ts';

export interface FreezeDeps {
  readonly table: MemoryTable;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When it has to be over, in milliseconds since the epoch. */
  readonly due: number;
}

/** Who froze, why, and until when. */
export type FreezeWord = Pick<Freeze, 'who' | 'reason' | 'until'>;

/**
 * Freezes groups, from now on. One that has a freeze which ends later keeps that one.
 * @param groups each as `project/name`, or `['*']` for all of the deployment
 * @param word its end in milliseconds since the epoch: to come, within 30 days, which whoever asks has checked
 * @returns by group what it is frozen by now
 * @throws ProblemError where there is no room for it, or the memory is of no help: nothing is frozen then, or may be
 */
export async function freeze(
  groups: readonly string[],
  word: FreezeWord,
  deps: FreezeDeps,
): Promise<readonly Freeze[]> {
  const item = await changeDeployment(deps, (before, now) => {
    const given = groups.map((group): Freeze => ({ group, ...word, since: now }));
    const after = { ...before, freezes: withFreezes(before.freezes, given, now) };
    if (!hasRoom(after, given)) throw full(groups.length);
    return after;
  });
  return groups.flatMap((group) => freezeOf(item.freezes, group, deps.now()) ?? []);
}

/**
 * Ends freezes now; what was missing meanwhile has its patience anew from here on.
 * @param groups as {@link freeze} takes them: only freezes of these very names end
 * @throws ProblemError 404 where none of them has one of its own, or as {@link freeze} throws
 */
export async function unfreeze(groups: readonly string[], deps: FreezeDeps): Promise<Lifted> {
  let ended: Lifted | undefined;
  const item = await changeDeployment(deps, (before, now) => {
    ended = withoutFreezes(before.freezes, groups, now);
    if (ended.lifted.length === 0) throw notFrozen(groups, before.freezes, now);
    return { ...before, freezes: ended.freezes };
  });
  return { freezes: item.freezes, lifted: ended?.lifted ?? [] };
}

/** Rounds in which somebody else may write the item first. */
const ROUNDS = 20;

/**
 * @param change the item as it is to be; what it throws ends the change
 * @returns the item as it is now
 */
export async function changeDeployment(
  { table, log, now, due }: FreezeDeps,
  change: (item: DeploymentItem, now: number) => DeploymentItem,
): Promise<DeploymentItem> {
  const terms = { due: Math.min(due, now() + MEMORY_READ_MS), rounds: ROUNDS };
  try {
    const fields = (await table.read([DEPLOYMENT_ID], terms.due)).get(DEPLOYMENT_ID);
    const seen = { item: itemIn(fields), revision: revisionOf(fields) };
    const { item } = await changeStored(DEPLOYMENT, seen, (before) => change(before, now()), table, terms);
    return item;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    log('warn', 'memory.down', { error: loggedError(error) });
    throw Object.assign(unavailable(), { cause: error });
  }
}

/** Without an epoch where there is none: a freeze does not begin the memory. */
function itemIn(fields: Fields | undefined): DeploymentItem {
  if (fields === undefined) return newDeployment(Number.POSITIVE_INFINITY);
  const read = readDeployment(fields);
  if (!read.readable) throw unreadable(read.says);
  return read.item;
}

const DEPLOYMENT: StoredKind<DeploymentItem> = {
  name: 'the memory of the deployment',
  id: DEPLOYMENT_ID,
  read: itemIn,
  changeOf: deploymentChange,
};

const full = (groups: number) =>
  new ProblemError(
    413,
    'FreezesFull',
    `there is no room for ${groups} more freezes: freeze all groups, which always fits, or say why in fewer words.`,
  );

function notFrozen(groups: readonly string[], freezes: readonly Freeze[], now: number): ProblemError {
  if (groups.includes(ALL)) return new ProblemError(404, 'FreezeNotExist', `${notOfAll(freezes, now)}.`);
  const all = freezeOf(freezes, groups[0] ?? '', now);
  const why =
    all === undefined
      ? 'it may have ended'
      : `all groups are frozen until ${new Date(all.until).toISOString()}: lift that, by naming no group`;
  const whose =
    groups.length === 1
      ? `group ${groups[0]} has no freeze of its own`
      : 'these groups have no freezes of their own';
  return new ProblemError(404, 'FreezeNotExist', `${whose}: ${why}.`);
}

/** Characters of names in one sentence. */
const NAMES_SHOWN = 5;

function notOfAll(freezes: readonly Freeze[], now: number): string {
  const named = standing(freezes, now).map(({ group }) => group);
  const which =
    named.length === 0 ? 'it may have ended' : `frozen by name are ${few(named, NAMES_SHOWN).join(', ')}`;
  return `there is no freeze of all groups: ${which}`;
}

const unreadable = (says: string) =>
  new ProblemError(500, 'MemoryUnreadable', `what the memory holds of the deployment is unreadable: ${says}`);

const unavailable = () =>
  new ProblemError(
    503,
    'MemoryUnavailable',
    'the memory gave no answer; what was on its way to it may be stored all the same, so look at the plan before you try again',
  );

/** For the OpenAPI document. */
export function freezeProblems(): { readonly freeze: Problem[]; readonly unfreeze: Problem[] } {
  const memory = [unreadable('its field freezes is no JSON'), unavailable()].map((error) => problemOf(error));
  return {
    freeze: [problemOf(full(200)), ...memory],
    unfreeze: [problemOf(notFrozen(['ali-test-project/web'], [], 0)), ...memory],
  };
}
