// Who of those that are wanted reports: measured from here and now, or as the deployment has it in its memory.
import { type CoverageReport, coverageReport, type GroupCoverage } from '../../core/coverage/report.ts';
import { affectedBy } from '../../core/trigger/affected.ts';
import { measureGroups } from '../../runtime/coverage/measure.ts';
import { notConfigured } from '../../runtime/sync/configured.ts';
import { answerTo, tell } from '../ask.ts';
import { type Command, type Input, type Io, UsageError } from '../command.ts';
import type { ExitName } from '../exits.ts';
import { here, isAsked, READS_OR_ASKS } from '../here.ts';
import { jsonText, plainLine } from '../output.ts';

export const coverage: Command = {
  name: 'coverage',
  words: '[GROUP…]',
  count: [0, 10_000],
  says: 'Say who of those that are wanted reports: in all groups, or in those named project/name.',
  options: READS_OR_ASKS,
  example: 'coverage --stage prod my-project/web',
  async run(input, io) {
    if (isAsked(input)) return asked(input, io);
    const { runtime, config, due } = await here(input, io);
    const names = [...new Set(input.words)];
    const request = { mode: 'plan' as const, ...(names.length > 0 && { groups: names }) };
    const { groups, unknown } = affectedBy({ kind: 'request', says: '', request }, config);
    if (unknown.length > 0) throw notConfigured(unknown, config);
    let looked = 0;
    const onLook = () => {
      looked += 1;
      io.progress(`${looked} of ${groups.length} groups measured`);
    };
    const { concurrency } = config;
    const looks = await measureGroups(runtime, { groups, concurrency, due, added: () => 0, onLook });
    const now = runtime.now();
    const report = coverageReport(
      looks.map(([group, look]) =>
        'says' in look
          ? { group, unmeasured: { since: now, says: look.says } }
          : { group, coverage: look.coverage },
      ),
      now,
    );
    io.out(input.flag('json') ? jsonText(report) : text(report));
    return exitOf(report);
  },
};

/** What was measured last. */
async function asked(input: Input, io: Io): Promise<ExitName> {
  const [group, other] = input.words;
  if (other !== undefined) throw new UsageError('coverage --url takes one GROUP at the most');
  const query = group === undefined ? undefined : { group };
  const answer = await answerTo({ method: 'GET', path: '/coverage', ...(query && { query }) }, input, io);
  if (answer.status !== 200) return tell(answer, input.flag('json'), io);
  const report = JSON.parse(answer.text) as CoverageReport;
  io.out(input.flag('json') ? jsonText(report) : text(report));
  return exitOf(report);
}

function exitOf({ total }: CoverageReport): ExitName {
  if (total.unmeasured > 0) return 'failed';
  return total.silent + total.never + total.elsewhere > 0 ? 'problems' : 'ok';
}

function text({ total, groups, leftOut }: CoverageReport): string {
  const { unmeasured } = total;
  const lines = [...groups.flatMap(linesOf), `all: ${figuresOf(total)}`];
  if (leftOut > 0) lines.push(`${leftOut} groups that report most are not shown: name one`);
  if (unmeasured > 0) lines.push(`${unmeasured} of ${total.groups} groups could not be measured`);
  return lines.map((line) => `${plainLine(line)}\n`).join('');
}

type Figures = Pick<
  GroupCoverage,
  'wanted' | 'reporting' | 'silent' | 'never' | 'elsewhere' | 'strangers' | 'share'
>;

function figuresOf({ wanted = 0, reporting = 0, share, ...classes }: Figures): string {
  const percent = share === undefined ? '' : ` (${Math.round(share * 1_000) / 10} %)`;
  const { silent, never, elsewhere, strangers } = classes;
  const others = Object.entries({ silent, never, elsewhere, strangers }).flatMap(([what, count = 0]) =>
    count > 0 ? `${count} ${what}` : [],
  );
  return [`${reporting} of ${wanted} report${percent}`, ...others].join(', ');
}

function linesOf(one: GroupCoverage): string[] {
  const { group, at, names, whole, unmeasured, ids, strangers } = one;
  if (at === undefined) return [`${group}: not measured: ${unmeasured?.says ?? 'nobody has looked yet'}`];
  const minutes = Math.floor((one.ageSeconds ?? 0) / 60);
  const lines = [`${group}: ${figuresOf(one)}${minutes > 0 ? `, measured ${minutes} min ago` : ''}`];
  for (const [what, some] of Object.entries(names ?? {}))
    if (some.length > 0) lines.push(`  ${what}: ${some.join(', ')}`);
  if (ids !== undefined)
    lines.push(
      `  ids: ${ids.wanted} wanted, ${ids.machines} machines report under them, ${ids.most} under one at the most`,
    );
  if (whole === false) lines.push('  the inventory was not read whole: the figures are of what it did show');
  if (strangers === undefined)
    lines.push('  strangers: nobody knows, as an inventory of the project was not read whole');
  return lines;
}
