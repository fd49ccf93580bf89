// The sync functions with a configuration and an inventory that a test can change between two calls.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '../../lib/core/report/report.ts';
import type { StandInOptions } from '../support/standin/index.ts';
import type { Result } from './events.ts';
import { Functions } from './setup.ts';

export const PROJECT = 'ali-test-project';
export const MARK = 'sls-machine-groups/test-owner';

export class SyncFunctions implements AsyncDisposable {
  readonly functions: Functions;
  readonly #folder: string;
  readonly #server: Server;
  /** What the inventory server answers with: a list, or a status. Called once a reading. */
  inventory: () => readonly string[] | number = () => [];
  readings = 0;

  private constructor(functions: Functions, folder: string) {
    this.functions = functions;
    this.#folder = folder;
    this.#server = createServer((_, answer) => {
      this.readings += 1;
      const now = this.inventory();
      if (typeof now === 'number') answer.writeHead(now).end();
      else answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(now));
    });
  }

  static async start(options: StandInOptions = {}): Promise<SyncFunctions> {
    const folder = await mkdtemp(join(tmpdir(), 'sync-test-'));
    const sync = new SyncFunctions(await Functions.start(options), folder);
    await new Promise<void>((resolve) => sync.#server.listen(0, '127.0.0.1', resolve));
    return sync;
  }

  /** A source that asks the inventory server. */
  get httpSource() {
    const { port } = this.#server.address() as AddressInfo;
    return {
      type: 'http',
      url: `http://127.0.0.1:${port}/`,
      format: 'list',
      allowHttp: true,
      allowLoopback: true,
    };
  }

  group(name: string, changes: object = {}) {
    return { project: PROJECT, name, identify: 'ip', sources: [this.httpSource], ...changes };
  }

  async configure(document: object): Promise<void> {
    const whole = { owner: 'test-owner', policy: 'sync', ...document };
    await writeFile(join(this.#folder, 'sync.json'), JSON.stringify(whole));
  }

  /** Does something while there is no configuration to be read. */
  async withoutConfiguration<T>(work: () => Promise<T>): Promise<T> {
    const file = join(this.#folder, 'sync.json');
    await rename(file, `${file}.away`);
    try {
      return await work();
    } finally {
      await rename(`${file}.away`, file);
    }
  }

  load(
    name: 'sync' | 'sync-from-inventory' | 'sync-group' | 'explain' | 'hooks',
    env: Record<string, string> = {},
  ) {
    return this.functions.load(name, {
      SYNC_CONFIG: `file://${this.#folder}/sync.json`,
      IS_OFFLINE: 'true',
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
    this.#server.closeAllConnections();
    this.#server.close();
    await this.functions[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}

/** `10.0.0.1` to `10.0.0.n`. */
export function addresses(n: number): string[] {
  return Array.from({ length: n }, (_, index) => `10.0.${index >> 8}.${(index & 255) + 1}`);
}
