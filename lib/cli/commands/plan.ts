// What a sync would do now, seen from here.
import { reportMarkdown } from '../../core/report/markdown.ts';
import type { RunReport } from '../../core/report/report.ts';
import { affectedBy } from '../../core/trigger/affected.ts';
import { notConfigured } from '../../runtime/sync/configured.ts';
import { runOnly } from '../../runtime/sync/run.ts';
import { ask } from '../ask.ts';
import type { Command, Input, Io } from '../command.ts';
import type { ExitName } from '../exits.ts';
import { type Here, here, isAsked, READS_OR_ASKS } from '../here.ts';
import { jsonText, plainText } from '../output.ts';

export const plan: Command = {
  name: 'plan',
  words: '[GROUP…]',
  count: [0, 10_000],
  says: 'Say what a sync would do now, as Markdown: of all groups, or of those named project/name.',
  options: READS_OR_ASKS,
  example: 'plan --stage prod --config sync.json > plan.md',
  async run(input, io) {
    if (isAsked(input)) return asked(input, io);
    const report = await planned(await here(input, io), input.words, io);
    io.out(input.flag('json') ? jsonText(report) : plainText(reportMarkdown(report)));
    return exitOf(report);
  },
};

/** What the deployment plans, with its own rights. */
function asked(input: Input, io: Io): Promise<ExitName> {
  const groups = [...new Set(input.words)];
  const body = groups.length > 0 ? { groups } : {};
  return ask({ method: 'POST', path: '/plan', body, accept: 'text/markdown' }, input, io);
}

/** @throws ProblemError for groups that are not configured */
export async function planned(
  { runtime, config, due }: Here,
  names: readonly string[],
  io: Io,
): Promise<RunReport> {
  const request = { mode: 'plan' as const, ...(names.length > 0 && { groups: [...new Set(names)] }) };
  const { groups, families, unknown } = affectedBy({ kind: 'request', says: '', request }, config);
  if (unknown.length > 0) throw notConfigured(unknown, config);
  let read = 0;
  // How many groups a family has, its inventory says.
  const most = families.length === 0 ? `${groups.length}` : 'all';
  const tell = () => io.progress(`${read} of ${most} inventories read`);
  tell();
  const watched: typeof runtime = {
    ...runtime,
    ports: (mode, until, all) => {
      const ports = runtime.ports(mode, until, all);
      const wanted: typeof ports.wanted = (group, anew) =>
        ports.wanted(group, anew).finally(() => {
          read += 1;
          tell();
        });
      return { ...ports, wanted };
    },
  };
  return runOnly(watched, { trigger: 'the command line', mode: 'plan', config, groups, families, due });
}

function exitOf({ status }: RunReport): ExitName {
  if (status === 'failed') return 'failed';
  return status === 'refused' ? 'problems' : 'ok';
}
