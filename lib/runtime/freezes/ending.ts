// Freezes that end soon: found after a run of the schedule, and noted once people were told.

import { ending, withTold } from '../../core/freeze/ending.ts';
import { ALL } from '../../core/freeze/freeze.ts';
import type { Freeze } from '../../core/memory/deployment.ts';
import type { RunReport } from '../../core/report/report.ts';
import type { Ending } from '../../core/verdict/notice.ts';
import { loggedError } from '../log.ts';
import type { VerdictDeps } from '../sync/verdicts.ts';
import { lastFreezes, readFreezes } from './seen.ts';
import { changeDeployment } from './store.ts';

/**
 * Never rejects: what cannot be read is told by the next run.
 * @param report of a run that has read the memory; none where workers look at the groups
 */
export async function findEndings(
  report: RunReport | undefined,
  deps: VerdictDeps,
): Promise<readonly Ending[]> {
  const { table, now, due, log } = deps;
  try {
    const freezes = (report && lastFreezes(table)) ?? (await readFreezes(table, due));
    return ending(freezes, now()).map((freeze) => ({ freeze, ...(report && heldBack(report, freeze)) }));
  } catch (error) {
    log('warn', 'freezes.failed', { error: loggedError(error) });
    return [];
  }
}

/** Never rejects: what could not be noted is told once more. */
export async function noteEndings(endings: readonly Ending[], deps: VerdictDeps): Promise<void> {
  if (endings.length === 0) return;
  const told = endings.map(({ freeze }) => freeze);
  // What keeps it from being noted is in the log by then.
  await changeDeployment(deps, (item, now) => withTold(item, told, now)).catch(() => {});
}

/** What the run would have written in groups that this freeze keeps for longest. */
function heldBack({ groups }: RunReport, { group: frozen, until }: Freeze) {
  const end = new Date(until).toISOString();
  const own = groups.filter(
    ({ group, freeze }) => freeze?.until === end && (frozen === ALL || frozen === group),
  );
  const held = own.flatMap(({ withheld }) => withheld.filter(({ by }) => by === 'frozen'));
  const sum = (isRemoval: boolean) =>
    held.reduce((total, { action, count }) => total + ((action === 'remove') === isRemoval ? count : 0), 0);
  return { additions: sum(false), removals: sum(true) };
}
