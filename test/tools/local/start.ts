// `npm start`: the functions as serverless.yml declares them, on this machine alone. The stand-in of SLS, a
// local Secrets Manager and a local DynamoDB run in this process; osls with serverless-offline is its one child.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleAll, ROOT } from '../../../lib/build/bundle.ts';
import { keptBundles } from '../../../lib/build/kept.ts';
import { startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { PROJECT } from '../../support/names.ts';
import { BUCKET, startS3 } from '../../support/s3.ts';
import { startStandIn } from '../../support/standin/index.ts';
import { startSecretsServer } from '../../support/standin/secrets.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { answers, SECRET, startFunctions, stop } from './gateway.ts';
import { SCOPE } from './gateway-iam.ts';
import { HELP, helpAsked } from './help.ts';
import { syncHints } from './hints.ts';
import { readable } from './readable.ts';
import { choiceFromEnvironment, portFromEnvironment, StartError } from './settings.ts';
import { shown } from './shown.ts';
import { openStartPage } from './start-page.ts';
import { openSyncFiles, type SyncFiles } from './sync-files.ts';

const KEY = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };

/** Lines of the log after which it says again where the commands are. */
const REMIND_AFTER = 20;

const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * What `open` makes in the folder `usual`; where nothing can be written there, in `other`, and says so.
 * @throws what is no fault of the file system
 */
async function writable<T>(
  what: string,
  usual: string,
  other: string,
  open: (folder: string) => Promise<T>,
): Promise<T> {
  try {
    return await open(usual);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    say(`${shown(usual)} cannot be written (${code}): ${what} are in ${other}, and gone when this stops`);
    return open(other);
  }
}

const NO_AWS =
  'aws: no account of AWS is asked, so sources that live there (ec2, s3://, ssm://) cannot be read here; npm run cli -- plan --local --config FILE reads them with your credentials';
const NO_NAMES =
  'names: nobody signs with IAM=off, so freezes, approvals and the history are by "a caller without a name"; IAM=on npm start gives names';

/** What curl needs beside a request, with a blank before it. */
function curlSigns(checksIam: boolean): string {
  const { key, region, service } = SCOPE;
  if (!checksIam) return '';
  return ` --aws-sigv4 'aws:amz:${region}:${service}' --user '${key.accessKeyId}:${key.secretAccessKey}'`;
}

/** What makes every command of the documentation one that is signed. */
function iamHints(): string[] {
  const { key, region, service } = SCOPE;
  const variables = `AWS_ACCESS_KEY_ID=${key.accessKeyId} AWS_SECRET_ACCESS_KEY=${key.secretAccessKey} AWS_REGION=${region}`;
  const user = '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"';
  return [
    'iam: every route but POST /hooks/{source} wants a signature; paste the next line into a terminal of its own, and all commands there are signed (with made-up AWS credentials)',
    `sign: export ${variables}; curl() { command curl --aws-sigv4 aws:amz:${region}:${service} --user ${user} "$@"; }`,
  ];
}

function firstCommands(port: number, signs: string): string {
  const base = `http://127.0.0.1:${port}/machinegroups`;
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

  const checksIam = choiceFromEnvironment('IAM', ['off', 'on']) === 'on';
  const format = choiceFromEnvironment('LOG', ['text', 'json']);
  const port = await portFromEnvironment();
  const { path: folder } = running.use(temporaryFolder('sls-machine-groups'));

  const usual = process.env.SYNC_FOLDER?.trim() || join(ROOT, '.cache', 'local', String(port));
  const files = await writable('the files of the sync', usual, join(folder, 'sync'), (where) =>
    openSyncFiles(where, PROJECT, [SECRET]),
  );
  running.defer(() => closeSyncFiles(files));

  const making = () =>
    say('1/3 bundling the functions, once for these sources: some 15 s on a quiet machine');
  const bundles = await writable(
    'the bundles',
    join(ROOT, '.cache'),
    join(folder, 'bundles'),
    async (where) => {
      if (where === join(ROOT, '.cache')) return keptBundles(making);
      making();
      await bundleAll({ outdir: where });
      return where;
    },
  ).catch((error: unknown) => {
    // Ctrl-C reaches the bundler as well.
    if (asked.signal.aborted) return undefined;
    throw error;
  });
  if (asked.signal.aborted || bundles === undefined) return;

  say('2/3 starting the stand-in of SLS, the local Secrets Manager and the local DynamoDB');
  const sls = await startStandIn({ projects: [PROJECT], keys: [KEY] });
  running.defer(() => sls.close());
  // Configs are made elsewhere; one is there to be applied.
  sls.configs(PROJECT).add('access-log');
  const secrets = await startSecretsServer({ secrets: { [SECRET]: JSON.stringify(KEY), ...files.secrets } });
  running.defer(() => secrets.close());
  const dynamo = running.use(await startDynamo());
  const s3 = running.use(await startS3());

  say('3/3 starting the functions under serverless-offline: some 5 s on a quiet machine');
  const ofSls = ['slsEndpoint=http://cn-hangzhou.log.aliyuncs.com', `slsConnectTo=${sls.host}:${sls.port}`];
  const gateway = {
    port,
    checksIam,
    folder,
    bundles,
    syncConfig: files.config,
    bindings: files.bindings,
    ofSls,
  };
  const child = await startFunctions(gateway, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    SYNC_TABLE: TABLE,
    AWS_ENDPOINT_URL_S3: s3.url,
    HISTORY_BUCKET: BUCKET,
    AWS_ACCESS_KEY_ID: 'test-aws-key-id',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
    AWS_REGION: 'eu-central-1',
  });
  running.defer(() => stop(child));

  let print: ((line: string) => void) | undefined;
  // What osls says while it starts is of interest only when it fails; later lines are the functions' logs.
  const early: string[] = [];
  onLines(child, (line) => (print ? print(line) : early.push(line)));
  const died = once(child, 'close').then(([code, signal]) => {
    if (asked.signal.aborted) return;
    if (!print) process.stderr.write(early.map((line) => `${line}\n`).join(''));
    throw new StartError(`serverless-offline stopped by itself (${signal ?? `exit code ${code}`})`);
  });

  await Promise.race([answers(port, asked.signal), died]);
  if (!asked.signal.aborted) {
    const signs = curlSigns(checksIam);
    const commands = [
      ...(checksIam ? iamHints() : []),
      ...(await syncHints(files, port, signs)),
      `ready: ${firstCommands(port, signs)}`,
    ];
    const places = [
      `bundles: ${shown(bundles)}`,
      NO_AWS,
      ...(checksIam ? [] : [NO_NAMES]),
      `service: SLS at ${sls.host}:${sls.port}, Secrets Manager at ${secrets.url}, DynamoDB at ${dynamo.url} with table ${TABLE}, S3 at ${s3.url} with bucket ${BUCKET}; all in memory, gone when this stops`,
    ];
    const page = running.use(await openStartPage([...commands, ...places]));
    const again = `commands: http://${page.address}/ has them at any time${process.stdin.isTTY ? ', and so has Enter here' : ''}`;
    if (process.stdin.isTTY) {
      const keyboard = createInterface({ input: process.stdin }).on('line', () => commands.map(say));
      running.defer(() => keyboard.close());
    }
    print = printer(format, again);
    for (const line of [...places, again, ...commands]) say(line);
  }
  await Promise.race([aborted(asked.signal), died]);
  say('stopping');
}

function onLines(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', take);
  }
}

function printer(format: 'text' | 'json', again: string): (line: string) => void {
  if (format === 'json') return say;
  let printed = 0;
  return (line) => {
    const text = readable(line);
    if (text === undefined) return;
    say(text);
    printed += 1;
    if (printed % REMIND_AFTER === 0) say(again);
  };
}

async function closeSyncFiles(files: SyncFiles): Promise<void> {
  const kept = await files.close();
  if (kept)
    say(
      `kept, because you changed what is there: ${shown(files.folder)}; the next start at this port uses it`,
    );
}

const aborted = (signal: AbortSignal) =>
  signal.aborted ? undefined : new Promise((resolve) => signal.addEventListener('abort', resolve));

try {
  if (helpAsked(process.argv.slice(2))) say(HELP);
  else await run();
} catch (error) {
  process.stderr.write(`start: ${error instanceof StartError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
