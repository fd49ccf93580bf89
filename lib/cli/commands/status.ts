// How the groups stand, in lines, as JSON, or as a page that is opened in a browser.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { statusLines } from '../../core/status/lines.ts';
import type { Status } from '../../core/status/status.ts';
import { ASKS, answerTo, ask, tell } from '../ask.ts';
import { type Command, type Input, type Io, UsageError } from '../command.ts';
import type { ExitName } from '../exits.ts';
import { opened } from '../open.ts';
import { plainLine } from '../output.ts';

const REQUEST = { method: 'GET', path: '/status' } as const;

export const status: Command = {
  name: 'status',
  words: '',
  count: [0, 0],
  says: 'Say how the groups stand: which need attention and why, what is frozen, the last runs.',
  options: {
    ...ASKS,
    html: { says: 'Fetch the page and open it in a browser.' },
    out: { value: 'FILE', says: 'With --html: write the page there, and open nothing.' },
  },
  example: 'status --stage prod --html',
  run(input, io) {
    const isPage = input.flag('html');
    if (isPage && input.flag('json')) throw new UsageError('say --html or --json');
    if (!isPage && input.text('out') !== undefined) throw new UsageError('--out goes with --html');
    if (isPage) return page(input, io);
    return ask(REQUEST, input, io, (value) => statusLines(value as unknown as Status));
  },
};

async function page(input: Input, io: Io): Promise<ExitName> {
  const request = { ...REQUEST, query: { format: 'html' }, accept: 'text/html' } as const;
  const answer = await answerTo(request, input, io);
  if (answer.status !== 200) return tell(answer, false, io);
  const out = input.text('out');
  // For this user alone: it names machines and people.
  const file =
    out === undefined ? join(await mkdtemp(join(tmpdir(), 'status-')), 'status.html') : resolve(out);
  await writeFile(file, answer.text, { mode: 0o600 });
  const isOpened = out === undefined && (await opened(file, io.env));
  io.out(`${plainLine(file)}\n`);
  if (out === undefined && !isOpened) io.note('no browser could be opened: open the file yourself');
  return 'ok';
}
