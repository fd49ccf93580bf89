// `npm start`: the functions as serverless.yml declares them, on this machine alone. The stand-in of SLS, a
// local Secrets Manager and a local DynamoDB run in this process; osls with serverless-offline is its one child.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HOST, isFree } from '../../support/loopback.ts';
import { startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { PROJECT } from '../../support/names.ts';
import { startStandIn } from '../../support/standin/index.ts';
import { startSecretsServer } from '../../support/standin/secrets.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CHECKS_IAM } from './gateway.ts';
import { SCOPE } from './gateway-iam.ts';
import { syncHints, writeSyncFiles } from './sync-files.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const OSLS = fileURLToPath(new URL('../../../node_modules/serverless/bin/serverless.js', import.meta.url));
const GATEWAY = fileURLToPath(new URL('./gateway.ts', import.meta.url));
const SECRET = 'sls-machine-groups/access-key';
const KEY = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };

/** How long the child may take to begin answering, and to stop once it is told to. */
const START_MS = 180_000;
const STOP_MS = 3_000;

/** What goes wrong before or beside the functions: told in one line, without a stack. */
class StartError extends Error {
  override readonly name = 'StartError';
}

const say = (line: string) => process.stdout.write(`${line}\n`);

async function portFromEnvironment(): Promise<number> {
  const text = process.env.PORT?.trim() || '3000';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new StartError(`PORT is "${text}", not a port from 1 to 65535`);
  if (!(await isFree(port))) {
    throw new StartError(`port ${port} of ${HOST} is taken; choose another one: PORT=<port> npm start`);
  }
  return port;
}

function iamFromEnvironment(): boolean {
  const text = process.env.IAM?.trim() || 'off';
  if (text !== 'on' && text !== 'off') throw new StartError(`IAM is "${text}", neither "on" nor "off"`);
  return text === 'on';
}

/** Nothing of the user's own AWS, SLS or proxy set-up may reach the functions, and nothing real is needed. */
function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|SLS_|NODE_USE_ENV_PROXY$)/.test(name));
  return { ...Object.fromEntries(own), ...settings };
}

/** Run in the child: it ends with this process, however this process ends. */
const END_WITH_PARENT = "data:text/javascript,process.on('disconnect', () => process.exit())";

interface Gateway {
  readonly port: number;
  readonly checksIam: boolean;
  /** A folder that nobody but this user can look into. */
  readonly folder: string;
}

function startFunctions(
  { port, checksIam, folder }: Gateway,
  syncConfig: string,
  settings: Record<string, string>,
): ChildProcess {
  // Lambda's own API, which checks nothing here, has no port: a socket in the folder.
  const options = { host: HOST, httpPort: port, lambdaPort: join(folder, 'lambda') };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const params = [
    'syncConfigIn=file',
    `syncConfig=${pathToFileURL(syncConfig).pathname}`,
    // serverless-offline keeps schedules: a run nobody asked for would come between a change and its plan.
    'schedule=off',
    `localGateway=${GATEWAY}`,
  ];
  for (const param of params) flags.push('--param', param);
  // serverless-offline knows no authorizer of type aws_iam: they are in the hands of the module above.
  const args = ['--import', END_WITH_PARENT, OSLS, 'offline', 'start', '--noAuth', ...flags];
  return spawn(process.execPath, args, {
    cwd: ROOT,
    env: environment({ ...settings, [CHECKS_IAM]: checksIam ? 'on' : 'off' }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Resolves when the functions' port answers HTTP; any status will do. */
async function answers(port: number, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  while (!(await fetch(`http://${HOST}:${port}/`, { signal: deadline }).catch(() => undefined))) {
    if (signal.aborted) return;
    if (deadline.aborted) throw new StartError(`the functions did not answer within ${START_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(force);
}

/** What curl needs beside a request, with a blank before it. */
function curlSigns(checksIam: boolean): string {
  const { key, region, service } = SCOPE;
  if (!checksIam) return '';
  return ` --aws-sigv4 'aws:amz:${region}:${service}' --user '${key.accessKeyId}:${key.secretAccessKey}'`;
}

function commands(port: number, signs: string): string {
  const base = `http://${HOST}:${port}/machinegroups`;
  const body = JSON.stringify({
    projectName: PROJECT,
    groupName: 'test-machine-group',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: 'testtopic', externalName: 'testgroup' },
    machineList: [],
    groupType: '',
  });
  return [
    `curl -i${signs} -X POST '${base}' -H 'content-type: application/json' -d '${body}'`,
    `curl -i${signs} '${base}/test-machine-group?projectName=${PROJECT}'`,
  ].join(' && ');
}

/** Runs until a signal comes; whatever was started is stopped when it returns or throws. */
async function run(): Promise<void> {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort());
  await using running = new AsyncDisposableStack();

  const checksIam = iamFromEnvironment();
  const port = await portFromEnvironment();

  say('starting the stand-in of SLS, the local Secrets Manager and the local DynamoDB');
  const sls = await startStandIn({ projects: [PROJECT], keys: [KEY] });
  running.defer(() => sls.close());
  // Configs are made elsewhere; one is there to be applied.
  sls.configs(PROJECT).add('access-log');
  const files = running.use(await writeSyncFiles(join(ROOT, '.cache', 'local', String(port)), PROJECT));
  const secrets = await startSecretsServer({ secrets: { [SECRET]: JSON.stringify(KEY), ...files.secrets } });
  running.defer(() => secrets.close());

  const dynamo = running.use(await startDynamo());

  say('bundling the functions and starting them under serverless-offline');
  const { path: folder } = running.use(temporaryFolder('sls-machine-groups'));
  const child = startFunctions({ port, checksIam, folder }, files.config, {
    SLS_SECRET_ID: SECRET,
    SLS_ENDPOINT: 'http://cn-hangzhou.log.aliyuncs.com',
    SLS_CONNECT_TO: `${sls.host}:${sls.port}`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    SYNC_TABLE: TABLE,
    AWS_ACCESS_KEY_ID: 'test-aws-key-id',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
    AWS_REGION: 'eu-central-1',
  });
  running.defer(() => stop(child));

  // What osls says while it starts is of interest only when it fails; later lines are the functions' logs.
  let early: string[] | undefined = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (early) early.push(text);
      else process.stdout.write(text);
    });
  }
  const died = once(child, 'close').then(([code, signal]) => {
    if (asked.signal.aborted) return;
    process.stderr.write(early?.join('') ?? '');
    throw new StartError(`serverless-offline stopped by itself (${signal ?? `exit code ${code}`})`);
  });

  await Promise.race([answers(port, asked.signal), died]);
  if (!asked.signal.aborted) {
    early = undefined;
    const signs = curlSigns(checksIam);
    if (checksIam)
      say(`iam: every route but POST /hooks/{source} wants curl${signs} (a key pair of this run alone)`);
    for (const hint of syncHints(files, port, PROJECT, signs)) say(hint);
    say(`ready: ${commands(port, signs)}`);
  }
  await Promise.race([aborted(asked.signal), died]);
  say('stopping');
}

const aborted = (signal: AbortSignal) =>
  signal.aborted ? undefined : new Promise((resolve) => signal.addEventListener('abort', resolve));

try {
  await run();
} catch (error) {
  process.stderr.write(`start: ${error instanceof StartError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
