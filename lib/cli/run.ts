// One call of the program, from its arguments to its exit code.
import { InvalidSyncConfig } from '../core/config/config.ts';
import { cut } from '../core/text/few.ts';
import { near } from '../core/text/near.ts';
import { ConfigError } from '../runtime/environment.ts';
import { ProblemError } from '../runtime/http/errors.ts';
import { readArguments, refuseTakenByNpm } from './args.ts';
import { awsFaultOf } from './aws-fault.ts';
import { type Io, Told, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXITS, type ExitName } from './exits.ts';
import { helpOf, helpOfAll } from './help.ts';
import { plainLine } from './output.ts';

/** @returns the exit code; never rejects */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    return EXITS[await dispatch(args, io)].code;
  } catch (error) {
    const exit = exitOf(error);
    io.progress('');
    io.note(plainLine(messageOf(error)));
    if (error instanceof ConfigError) io.note(WITHOUT_SETTINGS);
    else if (exit === 'usage') io.note('sls-machine-groups --help tells what there is');
    return EXITS[exit].code;
  }
}

const WITHOUT_SETTINGS =
  'name a deployment with --stage, or set these variables; before there is a deployment, these two do: SLS_ENDPOINT=cn-hangzhou.log.aliyuncs.com SLS_SECRET_ID=sls-machine-groups/prod/access-key npm run --silent cli -- plan --config sync.json';

async function dispatch([name, ...args]: readonly string[], io: Io): Promise<ExitName> {
  if (name === undefined) throw new UsageError('say a command');
  if (['--help', '-h', 'help'].includes(name)) {
    io.out(helpOfAll(COMMANDS));
    return 'ok';
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) {
    const meant = near(
      name,
      COMMANDS.map((one) => one.name),
    );
    throw new UsageError(`no command ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }
  refuseTakenByNpm(command, args, io.env);
  const input = readArguments(command, args);
  if (input.flag('help')) {
    io.out(helpOf(command));
    return 'ok';
  }
  try {
    return await command.run(input, io);
  } finally {
    io.progress('');
  }
}

function exitOf(error: unknown): ExitName {
  if (error instanceof UsageError || error instanceof ConfigError) return 'usage';
  if (error instanceof InvalidSyncConfig) return 'problems';
  if (error instanceof ProblemError) {
    return error.status < 500 || error.code === 'SyncConfigInvalid' ? 'problems' : 'failed';
  }
  return 'failed';
}

/** Name, code and message, as logs have them: nothing else that may hang on an error. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something other than an error was thrown';
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof Told)
    return cut(error.message);
  const fault = awsFaultOf(error);
  if (fault !== undefined) return fault;
  const { code } = error as { code?: unknown };
  return cut(`${typeof code === 'string' ? code : error.name}: ${error.message}`, 10_000);
}
