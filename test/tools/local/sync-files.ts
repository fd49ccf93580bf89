// What the local run syncs: a configuration with two groups, the inventory of one of them as a file to play with, a
// hook by which to say that the file has changed, and commands to paste.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shown } from './shown.ts';

export interface SyncFiles {
  readonly folder: string;
  /** Read anew for every run, so that it can be edited as well. */
  readonly config: string;
  /** One address a line. */
  readonly inventory: string;
  /** Files of an earlier run that somebody had changed. */
  readonly areFound: boolean;
  /** Secrets of the hooks, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Takes the folder away, unless somebody has changed what is in it. @returns whether it stays */
  close(): Promise<boolean>;
}

export const HOOK_KEY = 'not-a-real-hook-key';
const HOOK_SECRET = 'sls-machine-groups/hooks/cmdb';

/** Kept equal to the file. */
export const FILE_GROUP = 'web-servers';
/** Kept equal to a list in the configuration. */
export const LISTED_GROUP = 'batch-workers';
/** Twelve machines: enough for the limits of groups of ten or more. */
export const MACHINES = Array.from({ length: 12 }, (_, index) => `10.0.1.${index + 11}`);

/** Files of an earlier run that are still in the folder are used as they are: `close` has left them there. */
export async function openSyncFiles(folder: string, project: string): Promise<SyncFiles> {
  const config = join(folder, 'sync.json');
  const inventory = join(folder, 'machines.txt');
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
      writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      }),
    ),
  );
  return {
    folder,
    config,
    inventory,
    areFound,
    secrets: { [HOOK_SECRET]: JSON.stringify({ current: HOOK_KEY }) },
    async close() {
      if (await isChanged().catch(() => false)) return true;
      await rm(folder, { recursive: true, force: true });
      return false;
    },
  };
}

/**
 * What to do with them, a line each.
 * @param signs options by which curl signs, with a blank before them; empty where nothing has to be signed
 */
export function syncHints(
  { config, inventory, areFound }: SyncFiles,
  port: number,
  project: string,
  signs: string,
): string[] {
  const base = `http://127.0.0.1:${port}`;
  const sync = (body: object, accept: string) =>
    `curl -s${signs} ${base}/sync -H 'content-type: application/json' -H 'accept: ${accept}' -d '${JSON.stringify(body)}'`;
  const [machine = ''] = MACHINES;
  const [list, document] = [inventory, config].map(shown);
  const found = areFound ? ', both as you left them: take the folder away to begin anew' : '';
  return [
    `sync: ${list} holds the machines of ${project}/${FILE_GROUP}, ${document} the configuration${found}`,
    `plan: ${sync({ mode: 'plan' }, 'text/markdown')}`,
    `apply: ${sync({ mode: 'apply' }, 'text/markdown')}`,
    // Escaped, because curl signs the query as it stands here.
    `explain: curl -s${signs} '${base}/explain?group=${project}%2F${FILE_GROUP}&machine=${machine}'`,
    `hook: ${hookCommand(base)}`,
    `status: ${base}/ shows in a browser how the groups stand${signs === '' ? '' : ', with IAM=off'}`,
  ];
}

/** A shell command that signs a request to the hook and sends it. */
function hookCommand(base: string): string {
  return [
    `t=$(date +%s); body='{"changed":"machines"}'`,
    `s=$(printf '%s.%s' "$t" "$body" | openssl dgst -sha256 -hmac ${HOOK_KEY} | sed 's/.* //')`,
    `curl -i '${base}/hooks/cmdb' -H "x-signature-timestamp: $t" -H "x-signature: sha256=$s" -d "$body"`,
  ].join('; ');
}
