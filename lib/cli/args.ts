// Arguments, read by Node's own `util.parseArgs`: kept with Node, and no dependency.
import { parseArgs } from 'node:util';
import { near } from '../core/text/near.ts';
import { type Command, type Input, type Options, type Parsed, UsageError } from './command.ts';

/** Of every command. */
export const COMMON: Options = {
  json: { says: 'Answer with JSON, for programs.' },
  help: { says: 'Say what the command does, with an example.' },
};

/** @throws UsageError */
export function readArguments(command: Command, args: readonly string[]): Input {
  const options = { ...command.options, ...COMMON };
  const { values, positionals } = parsed(args, options, command.notTaken ?? {});
  for (const [name, value] of Object.entries(values))
    if ([value].flat().includes('')) throw new UsageError(`--${name} has no value`);
  const [least, most] = command.count;
  const isHelp = values.help === true;
  if (!isHelp && positionals.length < least)
    throw new UsageError(`${command.name} needs ${command.words || 'a word'}`);
  if (!isHelp && positionals.length > most)
    throw new UsageError(
      most === 0
        ? `${command.name} takes only options`
        : `${command.name} takes ${most} ${most === 1 ? 'word' : 'words'} at the most: ${command.words}`,
    );
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const texts = (name: string) => {
    const value = values[name];
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  };
  return { words: positionals, flag: (name) => values[name] === true, text, texts };
}

function parsed(args: readonly string[], options: Options, notTaken: Readonly<Record<string, string>>) {
  const config: Parsed = Object.fromEntries(
    Object.entries(options).map(([name, { value, multiple = false }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', multiple, ...(name === 'help' && { short: 'h' }) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    // What follows its first line or sentence is of use to programmers.
    const [first = ''] = message.split('\n');
    const unknown = code.endsWith('_UNKNOWN_OPTION') ? /'(-[^']*)'/.exec(message)?.[1] : undefined;
    if (unknown === undefined) throw new UsageError(first, { cause: error });
    const instead = notTaken[unknown.replace(/^-+|=.*$/gs, '')];
    throw new UsageError(
      instead === undefined
        ? unknownOption(unknown, Object.keys(options))
        : `no option ${unknown}: ${instead}`,
      { cause: error },
    );
  }
}

/**
 * npm takes options without `--` before them for its own, and gives the program their values as words.
 * @throws UsageError where it has taken one of the command
 */
export function refuseTakenByNpm(
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  if (env.npm_lifecycle_event !== 'cli') return;
  const taken = Object.keys({ ...command.options, ...COMMON }).find(
    (name) =>
      env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined &&
      !args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`)),
  );
  if (taken !== undefined)
    throw new UsageError(
      `npm took --${taken} for an option of its own: with npm, put -- before the options, as in npm run cli -- ${command.name} --${taken} …`,
    );
}

function unknownOption(given: string, names: readonly string[]): string {
  const meant = near(given.replace(/^-+/, '').replace(/=.*/s, ''), names);
  return `no option ${given}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}
