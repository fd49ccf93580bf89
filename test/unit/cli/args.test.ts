// Arguments, slips and help: what is read, and what somebody is told who typed something else.
import { describe, expect, test } from 'vitest';
import { readArguments } from '../../../lib/cli/args.ts';
import { type Command, type Io, UsageError } from '../../../lib/cli/command.ts';
import { COMMANDS } from '../../../lib/cli/commands.ts';
import { EXITS } from '../../../lib/cli/exits.ts';
import { helpOf, helpOfAll } from '../../../lib/cli/help.ts';
import { run } from '../../../lib/cli/run.ts';
import { near } from '../../../lib/core/text/near.ts';

const command: Command = {
  name: 'move',
  words: 'FROM [TO]',
  count: [1, 2],
  says: 'Move.',
  options: {
    reason: { value: 'TEXT', says: 'Why.' },
    item: { value: 'I', multiple: true, says: 'What.' },
    force: { says: 'Whatever.' },
  },
  example: 'move a',
  run: async () => 'ok',
};

test('reads words, texts, lists and flags', () => {
  const input = readArguments(command, [
    'a',
    '--reason=because',
    '--item',
    '1',
    '--item',
    '2',
    '--force',
    'b',
  ]);
  expect(input.words).toEqual(['a', 'b']);
  expect(input.text('reason')).toBe('because');
  expect(input.texts('item')).toEqual(['1', '2']);
  expect([input.flag('force'), input.flag('json')]).toEqual([true, false]);
  expect(readArguments(command, ['--', '--force']).words).toEqual(['--force']);
});

test.each([
  [[], 'move needs FROM [TO]'],
  [['a', 'b', 'c'], 'move takes 2 words at the most: FROM [TO]'],
  [['a', '--reson', 'x'], 'no option --reson; did you mean --reason?'],
  [['a', '--reson=x'], 'no option --reson; did you mean --reason?'],
  [['a', '--colour'], 'no option --colour'],
  [['a', '-x'], 'no option -x'],
  [['a', '--reason'], "Option '--reason <value>' argument missing"],
  [['a', '--force=yes'], "Option '--force' does not take an argument"],
])('%j is refused: %s', (args, says) => {
  expect(() => readArguments(command, args)).toThrow(new UsageError(says));
});

test('needs no words for help', () => {
  expect(readArguments(command, ['-h']).flag('help')).toBe(true);
});

test.each([
  ['plna', 'plan'],
  ['validat', 'validate'],
  ['val', 'validate'],
  ['aprove', 'approve'],
  ['approvals ', 'approvals'],
  ['app', undefined],
  ['frobnicate', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%s is near %s', (typed, meant) => {
  expect(
    near(
      typed,
      COMMANDS.map(({ name }) => name),
    ),
  ).toBe(meant);
});

describe('every command', () => {
  test('has a name of its own, and stands in the help with every exit code', () => {
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
    const help = helpOfAll(COMMANDS);
    for (const { name, says } of COMMANDS)
      expect(help).toMatch(new RegExp(`^  ${name}\\b.*${says.slice(-20, -1)}`, 'm'));
    for (const { code, says } of Object.values(EXITS)) expect(help).toContain(`  ${code}  ${says}\n`);
  });

  test.each(COMMANDS.map((one) => [one.name, one] as const))(
    '%s has an example that it takes',
    (name, one) => {
      const words = [...one.example.replace(/ >.*/, '').matchAll(/'([^']*)'|(\S+)/g)];
      const [first, ...args] = words.map(([, quoted, bare]) => quoted ?? bare ?? '');
      expect(first).toBe(name);
      readArguments(one, args);
      expect(helpOf(one)).toContain(`Example:\n  sls-machine-groups ${one.example}\n`);
    },
  );
});

test('what a name brings in moves no cursor', async () => {
  const notes: string[] = [];
  const io: Io = {
    env: {},
    out: () => {},
    note: (line) => notes.push(line),
    progress: () => {},
    paint: (_, text) => text,
    now: Date.now,
  };
  expect(await run(['\u001b[2Jplan'], io)).toBe(EXITS.usage.code);
  expect(notes[0]).toBe('no command \\u001b[2Jplan');
});
