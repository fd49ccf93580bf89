// `osls` as a user runs it, in folders that look like the one that holds serverless.yml.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../lib/build/bundle.ts';

const OSLS = join(ROOT, 'node_modules/serverless/bin/serverless.js');

export interface Packaged {
  /** The folder of the service; what osls wrote is in its `.serverless`. */
  readonly service: string;
  /** What osls printed. */
  readonly said: string;
}

/** Packages with bundles that are there. @param params of the stage dev, such as `tracing=Active` */
export async function packageOf(bundles: string, params: readonly string[]): Promise<Packaged> {
  const service = await serviceFolder();
  await symlink(bundles, join(service, '.build'));
  return { service, said: await packageAt(service, { BUNDLES: 'given' }, params) };
}

/** @param env beside what a clean clone has */
export async function packageAt(
  service: string,
  env: Record<string, string>,
  params: readonly string[],
): Promise<string> {
  await mkdir(join(service, '.stages'));
  await writeFile(join(service, '.stages/dev.yml'), stageFile(params));
  return osls(service, ['package'], env);
}

/** What a deployment has to be told. */
const REQUIRED = { slsEndpoint: 'cn-hangzhou.log.aliyuncs.com', nobodyIsTold: 'true' };

/** Quoted as JSON does, which YAML takes, too. */
function stageFile(params: readonly string[]): string {
  const given = Object.fromEntries(params.map((param) => param.split(/=(.*)/s, 2)));
  const { nobodyIsTold: _, ...told } = REQUIRED;
  return JSON.stringify({ ...('topic' in given ? told : REQUIRED), ...given });
}

/**
 * osls works in `.serverless` beside serverless.yml, where two runs would meet, so that each has a folder of its own;
 * and as it looks at every file below that folder for each function, node_modules is not in it.
 */
export async function serviceFolder(): Promise<string> {
  const cache = join(ROOT, '.cache');
  await mkdir(cache, { recursive: true });
  const service = await mkdtemp(join(cache, 'osls-'));
  await Promise.all([
    ...['serverless.yml', 'package.json'].map((file) => copyFile(join(ROOT, file), join(service, file))),
    symlink(join(ROOT, 'lib'), join(service, 'lib')),
  ]);
  return service;
}

/** With nothing of this environment but the paths: no AWS account, no settings, what a clean clone has. */
export async function osls(
  cwd: string,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<string> {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const options = { cwd, env: { PATH, HOME, NODE_COMPILE_CACHE, ...more } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [OSLS, ...args], options).catch(
    (error) => {
      // What went wrong is on stdout.
      throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
    },
  );
  return stdout + stderr;
}
