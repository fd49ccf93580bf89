// Whether a configuration is one. Reads the file alone: no credentials, no network.
import { InvalidSyncConfig, readSyncConfig } from '../../core/config/config.ts';
import { suspicionsOf } from '../../core/config/suspicious.ts';
import { pathIn, placeOf } from '../../core/text/json-place.ts';
import type { Command } from '../command.ts';
import { readFileText } from '../here.ts';
import { jsonText, plainLine } from '../output.ts';

interface Problem {
  readonly kind: 'problem' | 'warning';
  /** From 1; none where the words say how many more there are. */
  readonly line?: number;
  /** Path and rule. */
  readonly says: string;
}

export const validate: Command = {
  name: 'validate',
  words: 'FILE',
  count: [1, 1],
  says: 'Check a configuration: every problem with its line, path and rule.',
  options: {
    strict: {
      says: 'Also warn of what is allowed but suspicious: no filter, blocks inside others, a name that SLS refuses.',
    },
    local: { says: 'It is for npm start, where file:// and allowLoopback are right.' },
  },
  example: 'validate --strict sync.json',
  async run(input, io) {
    const [file = ''] = input.words;
    // As a byte order mark moves no line, and would be no JSON.
    const text = (await readFileText(file)).replace(/^\uFEFF/, '');
    const found = problemsIn(text, input.flag('strict'), input.flag('local'));
    if (input.flag('json')) io.out(jsonText({ file, problems: found }));
    else if (found.length === 0) io.out(`${plainLine(file)}: ${io.paint('green', 'ok')}\n`);
    else {
      for (const { kind, line, says } of found) {
        const place = line === undefined ? file : `${file}:${line}`;
        const word = io.paint(kind === 'problem' ? 'red' : 'yellow', kind);
        io.out(`${plainLine(place)}: ${word}: ${plainLine(says)}\n`);
      }
    }
    return found.length === 0 ? 'ok' : 'problems';
  },
};

function problemsIn(text: string, isStrict: boolean, local: boolean): Problem[] {
  try {
    const config = readSyncConfig(text);
    const suspicions = isStrict ? suspicionsOf(config, local) : [];
    return suspicions.map((says) => ({ kind: 'warning', ...lineOf(text, says), says }));
  } catch (error) {
    if (!(error instanceof InvalidSyncConfig)) throw error;
    const problems = error.problems.map(
      (says): Problem => ({ kind: 'problem', ...lineOf(text, says), says }),
    );
    // From the top, as an editor has them; what has no line is how many more there are.
    return problems.sort((a, b) => (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER));
  }
}

function lineOf(text: string, says: string): { line?: number } {
  // What is no JSON has its place in the words.
  const told = /^document: must be JSON,.* at line (\d+), column \d+$/s.exec(says)?.[1];
  if (told !== undefined) return { line: Number(told) };
  if (/^and \d+ more$/.test(says)) return {};
  const path = pathIn(says);
  return { line: placeOf(text, path[0] === 'document' ? [] : path).line };
}
