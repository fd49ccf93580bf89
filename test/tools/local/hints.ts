// What to do with a local run, a line each: commands to paste that are true of the configuration as it is.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { shown } from './shown.ts';
import { HOOK_KEY, HOOK_SECRET, type SyncFiles } from './sync-files.ts';

/** What is looked at here of a configuration that somebody may have written anew. */
interface Document {
  readonly hooks?: Readonly<Record<string, { readonly secretId?: unknown }>>;
  readonly groups?: readonly {
    readonly project?: unknown;
    readonly name?: unknown;
    readonly sources?: readonly { readonly type?: unknown; readonly url?: unknown }[];
  }[];
}

/** @param signs options by which curl signs, with a blank before them; empty where nothing has to be signed */
export async function syncHints(files: SyncFiles, port: number, signs: string): Promise<string[]> {
  const base = `http://127.0.0.1:${port}`;
  const sync = (mode: string) =>
    `curl -s${signs} ${base}/sync -H 'content-type: application/json' -H 'accept: text/markdown' -d '${JSON.stringify({ mode })}'`;
  const document = await documentIn(files.config);
  const group = groupOfFile(document, files.inventory);
  const [machine] = (await readFile(files.inventory, 'utf8').catch(() => '')).split('\n');
  const found = files.areFound ? ', as you left them: take the folder away to begin anew' : '';
  return [
    `sync: ${group === undefined ? '' : `${shown(files.inventory)} holds the machines of ${group}, `}${shown(files.config)} the configuration${found}`,
    `secrets: ${shown(files.secretsFile)} is for secrets of inventories and hooks (${Object.keys(files.secrets).length - 1} now), read when this starts`,
    `plan: ${sync('plan')}`,
    `apply: ${sync('apply')}`,
    // Escaped, because curl signs the query as it stands here.
    ...(group === undefined || !/^[\w.:-]+$/.test(machine ?? '')
      ? []
      : [
          `explain: curl -s${signs} '${base}/explain?group=${encodeURIComponent(group)}&machine=${encodeURIComponent(machine ?? '')}'`,
        ]),
    ...(document.hooks?.cmdb?.secretId === HOOK_SECRET ? [`hook: ${hookCommand(base)}`] : []),
    `status: ${base}/ shows in a browser how the groups stand${signs === '' ? '' : ', with IAM=off'}`,
  ];
}

/** Nothing where it is none: the first run says what is wrong. */
async function documentIn(file: string): Promise<Document> {
  try {
    return Object(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

/** The group that is kept equal to the file, as `project/name`. */
function groupOfFile({ groups }: Document, inventory: string): string | undefined {
  const { href } = pathToFileURL(inventory);
  const isOf = (source: unknown) => Object(source).type === 'file' && Object(source).url === href;
  const group = (Array.isArray(groups) ? groups : []).find(
    (one) => Array.isArray(one?.sources) && one.sources.some(isOf),
  );
  return group && `${group.project}/${group.name}`;
}

/** A shell command that signs a request to the hook and sends it. */
function hookCommand(base: string): string {
  return [
    `t=$(date +%s); body='{"changed":"machines"}'`,
    `s=$(printf '%s.%s' "$t" "$body" | openssl dgst -sha256 -hmac ${HOOK_KEY} | sed 's/.* //')`,
    `curl -i '${base}/hooks/cmdb' -H "x-signature-timestamp: $t" -H "x-signature: sha256=$s" -d "$body"`,
  ].join('; ');
}
