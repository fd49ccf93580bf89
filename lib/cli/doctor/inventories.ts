// Whether each source can be read whole now. Groups are planned for it, and nothing is written.
import { lookedAt } from '../../core/report/family.ts';
import type { GroupReport } from '../../core/report/report.ts';
import { counted } from '../../core/text/counted.ts';
import { reasonsInOne } from '../../core/text/few.ts';
import { planned } from '../commands/plan.ts';
import { type Finding, ok, reasonOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

export async function* inventories({ runtime, config, due, io }: Patient): AsyncGenerator<Finding> {
  if (!config) return;
  try {
    await runtime.ready();
  } catch (error) {
    yield wrong(
      'sources',
      `were not read (${reasonOf(error)})`,
      'put the secret of the AccessKey right first',
    );
    return;
  }
  const report = await planned({ runtime, config, due, settings: {} }, [], io);
  const { groups } = report;
  yield* lookedAt(report).flatMap(findingsOf);
  const whole = groups.filter(({ reading }) => reading?.complete);
  const sources = whole.reduce((sum, { reading }) => sum + (reading?.sources.length ?? 0), 0);
  if (whole.length > 0)
    yield ok(
      'sources',
      `${counted(sources, 'source')} of ${counted(whole.length, 'group')} ${sources === 1 ? 'was' : 'were'} read completely`,
    );
}

function findingsOf({ group, error, reading }: GroupReport): Finding[] {
  if (!error && !reading) return [];
  if (error || !reading) {
    const says = `could not be read (${error?.code}: ${error?.message})`;
    return [wrong(`sources of ${group}`, says, 'nothing of the group is written until it can')];
  }
  return reading.sources.flatMap(({ source, completeness }) =>
    completeness.complete
      ? []
      : warning(
          `${source} of ${group}`,
          `was not read completely: ${reasonsInOne(completeness.reasons)}`,
          'it adds, and nothing is removed until it is read completely',
        ),
  );
}
