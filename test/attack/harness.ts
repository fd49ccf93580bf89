// A function with a good world around it: groups, configs, hooks, an inventory; and what a call to it did.
import { gzipSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import { keyOf } from '../../lib/core/history/key.ts';
import { type HistoryRecord, RECORD_VERSION } from '../../lib/core/history/record.ts';
import type { Result } from '../functions/events.ts';
import { lambdaContext } from '../functions/events.ts';
import { SyncFunctions } from '../functions/sync-setup.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { BUCKET, type LocalS3, startS3 } from '../support/s3.ts';
import {
  APPROVAL,
  CONFIG,
  GROUP,
  HOOK,
  HOOK_SECRET,
  HOOK_SECRET_VALUE,
  MISSING,
  RUN,
  SHRUNK,
} from './samples.ts';
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

export type Handler = (event: unknown, context: typeof lambdaContext) => Promise<unknown>;

export class World implements AsyncDisposable {
  readonly sync: SyncFunctions;
  /** Of the functions that keep something in it, once one of them is loaded. */
  #memory: LocalDynamo | undefined;
  /** Its writes when it was last as every call finds it. */
  #writesBefore = -1;
  /** Of the functions that read it. */
  #history: LocalS3 | undefined;
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
      groups: [
        sync.group('synced', { sources: [{ ...sync.httpSource, hook: HOOK }] }),
        // Nothing is written to it, whoever syncs all groups.
        sync.group('shrunk', { policy: 'observe' }),
      ],
    });
    return world;
  }

  async load(name: string, env: Record<string, string> = {}): Promise<Handler> {
    if (!/approv|ack$|freeze$|^get-coverage$|^status$|^retire$/.test(name)) {
      // What another function was given does not stay.
      const all = { SYNC_TABLE: '', HISTORY_BUCKET: '', ...env };
      if (name === 'history' || name === 'restore') {
        this.#history ??= await startHistory();
        const ours = { HISTORY_BUCKET: BUCKET, AWS_ENDPOINT_URL_S3: this.#history.url, SYNC_TABLE: TABLE };
        Object.assign(all, ours);
      }
      return this.sync.load(name as Parameters<SyncFunctions['load']>[0], all);
    }
    this.#memory ??= await startDynamo();
    await this.#resetMemory(this.#memory);
    const memory = { AWS_ENDPOINT_URL_DYNAMODB: this.#memory.url, SYNC_TABLE: TABLE };
    return this.sync.load(name as Parameters<SyncFunctions['load']>[0], { ...memory, ...env });
  }

  /** One approval in the memory, a group that needs attention and that somebody knows of, and a freeze, whatever was there. */
  async #resetMemory(memory: LocalDynamo): Promise<void> {
    if (memory.writes === this.#writesBefore) return;
    const at = Date.now();
    const words = { who: 'somebody', reason: 'it is gone' };
    const approval = { id: APPROVAL, removals: [MISSING], ...words, at, until: at + 3_600_000 };
    const code = 'refused day-limit';
    const verdict = { is: 'attention', since: 1, code, says: 'too many would go' };
    const client = new DynamoDBClient(memory.client);
    const items = [
      { id: `group ${SHRUNK}`, approvals: [approval] },
      { id: 'deployment', freezes: [{ group: `${PROJECT}/synced`, ...words, until: at + 3_600_000 }] },
      { id: `group ${PROJECT}/synced`, verdict, ack: { ...words, at: 1, until: 2, code } },
    ];
    for (const { id, ...fields } of items) {
      const texts = Object.entries(fields).map(([name, value]) => [name, { S: JSON.stringify(value) }]);
      const Item = { id: { S: id }, version: { N: '1' }, revision: { N: '1' } };
      const all = { ...Item, ...Object.fromEntries(texts) };
      await client.send(new PutItemCommand({ TableName: TABLE, Item: all }));
    }
    client.destroy();
    this.#writesBefore = memory.writes;
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
    groups.set('shrunk', { ...group('shrunk', MARK), machineList: ['10.0.0.1', MISSING] });
    groups.set('orphan', group('orphan', MARK));
    groups.set('synced', { ...group('synced', MARK), machineList: ['10.0.0.1'] });
    standIn.configs(PROJECT).add(CONFIG);
    standIn.forgetRequests();
    this.output = '';
  }

  /** What a call comes to; one that rejects is told by the log line that every request leaves. */
  async call(handler: Handler, event: unknown): Promise<Outcome> {
    this.reset();
    if (this.#memory) await this.#resetMemory(this.#memory);
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
    await Promise.all([
      this.sync[Symbol.asyncDispose](),
      this.#memory?.[Symbol.asyncDispose](),
      this.#history?.[Symbol.asyncDispose](),
    ]);
  }
}

/** One run, after which the group is as it was before. */
async function startHistory(): Promise<LocalS3> {
  const s3 = await startS3();
  const members = ['10.0.0.1', '10.0.0.2'];
  const before = { identify: 'ip', type: '', topic: 'kept', mark: '' };
  const change = {
    group: `${PROJECT}/${GROUP}`,
    outcome: 'written' as const,
    before,
    members,
    came: [],
    went: [],
  };
  const at = '2026-02-03T04:05:06.000Z';
  const record: HistoryRecord = { version: RECORD_VERSION, run: RUN, at, what: 'a test', changes: [change] };
  s3.objects.set(keyOf(record), gzipSync(JSON.stringify(record)));
  return s3;
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
