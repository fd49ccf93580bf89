// Help: all commands, or one with its options and an example.
import { COMMON } from './args.ts';
import type { Command, Options } from './command.ts';
import { EXITS } from './exits.ts';

const PROGRAM = 'sls-machine-groups';

export function helpOfAll(commands: readonly Command[]): string {
  return [
    `${PROGRAM} <command> [options]`,
    '',
    ...table(commands.map((command) => [usageOf(command), command.says])),
    '',
    'Exit codes:',
    ...table(Object.values(EXITS).map(({ code, says }) => [String(code), says])),
    '',
    `${PROGRAM} <command> --help tells more, with an example.`,
    '',
  ].join('\n');
}

export function helpOf(command: Command): string {
  return [
    `${PROGRAM} ${usageOf(command)} [options]`,
    '',
    command.says,
    '',
    'Options:',
    ...table(
      Object.entries({ ...command.options, ...COMMON }).map(([name, option]) => optionRow(name, option)),
    ),
    '',
    'Example:',
    `  ${PROGRAM} ${command.example}`,
    '',
  ].join('\n');
}

const usageOf = ({ name, words }: Command): string => (words === '' ? name : `${name} ${words}`);

function optionRow(name: string, { value, multiple, says }: Options[string]): [string, string] {
  return [`--${name}${value === undefined ? '' : ` ${value}`}${multiple ? ' …' : ''}`, says];
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
