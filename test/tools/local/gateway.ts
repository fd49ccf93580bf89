// The one child of the local run: osls with serverless-offline, which serves the functions as serverless.yml declares
// them. It works in a folder of its own that looks like that of the project, so that nothing is written there.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from '../../../lib/build/bundle.ts';
import { HOST } from '../../support/loopback.ts';
import { CHECKS_IAM } from './local-gateway.ts';
import { StartError } from './settings.ts';

/** Name of the secret with the AccessKey. */
export const SECRET = 'sls-machine-groups/access-key';

const TEMPLATE = 'serverless.yml';
const OSLS = join(ROOT, 'node_modules/serverless/bin/serverless.js');
const GATEWAY = fileURLToPath(new URL('./local-gateway.ts', import.meta.url));

/** How long the child may take to begin answering, and to stop once it is told to. */
const START_MS = 180_000;
const STOP_MS = 3_000;

export interface Gateway {
  readonly port: number;
  readonly checksIam: boolean;
  /** A folder that nobody but this user can look into. */
  readonly folder: string;
  /** Where the bundles are, a folder each. */
  readonly bundles: string;
  /** The file that holds the sync configuration. */
  readonly syncConfig: string;
  /** Which secret may go to which origin, as `inventorySecrets` has them. */
  readonly bindings: readonly string[];
  /** Parameters that say where SLS is. */
  readonly ofSls: readonly string[];
}

/** Run in the child: it ends with this process, however this process ends. */
const END_WITH_PARENT = "data:text/javascript,process.on('disconnect', () => process.exit())";

/** @param settings environment of the functions */
export async function startFunctions(
  { port, checksIam, folder, bundles, syncConfig, bindings, ofSls }: Gateway,
  settings: Record<string, string>,
): Promise<ChildProcess> {
  const service = join(folder, 'service');
  await mkdir(service);
  await Promise.all([
    copyFile(join(ROOT, 'package.json'), join(service, 'package.json')),
    readFile(join(ROOT, TEMPLATE), 'utf8').then((text) => writeFile(join(service, TEMPLATE), locally(text))),
    ...['lib', 'node_modules'].map((name) => symlink(join(ROOT, name), join(service, name))),
    symlink(bundles, join(service, '.build')),
  ]);
  // Lambda's own API, which checks nothing here, has no port: a socket in the folder.
  const options = { host: HOST, httpPort: port, lambdaPort: join(folder, 'lambda') };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const params = [
    ...ofSls,
    `secretName=${SECRET}`,
    // There is no SNS.
    'nobodyIsTold=true',
    'syncConfigIn=file',
    `syncConfig=${pathToFileURL(syncConfig).pathname}`,
    // serverless-offline keeps schedules: a run nobody asked for would come between a change and its plan.
    'schedule=off',
    'coverageEvery=off',
    `localGateway=${GATEWAY}`,
    ...(bindings.length === 0 ? [] : [`inventorySecrets=${bindings.join(',')}`]),
  ];
  for (const param of params) flags.push('--param', param);
  // serverless-offline knows no authorizer of type aws_iam: they are in the hands of the module above.
  const args = ['--import', END_WITH_PARENT, OSLS, 'offline', 'start', '--noAuth', ...flags];
  return spawn(process.execPath, args, {
    cwd: service,
    env: environment({ BUNDLES: 'given', ...settings, [CHECKS_IAM]: checksIam ? 'on' : 'off' }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

const OF_HOOKS = /(?<=^ {2}hooks:\n(?: {4}.*\n)*? {4}environment:\n {6}<<: )\*configEnvironment\n/m;

/**
 * serverless.yml, with hooks that sync by themselves: there is no queue for workers. So they have the variables of those,
 * without which they would know no memory, no history and no secret of an inventory.
 */
function locally(template: string): string {
  const text = template.replace(OF_HOOKS, '*syncEnvironment\n      HISTORY_BUCKET: *historyBucket\n');
  if (text === template) throw new StartError(`${TEMPLATE} has the hooks in a form that is not known here`);
  return text;
}

/** Nothing of the user's own AWS, SLS or proxy set-up may reach the functions, and nothing real is needed. */
function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|SLS_|NODE_USE_ENV_PROXY$)/.test(name));
  return { ...Object.fromEntries(own), ...settings };
}

/** Resolves when the functions' port answers HTTP; any status will do. */
export async function answers(port: number, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  while (!(await fetch(`http://${HOST}:${port}/`, { signal: deadline }).catch(() => undefined))) {
    if (signal.aborted) return;
    if (deadline.aborted) throw new StartError(`the functions did not answer within ${START_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(force);
}
