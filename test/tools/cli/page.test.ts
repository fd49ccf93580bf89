// The page on the command line: its commands and exit codes are those of the program.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../lib/build/bundle.ts';
import { readArguments } from '../../../lib/cli/args.ts';
import { COMMANDS } from '../../../lib/cli/commands.ts';
import { EXITS } from '../../../lib/cli/exits.ts';

const page = await readFile(join(ROOT, 'docs/command-line.md'), 'utf8');

test('its table has every command', () => {
  const rows = [...page.matchAll(/^\| (`[^|]*`) \| .* \| (?:here|the deployment)/gm)];
  const names = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z]+)/g)].map(([, name]) => name));
  expect(names).toEqual(COMMANDS.map(({ name }) => name));
});

test('its exit codes are those of the program', () => {
  const rows = [...page.matchAll(/^\| (\d) \| (.*) \|$/gm)].map(([, code, says]) => ({
    code: Number(code),
    says,
  }));
  expect(rows).toEqual(Object.values(EXITS));
});

test('its examples are taken', () => {
  const examples = [...page.matchAll(/^npm run cli -- (.*)$/gm)];
  expect(examples.length).toBeGreaterThan(4);
  for (const [, line = ''] of examples) {
    const words = [...line.replace(/ +[>#].*/, '').matchAll(/'([^']*)'|(\S+)/g)];
    const [name, ...args] = words.map(([, quoted, bare]) => quoted ?? bare ?? '');
    const command = COMMANDS.find((one) => one.name === name) ?? expect.fail(`no command ${name}`);
    readArguments(command, args);
  }
});
