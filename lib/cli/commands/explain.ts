// Why a machine is in a group or not, seen from here.
import { explain as explained } from '../../core/report/explain.ts';
import { canonical } from '../../inventory/members.ts';
import { decisionOf } from '../../runtime/sync/decision.ts';
import { ask } from '../ask.ts';
import type { Command } from '../command.ts';
import { here, isAsked, READS_OR_ASKS } from '../here.ts';
import { jsonText, plainLine } from '../output.ts';

export const explain: Command = {
  name: 'explain',
  words: 'GROUP MACHINE',
  count: [2, 2],
  says: 'Say why a machine is in a group or not, and what the next sync does about it.',
  options: READS_OR_ASKS,
  example: 'explain --stage prod my-project/web 10.0.1.20',
  async run(input, io) {
    const [group = '', machine = ''] = input.words;
    if (isAsked(input)) {
      const query = { group, machine };
      return ask({ method: 'GET', path: '/explain', query }, input, io, ({ says }) => says as string[]);
    }
    const { runtime, due } = await here(input, io);
    io.progress(`reading ${plainLine(group)}`);
    const value = explained(await decisionOf(runtime, group, due), machine, canonical);
    io.out(input.flag('json') ? jsonText(value) : value.says.map((line) => `${plainLine(line)}\n`).join(''));
    return 'ok';
  },
};
