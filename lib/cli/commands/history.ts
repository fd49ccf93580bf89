// What was written and refused: who, when, what.
import { ASKS, ask } from '../ask.ts';
import type { Command } from '../command.ts';
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
    return ask({ method: 'GET', path: '/history', query }, input, io, ({ entries, next, unreadable }) => {
      const lines = (Array.isArray(entries) ? entries : []).flatMap(entryLines);
      if (typeof unreadable === 'number' && unreadable > 0)
        lines.push(`${unreadable} objects could not be read`);
      if (next !== undefined) lines.push(`there may be more: --next ${next}`);
      return lines.length > 0 ? lines : ['none'];
    });
  },
};

function entryLines(entry: unknown): string[] {
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
    ...(Array.isArray(says) ? says : []).map((text) => `    ${text}`),
  ];
}
