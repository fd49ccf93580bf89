// The built sync function in a process that can be killed, with a service and an inventory that outlive it.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { RunReport } from '../../lib/core/report/report.ts';
import { SCHEDULE } from '../functions/events.ts';
import { addresses } from '../support/addresses.ts';
import { type LambdaFunction, startFunction } from '../support/lambda/function.ts';
import { type LoopbackServer, openLoopback } from '../support/loopback.ts';
import { MARK, OWNER, PROJECT } from '../support/names.ts';
import { bundlesTo } from '../support/run/ask.ts';
import { DEFAULT_KEY, type StandIn, type StoredGroup, startStandIn } from '../support/standin/index.ts';
import { type SecretsServer, startSecretsServer } from '../support/standin/secrets.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const NAME = 'sync-from-inventory';

export const machines = (net: number, count: number, from = 0) => addresses(count, { net, from });

interface Case {
  readonly settings?: object;
  /** The group before; none is there without it. */
  readonly before?: Partial<StoredGroup>;
  readonly wanted: readonly string[];
}

const ours = (changes: Partial<StoredGroup> = {}): Partial<StoredGroup> => ({
  groupType: 'Armory',
  groupAttribute: { groupTopic: 'kept', externalName: MARK },
  ...changes,
});

/** One group for each way of writing. */
const CASES: Readonly<Record<string, Case>> = {
  made: { wanted: machines(1, 3) },
  full: {
    before: ours({ machineList: machines(2, 20) }),
    wanted: [...machines(2, 19), ...machines(2, 2, 100)],
  },
  adopted: {
    settings: { adopt: true, topic: 'ours' },
    before: { groupType: 'Armory', machineList: machines(4, 5) },
    wanted: machines(4, 5),
  },
};

const stored = (groupName: string, changes: Partial<StoredGroup> = {}): StoredGroup => ({
  groupName,
  groupType: '',
  machineIdentifyType: 'ip',
  groupAttribute: { groupTopic: '', externalName: '' },
  machineList: [],
  createTime: 1_447_178_253,
  lastModifyTime: 1_447_178_253,
  ...changes,
});
const FOREIGN = stored('foreign', { machineList: ['10.9.0.1'] });

export class KillableSync implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  readonly sls: StandIn;
  readonly #secrets: SecretsServer;
  readonly #env: Readonly<Record<string, string>>;
  #inventory!: LoopbackServer;
  #next: LambdaFunction | undefined;
  /** The process under way. */
  running!: LambdaFunction;

  private constructor(
    folder: TemporaryFolder,
    sls: StandIn,
    secrets: SecretsServer,
    env: Readonly<Record<string, string>>,
  ) {
    this.#folder = folder;
    this.#env = env;
    this.sls = sls;
    this.#secrets = secrets;
  }

  /** @param env beside what every sync function has */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<KillableSync> {
    const folder = temporaryFolder('killed');
    const sls = await startStandIn({ projects: [PROJECT] });
    const secrets = await startSecretsServer({ secrets: { 'access-key': JSON.stringify(DEFAULT_KEY) } });
    const sync = new KillableSync(folder, sls, secrets, env);
    await bundlesTo(join(folder.path, '.build'), NAME);
    const inventory = createServer(({ url = '' }, answer) => {
      const { wanted = [] } = CASES[url.slice(1)] ?? {};
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wanted));
    });
    sync.#inventory = await openLoopback(inventory);
    const { address } = sync.#inventory;
    const source = { type: 'http', format: 'list', allowHttp: true, allowLoopback: true };
    const groups = Object.entries(CASES).map(([name, { settings }]) => ({
      project: PROJECT,
      name,
      identify: 'ip',
      ...settings,
      sources: [{ ...source, url: `http://${address}/${name}` }],
    }));
    await sync.configure({ groups });
    sync.#next = await sync.#spawn();
    await sync.restart();
    return sync;
  }

  async configure(document: object): Promise<void> {
    // One group after the other, so that the n-th request is the same one in every run.
    const config = { owner: OWNER, policy: 'sync', concurrency: 1, ...document };
    await writeFile(join(this.#folder.path, 'sync.json'), JSON.stringify(config));
  }

  #spawn(): Promise<LambdaFunction> {
    return startFunction(this.#folder.path, NAME, {
      SLS_SECRET_ID: 'access-key',
      SLS_ENDPOINT: `http://${this.sls.endpoint}`,
      SLS_CONNECT_TO: `${this.sls.host}:${this.sls.port}`,
      SYNC_CONFIG: `file://${this.#folder.path}/sync.json`,
      IS_OFFLINE: 'true',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.#secrets.url,
      ...this.#env,
    });
  }

  /** Takes the process that was started ahead, and starts another one for the next time. */
  async restart(): Promise<void> {
    this.running = this.#next as LambdaFunction;
    this.#next = await this.#spawn();
  }

  /** SIGKILL, as Lambda ends an environment: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    const killed = this.running;
    // First, so that whoever sees that one end finds the next.
    await this.restart();
    await killed[Symbol.asyncDispose]();
  }

  /** @throws whatever the function ended with, or that it was killed */
  run(): Promise<RunReport> {
    return this.running.invoke(SCHEDULE) as Promise<RunReport>;
  }

  reset(): void {
    this.sls.faults.clear();
    const groups = this.sls.groups(PROJECT);
    groups.clear();
    groups.set('foreign', FOREIGN);
    for (const [name, { before }] of Object.entries(CASES))
      if (before) groups.set(name, stored(name, before));
    this.sls.forgetRequests();
  }

  /** Writes that took effect. */
  get writes(): string[] {
    return this.sls.requests
      .filter(({ method, status }) => method !== 'GET' && status === 200)
      .map(({ operation, path }) => `${operation} ${path}`);
  }

  /** What is wrong with the groups at any moment: something lost or doubled, or another's touched. */
  harm(): string[] {
    return this.#compare(({ before, wanted }, machineList) => {
      const had = new Set(before?.machineList ?? []);
      const may = new Set([...had, ...wanted]);
      const lost = wanted.filter((machine) => had.has(machine) && !machineList.includes(machine));
      return [
        ...lost.map((machine) => `lost ${machine}`),
        ...machineList.filter((machine) => !may.has(machine)).map((machine) => `made up ${machine}`),
      ];
    });
  }

  /** What keeps the groups from being what the inventory says. */
  missing(): string[] {
    return this.#compare(({ before, wanted }, machineList) => {
      // There is no memory here, so what is missing waits.
      const whole = new Set([...(before?.machineList ?? []), ...wanted]);
      return [...machineList].sort().join() === [...whole].sort().join() ? [] : ['is not what is wanted'];
    });
  }

  #compare(check: (group: Case, machineList: readonly string[]) => string[]): string[] {
    const groups = this.sls.groups(PROJECT);
    const wrong: string[] = [];
    if (JSON.stringify(groups.get('foreign')) !== JSON.stringify(FOREIGN)) wrong.push('foreign: changed');
    if (groups.size > Object.keys(CASES).length + 1) wrong.push('a group too many');
    for (const [name, group] of Object.entries(CASES)) {
      const now = groups.get(name);
      if (!now) {
        if (group.before) wrong.push(`${name}: deleted`);
        else wrong.push(...check(group, []).map((what) => `${name}: ${what}`));
        continue;
      }
      const { machineList } = now;
      if (new Set(machineList).size !== machineList.length) wrong.push(`${name}: a machine twice`);
      if (group.before && now.groupType !== 'Armory') wrong.push(`${name}: lost its type`);
      if (group.before?.groupAttribute && now.groupAttribute.groupTopic !== 'kept')
        wrong.push(`${name}: lost its topic`);
      if (group.before && now.createTime !== 1_447_178_253) wrong.push(`${name}: made anew`);
      wrong.push(...check(group, machineList).map((what) => `${name}: ${what}`));
    }
    return wrong;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running[Symbol.asyncDispose]();
    await this.#next?.[Symbol.asyncDispose]();
    await Promise.all([this.#inventory.close(), this.sls.close(), this.#secrets.close()]);
    this.#folder.remove();
  }
}
