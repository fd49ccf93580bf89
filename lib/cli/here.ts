// What reads runs here, with the caller's credentials and the settings of the deployment: those of its function `plan`,
// or variables of the same names in the environment.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { documentReader } from '../aws/document.ts';
import { functionEnvironment } from '../aws/function-environment.ts';
import { readSyncConfig, type SyncConfig } from '../core/config/config.ts';
import { checkPermitted } from '../core/config/permitted.ts';
import { COMMAND_RUN_MS } from '../core/time/timeouts.ts';
import { readConfig } from '../runtime/environment.ts';
import { CONFIG_LIMITS } from '../runtime/sync/config-document.ts';
import { loadConfig } from '../runtime/sync/configured.ts';
import { createSyncRuntime, type SyncRuntime } from '../runtime/sync/wire.ts';
import { type Input, type Io, type Options, UsageError } from './command.ts';
import { ofStack, STAGE, stackOf, stageOf, URL_OPTION } from './deployment.ts';
import { noting } from './output.ts';

/** Options of every command that reads groups and inventories. */
export const READS: Options = {
  config: { value: 'FILE', says: 'This configuration instead of the deployed one.' },
  ...STAGE,
  local: { says: 'The configuration may name files of this machine, and 127.0.0.1, as in npm start.' },
};

/** The same for those that the deployment can answer as well. */
export const READS_OR_ASKS: Options = {
  ...READS,
  url: { ...URL_OPTION.url, says: 'Ask the deployment at this URL of its API, in place of reading here.' },
};

/** Whether the deployment is asked by its routes: that is what --url means, and --stage reads here. @throws UsageError */
export function isAsked(input: Input): boolean {
  if (input.text('url') === undefined) return false;
  const other = ['config', 'stage'].find((name) => input.text(name) !== undefined);
  const wrong = other ?? (input.flag('local') ? 'local' : undefined);
  if (wrong === undefined) return true;
  throw new UsageError(
    `--url asks the deployment, which takes its own configuration and settings: leave --${wrong} out, or --url`,
  );
}

export type Settings = Readonly<Record<string, string | undefined>>;

export interface Here {
  readonly settings: Settings;
  readonly runtime: SyncRuntime;
  readonly config: SyncConfig;
  /** When it has to be over, in milliseconds since the epoch. */
  readonly due: number;
}

/** Stands where a location has to, for a configuration that was read already: nothing reads it. */
const READ_ALREADY = 'ssm://given-by-the-command-line';

/** @throws ConfigError, InvalidSyncConfig, ProblemError, ReadError, SecretError, UsageError */
export async function here(input: Input, io: Io): Promise<Here> {
  const settings = await settingsOf(input, io);
  const runtime = createSyncRuntime(settings, noting(io));
  const config = await configOf(input, settings, runtime);
  await runtime.ready();
  // What asks for the configuration again gets this one.
  return {
    settings,
    runtime: { ...runtime, loadConfig: async () => config },
    config,
    due: io.now() + COMMAND_RUN_MS,
  };
}

/** The deployed configuration, or the caller's. @throws InvalidSyncConfig, ProblemError, ReadError */
export async function configOf(input: Input, settings: Settings, runtime: SyncRuntime): Promise<SyncConfig> {
  const file = input.text('config');
  if (file === undefined) return loadConfig(runtime);
  return permitted(readSyncConfig(await readFileText(file)), settings, runtime);
}

/** Variables as the functions have them. @throws ReadError, UsageError */
export async function settingsOf(input: Input, io: Io): Promise<Settings> {
  const stage = stageOf(input, io);
  const settings = stage === undefined ? io.env : await settingsOfStack(stackOf(stage), io);
  return {
    ...settings,
    IS_OFFLINE: input.flag('local') ? 'true' : undefined,
    ...(input.text('config') !== undefined && { SYNC_CONFIG: READ_ALREADY }),
  };
}

const settingsOfStack = (stack: string, io: Io) => ofStack(stack, io, functionEnvironment(`${stack}-plan`));

/** The same checks as for the deployed one. */
function permitted(config: SyncConfig, settings: Settings, { environment }: SyncRuntime): SyncConfig {
  const { endpoints, projects } = readConfig(settings);
  return checkPermitted(config, {
    endpoints: new Set(endpoints.keys()),
    inventoryEndpoints: environment.inventoryEndpoints,
    projects,
    secrets: environment.secretBindings,
    local: environment.local,
  });
}

/** A file of the caller's own, by its path. @throws ReadError */
export async function readFileText(path: string): Promise<string> {
  const read = documentReader({ files: true });
  return (await read(pathToFileURL(resolve(path)).href, CONFIG_LIMITS)).text;
}
