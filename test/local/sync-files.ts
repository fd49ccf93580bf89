// What the local run syncs: a configuration with one group, its inventory as a file to play with, and a hook by
// which to say that the file has changed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SyncFiles extends AsyncDisposable {
  readonly config: string;
  /** One address a line. */
  readonly inventory: string;
  /** Secrets of the hooks, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

export const HOOK_KEY = 'not-a-real-hook-key';
const HOOK_SECRET = 'sls-machine-groups/hooks/cmdb';
export const SYNCED_GROUP = 'synced-machine-group';

export async function writeSyncFiles(project: string): Promise<SyncFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'sls-machine-groups-'));
  const config = join(folder, 'sync.json');
  const inventory = join(folder, 'machines.txt');
  await writeFile(inventory, '10.0.0.1\n10.0.0.2\n');
  const document = {
    owner: 'local',
    policy: 'sync',
    hooks: { cmdb: { scheme: 'generic', secretId: HOOK_SECRET } },
    groups: [
      {
        project,
        name: SYNCED_GROUP,
        identify: 'ip',
        sources: [{ type: 'file', url: `file://${inventory}`, hook: 'cmdb' }],
      },
    ],
  };
  await writeFile(config, `${JSON.stringify(document, null, 2)}\n`);
  return {
    config,
    inventory,
    secrets: { [HOOK_SECRET]: JSON.stringify({ current: HOOK_KEY }) },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** A shell command that signs a request to the hook and sends it. */
export function hookCommand(port: number): string {
  return [
    `t=$(date +%s); body='{"changed":"machines"}'`,
    `s=$(printf '%s.%s' "$t" "$body" | openssl dgst -sha256 -hmac ${HOOK_KEY} | sed 's/.* //')`,
    `curl -i 'http://127.0.0.1:${port}/hooks/cmdb' -H "x-signature-timestamp: $t" -H "x-signature: sha256=$s" -d "$body"`,
  ].join('; ');
}
