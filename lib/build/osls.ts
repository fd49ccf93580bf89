// osls as a user runs it, in folders that look like the one that holds serverless.yml.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './bundle.ts';

const OSLS = join(ROOT, 'node_modules/serverless/bin/serverless.js');

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

/** @returns what osls printed; what it wrote is in `.serverless` of the folder */
export async function packageStage(
  service: string,
  stage: string,
  parameters: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  await mkdir(join(service, '.stages'));
  // JSON is YAML, too.
  await writeFile(join(service, '.stages', `${stage}.yml`), JSON.stringify(parameters));
  return osls(service, ['package', '--stage', stage], env);
}

/** With nothing of this environment but the paths: no AWS account, no settings, what a clean clone has. */
export async function osls(
  cwd: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
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
