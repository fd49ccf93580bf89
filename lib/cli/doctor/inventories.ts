// Whether each source can be read whole now. Groups are planned for it, and nothing is written.

import { READ_PROBLEMS } from '../../core/reading/read-error.ts';
import { lookedAt } from '../../core/report/family.ts';
import type { ErrorReport, GroupReport } from '../../core/report/report.ts';
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
  if (error || !reading) return [unread(group, error)];
  return reading.sources.flatMap(({ source, members, completeness }) => {
    const check = `${source} of ${group}`;
    if (!completeness.complete)
      return warning(
        check,
        `was not read completely: ${reasonsInOne(completeness.reasons)}`,
        'it adds, and nothing is removed until it is read completely',
      );
    return members > 0
      ? []
      : warning(
          check,
          'was read completely and has no machine',
          'compare its filter with the inventory: tags and their values are case-sensitive',
        );
  });
}

const OF_SOURCES: ReadonlySet<string> = new Set(READ_PROBLEMS);

/** What cannot be read is a source, or the group in SLS: whose fault it is, its code says. */
function unread(group: string, error: ErrorReport | undefined): Finding {
  const { code = 'unknown', message = '' } = error ?? {};
  const why = `${code}: ${message}`;
  if (!OF_SOURCES.has(code) && !/^Secret/.test(code))
    return wrong(`group ${group}`, `could not be read in SLS (${why})`, 'see the lines of endpoint and key');
  const right = code === 'forbidden' ? rightIn(message) : undefined;
  const todo = right === undefined ? '' : `${right}; `;
  return wrong(
    `sources of ${group}`,
    `could not be read (${why})`,
    `${todo}nothing of the group is written until it can`,
  );
}

/** Services by the operations that sources call. */
const SERVICES: Readonly<Record<string, string>> = {
  DescribeInstances: 'ec2',
  DescribeAutoScalingInstances: 'autoscaling',
  AssumeRole: 'sts',
  GetParameter: 'ssm',
  GetObject: 's3',
};

/** Which right is missing, where AWS says so of an operation. */
function rightIn(message: string): string | undefined {
  const operation = Object.keys(SERVICES).find((name) => message.includes(name));
  const service = operation && SERVICES[operation];
  if (service === undefined || message.includes('Expired')) return undefined;
  const [, region] = / in ([a-z]{2}(?:-[a-z]{2,9}){1,2}-\d)\b/.exec(message) ?? [];
  const where = region === undefined ? '' : ` in ${region}`;
  return `allow ${service}:${operation}${where} (the policy of the function, the role that it assumes, or an SCP)`;
}
