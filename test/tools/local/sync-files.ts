// What the local run syncs: a configuration with two groups, the inventory of one of them as a file to play with, a
// hook by which to say that the file has changed, and a file for secrets.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readLocalSecrets } from './local-secrets.ts';
import { shown } from './shown.ts';

export interface SyncFiles {
  readonly folder: string;
  /** Read anew for every run, so that it can be edited as well. */
  readonly config: string;
  /** One address a line. */
  readonly inventory: string;
  /** Secrets of inventories and hooks that somebody wants to try. */
  readonly secretsFile: string;
  /** Files of an earlier run that somebody had changed. */
  readonly areFound: boolean;
  /** Secrets of inventories and hooks, by name: ours, and those of the file as it was at the start. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Which of them may go to which origin. */
  readonly bindings: readonly string[];
  /** Takes the folder away, unless somebody has changed what is in it. @returns whether it stays */
  close(): Promise<boolean>;
}

export const HOOK_KEY = 'not-a-real-hook-key';
export const HOOK_SECRET = 'sls-machine-groups/hooks/cmdb';

/** Kept equal to the file. */
export const FILE_GROUP = 'web-servers';
/** Kept equal to a list in the configuration. */
export const LISTED_GROUP = 'batch-workers';
/** Twelve machines: enough for the limits of groups of ten or more. */
export const MACHINES = Array.from({ length: 12 }, (_, index) => `10.0.1.${index + 11}`);

/**
 * Files of an earlier run that are still in the folder are used as they are: `close` has left them there.
 * @param taken names of secrets that the run has itself
 * @throws StartError for secrets that cannot be used
 */
export async function openSyncFiles(
  folder: string,
  project: string,
  taken: readonly string[],
): Promise<SyncFiles> {
  const config = join(folder, 'sync.json');
  const inventory = join(folder, 'machines.txt');
  const secretsFile = join(folder, 'secrets.json');
  const document = {
    owner: 'local',
    policy: 'sync',
    hooks: { cmdb: { scheme: 'generic', secretId: HOOK_SECRET } },
    groups: [
      {
        project,
        name: FILE_GROUP,
        identify: 'ip',
        topic: 'web',
        sources: [{ type: 'file', url: pathToFileURL(inventory).href, hook: 'cmdb' }],
      },
      {
        project,
        name: LISTED_GROUP,
        identify: 'userdefined',
        sources: [{ type: 'static', members: ['batch-a', 'batch-b'] }],
      },
    ],
  };
  const ours = new Map([
    [inventory, MACHINES.map((machine) => `${machine}\n`).join('')],
    [config, `${JSON.stringify(document, null, 2)}\n`],
    [secretsFile, '{}\n'],
  ]);
  const isChanged = async () => {
    const names = await readdir(folder);
    const texts = await Promise.all(
      [...ours.keys()].map((file) => readFile(file, 'utf8').catch(() => undefined)),
    );
    return names.length !== ours.size || [...ours.values()].some((text, index) => text !== texts[index]);
  };
  await mkdir(folder, { recursive: true });
  const areFound = (await readdir(folder)).length > 0 && (await isChanged());
  // What was taken away is written anew, and what is there stays.
  await Promise.all(
    [...ours].map(([file, text]) =>
      writeFile(file, text, { flag: 'wx', ...(file === secretsFile && { mode: 0o600 }) }).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        },
      ),
    ),
  );
  const given = readLocalSecrets(await readFile(secretsFile, 'utf8'), shown(secretsFile), [
    HOOK_SECRET,
    ...taken,
  ]);
  return {
    folder,
    config,
    inventory,
    secretsFile,
    areFound,
    secrets: { ...given.values, [HOOK_SECRET]: JSON.stringify({ current: HOOK_KEY }) },
    bindings: given.bindings,
    async close() {
      if (await isChanged().catch(() => false)) return true;
      await rm(folder, { recursive: true, force: true });
      return false;
    },
  };
}
