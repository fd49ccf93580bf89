// A function with a good world around it: groups, configs, hooks, an inventory; and what a call to it did.
import { vi } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { NO_GROUP } from '../../lib/core/memory/group.ts';
import { groupId } from '../../lib/core/memory/known.ts';
import { changeItem, seenIn } from '../../lib/runtime/sync/items.ts';
import type { Result } from '../functions/events.ts';
import { lambdaContext } from '../functions/events.ts';
import { SyncFunctions } from '../functions/sync-setup.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { CONFIG, GROUP, HOOK, HOOK_SECRET, HOOK_SECRET_VALUE } from './samples.ts';
import { watcher } from './watch.ts';

export interface Outcome {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
  /** Writes that took effect. */
  readonly writes: number;
  /** What the function wrote to stdout. */
  readonly output: string;
}

/** Functions that can do nothing without a memory. */
const KEPT_IN_MEMORY = ['ack', 'unack'];

export type Handler = (event: unknown, context: typeof lambdaContext) => Promise<unknown>;

export class World implements AsyncDisposable {
  readonly sync: SyncFunctions;
  #memory: LocalDynamo | undefined;
  /** Whether the function that was loaded last uses it. */
  #isKept = false;
  /** What was written to stdout since the last reset. */
  output = '';

  private constructor(sync: SyncFunctions) {
    this.sync = sync;
    const look = watcher();
    // In place of what the set-up does with it: every byte counts here.
    vi.mocked(process.stdout.write).mockImplementation((chunk) => {
      look(chunk);
      this.output += String(chunk);
      return true;
    });
  }

  static async start(): Promise<World> {
    const world = new World(await SyncFunctions.start());
    const { sync } = world;
    sync.inventory = () => ['10.0.0.1'];
    sync.functions.secrets.put(HOOK_SECRET, HOOK_SECRET_VALUE);
    await sync.configure({
      hooks: { [HOOK]: { scheme: 'generic', secretId: HOOK_SECRET } },
      groups: [sync.group('synced', { sources: [{ ...sync.httpSource, hook: HOOK }] })],
    });
    return world;
  }

  async load(name: string, env: Record<string, string> = {}): Promise<Handler> {
    this.#isKept = KEPT_IN_MEMORY.includes(name);
    const memory = this.#isKept ? await this.#remember() : {};
    return this.sync.load(name as Parameters<SyncFunctions['load']>[0], { ...memory, ...env });
  }

  /** A memory in which the group needs attention, and somebody knows. */
  async #remember(): Promise<Record<string, string>> {
    this.#memory ??= await startDynamo();
    const { url, client } = this.#memory;
    const table = openTable({
      table: TABLE,
      now: Date.now,
      random: Math.random,
      sleep: async () => {},
      client,
    });
    const code = 'refused share';
    const key = `${PROJECT}/synced`;
    const due = Date.now() + 10_000;
    const seen = seenIn((await table.read([groupId(key)], due)).get(groupId(key)));
    const known = () => ({
      ...NO_GROUP,
      verdict: { is: 'attention' as const, since: 1, code, says: 'too many would go' },
      ack: { who: 'somebody', reason: 'known', at: 1, until: 2, code },
    });
    await changeItem(key, seen, known, due, table);
    table.close();
    return { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: url };
  }

  /** The same world for every call. */
  reset(): void {
    const { standIn } = this.sync.functions;
    const group = (groupName: string, externalName: string) => ({
      groupName,
      groupType: '',
      machineIdentifyType: 'ip',
      groupAttribute: { groupTopic: 'kept', externalName },
      machineList: ['10.0.0.1', '10.0.0.2'],
      createTime: 1_447_178_253,
      lastModifyTime: 1_447_178_253,
    });
    const groups = standIn.groups(PROJECT);
    groups.clear();
    groups.set(GROUP, group(GROUP, ''));
    groups.set('synced', { ...group('synced', MARK), machineList: ['10.0.0.1'] });
    standIn.configs(PROJECT).add(CONFIG);
    standIn.forgetRequests();
    this.output = '';
  }

  /** What a call comes to; one that rejects is told by the log line that every request leaves. */
  async call(handler: Handler, event: unknown): Promise<Outcome> {
    this.reset();
    if (this.#isKept) await this.#remember();
    const answer = await handler(event, lambdaContext).catch((error: Error) => error);
    const { writes } = this.sync;
    const output = this.output;
    if (answer instanceof Error) {
      const { status = 0 } = linesOf(output).findLast(({ event }) => event === 'request') ?? {};
      return {
        status: Number(status),
        code: answer.name,
        message: answer.message,
        writes: writes.length,
        output,
      };
    }
    const { statusCode = 200, body = '' } = Object(answer) as Partial<Result>;
    const { errorCode, errorMessage = '' } = statusCode < 400 ? {} : JSON.parse(body);
    return { status: statusCode, code: errorCode, message: errorMessage, writes: writes.length, output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sync[Symbol.asyncDispose]();
    await this.#memory?.[Symbol.asyncDispose]();
  }
}

/** @throws when a line is not one JSON object, or there is something behind the last line break */
export function linesOf(output: string): Record<string, unknown>[] {
  const lines = output.split('\n');
  if (lines.pop() !== '') throw new Error('the last line does not end');
  return lines.map((line) => {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error(`no object: ${line}`);
    return value as Record<string, unknown>;
  });
}
