// Logtail configs of a group that a family has made: without one it collects nothing. They are applied right after the group
// is made, and looked for again in the day after it, so that a run that was cut off or refused between the two is made up for.
// After that they are left to people.

import { DAY } from '../../core/removal/settings.ts';
import type { GroupReport } from '../../core/report/report.ts';
import type { DecidedRun, FailedRun } from './look.ts';
import type { Ports } from './ports.ts';
import { errorReport } from './told.ts';

/** Never rejects: the group has failed in the report if a config could not be applied. */
export async function withConfigs(
  report: GroupReport,
  run: DecidedRun | FailedRun,
  ports: Ports,
): Promise<GroupReport> {
  const { made } = run.group;
  if (!made || made.configs.length === 0 || !isToBeBound(report, run, ports)) return report;
  const applied: string[] = [];
  try {
    for (const config of await missingOf(made.configs, report, run)) {
      await run.sls.applyConfig(run.group.project, run.group.name, config);
      applied.push(config);
    }
  } catch (error) {
    const { message, ...told } = errorReport(error);
    const left = made.configs.filter((config) => !applied.includes(config));
    const says = `the group collects nothing that it should (${left.join(', ')}): ${message}; the next run tries again`;
    return withApplied({ ...report, status: 'failed', error: { ...told, message: says } }, applied);
  }
  return withApplied(report, applied);
}

/** Only by a run that writes, and never to a group that is not ours. */
function isToBeBound(report: GroupReport, run: DecidedRun | FailedRun, ports: Ports): boolean {
  if (run.state === 'failed' || report.error) return false;
  const { decision } = run;
  if (decision.freeze !== undefined) return false;
  if (ports.writers[decision.writer].status !== 'written') return false;
  if (isMadeNow(report)) return true;
  const { current, basis, outcome } = decision;
  if (current.state === 'absent' || outcome === 'left-alone' || decision.plan.obstacle) return false;
  const age = ports.now() - current.definition.createTime * 1000;
  const { known } = basis;
  return age < DAY || (known.state === 'known' && known.item.failingSince !== undefined);
}

const isMadeNow = ({ change, changes }: GroupReport): boolean =>
  change === 'written' && changes.includes('create');

/** @throws SlsError */
async function missingOf(
  configs: readonly string[],
  report: GroupReport,
  { sls, group: { project, name } }: DecidedRun | FailedRun,
): Promise<readonly string[]> {
  if (isMadeNow(report)) return configs;
  const applied = new Set((await sls.getAppliedConfigs(project, name)).value);
  return configs.filter((config) => !applied.has(config));
}

function withApplied(report: GroupReport, applied: readonly string[]): GroupReport {
  return report.made && applied.length > 0 ? { ...report, made: { ...report.made, applied } } : report;
}
