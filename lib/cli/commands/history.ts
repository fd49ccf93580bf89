// What was written and refused: who, when, what.
import { ASKS, answerTo, tell } from '../ask.ts';
import type { Command, Input, Io } from '../command.ts';
import type { ExitName } from '../exits.ts';
import { namesIn, timeOf } from './shown.ts';

export const history: Command = {
  name: 'history',
  words: '[GROUP]',
  count: [0, 1],
  says: 'Show what was written and refused, the latest first: who, when, what.',
  options: {
    ...ASKS,
    machine: { value: 'M', says: 'Only what this machine came, went, or was to go by.' },
    since: { value: 'TIME', says: 'Nothing older, ISO 8601.' },
    limit: { value: 'N', says: 'Entries; 20 if not given, 100 at the most.' },
    next: { value: 'TOKEN', says: 'Go on where an answer ended.' },
  },
  example: 'history --stage prod my-project/web --since 2026-11-26T00:00:00Z',
  run(input, io) {
    const [group] = input.words;
    timeOf(input, 'since', io.now());
    const given = ['machine', 'since', 'limit', 'next'].map((name) => [name, input.text(name)] as const);
    const query = Object.fromEntries(
      [['group', group] as const, ...given].filter(
        (pair): pair is readonly [string, string] => pair[1] !== undefined,
      ),
    );
    return tellHistory(query, input, io);
  },
};

async function tellHistory(query: Record<string, string>, input: Input, io: Io): Promise<ExitName> {
  const answer = await answerTo({ method: 'GET', path: '/history', query }, input, io);
  let isNone = false;
  const exit = tell(answer, input.flag('json'), io, ({ entries, next, unreadable }) => {
    const lines = (Array.isArray(entries) ? entries : []).flatMap(entryLines);
    if (typeof unreadable === 'number' && unreadable > 0)
      lines.push(`${unreadable} objects could not be read`);
    if (next !== undefined) lines.push(`there may be more: --next ${next}`);
    isNone = lines.length === 0;
    return isNone ? ['none'] : lines;
  });
  return isNone && query.group !== undefined ? refuseUnknown(query.group, exit, input, io) : exit;
}

/** The history knows nothing of groups that are no more, nor of slips: the configuration does, and who may not ask it gets none. */
async function refuseUnknown(group: string, none: ExitName, input: Input, io: Io): Promise<ExitName> {
  const answer = await answerTo({ method: 'GET', path: '/approvals', query: { group } }, input, io);
  return answer.status === 404 ? tell(answer, false, io) : none;
}

export function entryLines(entry: unknown): string[] {
  const { run, at, what, who, reason, restores, changes, more } = entry as Record<string, unknown>;
  const by = who === undefined ? '' : `, by ${who}`;
  return [
    `${at} ${run} ${what}${by}`,
    ...(restores === undefined ? [] : [`  back to before ${restores}: ${reason}`]),
    ...(Array.isArray(changes) ? changes : []).flatMap(changeLines),
    ...(typeof more === 'number' && more > 0 ? [`  and ${more} more groups`] : []),
  ];
}

function changeLines(change: unknown): string[] {
  const { group, outcome, came, went, was, says } = change as Record<string, unknown>;
  const count = (list: unknown) => Number(Object(list).count ?? 0);
  const names = [namesIn(came), namesIn(went)].filter((some) => some !== '').join('; ');
  const figures = `${count(came)} came, ${count(went)} went${names === '' ? '' : `: ${names}`}`;
  const how = was === undefined ? `${outcome}` : `${outcome}, the group was ${was}`;
  return [
    `  ${group}: ${how}, ${figures}`,
    ...fieldLines(change as Record<string, unknown>).map((text) => `    ${text}`),
    ...(Array.isArray(says) ? says : []).map((text) => `    ${text}`),
  ];
}

/** What became of the group itself, and by whose word its members went. */
function fieldLines({ was, mark, topic, kind, kindBefore, approvals }: Record<string, unknown>): string[] {
  const isMade = was === 'made';
  const lines: string[] = [];
  if (mark === '' && !isMade) lines.push('the owner mark was removed');
  else if (mark !== undefined && mark !== '') lines.push(`the owner mark is now ${mark}`);
  if (topic === '' && !isMade) lines.push('the topic was removed');
  else if (topic !== undefined && topic !== '') lines.push(`the topic is now ${topic}`);
  if (kind !== undefined) lines.push(`the kind was changed from ${kindBefore} to ${kind}`);
  for (const approval of Array.isArray(approvals) ? approvals : [])
    lines.push(`approved by ${approval.who}: ${approval.reason}`);
  return lines;
}
