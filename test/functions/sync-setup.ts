// The sync functions with a configuration and an inventory that a test can change between two calls.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { openTable } from '../../lib/aws/dynamodb.ts';
import type { StoredApproval } from '../../lib/core/memory/approvals.ts';
import { deploymentChange, newDeployment } from '../../lib/core/memory/deployment.ts';
import { type GroupItem, groupChange, NO_GROUP } from '../../lib/core/memory/group.ts';
import { DEPLOYMENT_ID, groupId } from '../../lib/core/memory/known.ts';
import { revisionOf } from '../../lib/core/memory/table.ts';
import { newMemory, type RemovalMemory } from '../../lib/core/removal/memory.ts';
import { DAY, HOUR } from '../../lib/core/removal/settings.ts';
import type { RunReport } from '../../lib/core/report/report.ts';
import { type LoopbackServer, openLoopback } from '../support/loopback.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { OWNER, PROJECT } from '../support/names.ts';
import type { StandInOptions } from '../support/standin/index.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import type { Result } from './events.ts';
import { Functions } from './setup.ts';

export class SyncFunctions implements AsyncDisposable {
  readonly functions: Functions;
  readonly #folder: TemporaryFolder;
  #server!: LoopbackServer;
  #dynamo: LocalDynamo | undefined;
  /** What the inventory server answers with: a list, or a status. Called once a reading. */
  inventory: () => readonly string[] | number = () => [];
  /** What it answers with instead, where a test says. */
  document: (() => object) | undefined;
  readings = 0;

  private constructor(functions: Functions, folder: TemporaryFolder) {
    this.functions = functions;
    this.#folder = folder;
  }

  static async start(options: StandInOptions = {}): Promise<SyncFunctions> {
    const sync = new SyncFunctions(await Functions.start(options), temporaryFolder('sync-test'));
    const server = createServer((_, answer) => {
      sync.readings += 1;
      const now = sync.inventory();
      if (typeof now === 'number') answer.writeHead(now).end();
      else
        answer
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(sync.document?.() ?? now));
    });
    sync.#server = await openLoopback(server);
    return sync;
  }

  get #file(): string {
    return join(this.#folder.path, 'sync.json');
  }

  /** A source that asks the inventory server. */
  get httpSource() {
    return {
      type: 'http',
      url: `http://${this.#server.address}/`,
      format: 'list',
      allowHttp: true,
      allowLoopback: true,
    };
  }

  group(name: string, changes: object = {}) {
    return { project: PROJECT, name, identify: 'ip', sources: [this.httpSource], ...changes };
  }

  async configure(document: object): Promise<void> {
    const whole = { owner: OWNER, policy: 'sync', ...document };
    await writeFile(this.#file, JSON.stringify(whole));
  }

  /** The configuration as it stands. */
  configuration(): Promise<string> {
    return readFile(this.#file, 'utf8');
  }

  /** What sends a function to the memory, once there is one. */
  get memoryEnv(): Record<string, string> {
    return this.#dynamo ? { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: this.#dynamo.url } : {};
  }

  /** Does something while there is no configuration to be read. */
  async withoutConfiguration<T>(work: () => Promise<T>): Promise<T> {
    const file = this.#file;
    await rename(file, `${file}.away`);
    try {
      return await work();
    } finally {
      await rename(`${file}.away`, file);
    }
  }

  /**
   * Gives the runs a memory in which these members have been missing from a group for two hours, and which is a month
   * old; with approvals, if any.
   */
  async remember(
    name: string,
    missing: readonly string[],
    approvals: readonly StoredApproval[] = [],
    more: Partial<GroupItem> = {},
  ): Promise<void> {
    this.#dynamo ??= await startDynamo();
    const now = Date.now();
    const table = openTable({
      table: TABLE,
      now: Date.now,
      random: Math.random,
      sleep: async () => {},
      client: this.#dynamo.client,
    });
    const entry = { since: now - 2 * HOUR, readings: 3 };
    const removal: RemovalMemory = {
      ...newMemory(now - 30 * DAY),
      missing: new Map(missing.map((member) => [member, entry])),
    };
    const due = now + 10_000;
    const item = groupChange(undefined, { ...NO_GROUP, removal, approvals, ...more });
    const epoch = deploymentChange(undefined, newDeployment(now - 30 * DAY));
    for (const [id, change] of [
      [groupId(`${PROJECT}/${name}`), item],
      [DEPLOYMENT_ID, epoch],
    ] as const) {
      const known = (await table.read([id], due)).get(id);
      if (change) await table.write(id, change, revisionOf(known), due);
    }
  }

  /** For functions that are loaded by themselves, and for clients; there once something is remembered. */
  get memory(): { readonly env: Record<string, string>; readonly client: LocalDynamo['client'] } {
    if (this.#dynamo === undefined) throw new Error('nothing is remembered yet');
    return { env: this.memoryEnv, client: this.#dynamo.client };
  }

  load(
    name:
      | 'sync'
      | 'sync-from-inventory'
      | 'sync-group'
      | 'plan'
      | 'explain'
      | 'status'
      | 'hooks'
      | 'approve-removals'
      | 'list-approvals'
      | 'revoke-approval'
      | 'coverage'
      | 'get-coverage'
      | 'ack'
      | 'unack'
      | 'freeze'
      | 'unfreeze'
      | 'history'
      | 'restore'
      | 'retire',
    env: Record<string, string> = {},
  ) {
    return this.functions.load(name, {
      SYNC_CONFIG: `file://${this.#file}`,
      IS_OFFLINE: 'true',
      ...this.memoryEnv,
      ...env,
    });
  }

  /** POST /sync, with the report it answers with. */
  async sync(
    handler: Awaited<ReturnType<Functions['load']>>,
    request: object,
    headers: Record<string, string> = {},
  ): Promise<{ result: Result; report: RunReport }> {
    const result = await this.functions.http(handler, {
      method: 'POST',
      path: '/sync',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(request),
    });
    const isJson = result.headers['content-type'] === 'application/json';
    return { result, report: isJson ? JSON.parse(result.body) : undefined };
  }

  /** Members of a group as the stand-in has them, sorted. */
  members(name: string): string[] {
    const list = this.functions.standIn.groups(PROJECT).get(name)?.machineList ?? [];
    return [...list].sort();
  }

  /** Operations that wrote. */
  get writes(): string[] {
    return this.functions.standIn.requests
      .filter(({ method, status }) => method !== 'GET' && status === 200)
      .map(({ operation }) => operation as string);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    await this.#dynamo?.[Symbol.asyncDispose]();
    await this.functions[Symbol.asyncDispose]();
    this.#folder.remove();
  }
}
