// The deployed sync in virtual time: both functions, the queues between them with the figures of serverless.yml, a schedule,
// events, and an inventory that fails, hangs or lags as a test says.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../../lib/build/bundle.ts';
import { parseSyncConfig } from '../../../lib/core/config/config.ts';
import { decide } from '../../../lib/core/plan/decide.ts';
import { FUNCTION_SECONDS, VISIBILITY_SECONDS } from '../../../lib/core/time/timeouts.ts';
import { syncEventFunction } from '../../../lib/runtime/sync/event-function.ts';
import { NO_MEMORY } from '../../../lib/runtime/sync/memory.ts';
import type { Ports } from '../../../lib/runtime/sync/ports.ts';
import type { SyncRuntime } from '../../../lib/runtime/sync/wire.ts';
import { batchesFor, enqueueWork, type Queues } from '../../../lib/runtime/sync/work-queue.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { EventSource, Executions, invokeLater } from '../../support/queue/lambda.ts';
import { Queue } from '../../support/queue/queue.ts';
import { event } from '../../unit/core/events.ts';
import { definitionOf, OWNER, wanted } from '../../unit/core/values.ts';
import { VirtualTime } from '../simulation/time.ts';

export const PERIOD_SECONDS = 300;
const PROJECT = 'ali-test-project';
const INVENTORY_URL = 'https://queues.example/inventory';
const WORK_URL = 'https://queues.example/work.fifo';
/** As EventBridge sends it. */
const CHANGE = JSON.stringify(event('ec2-state-running'));

const yaml = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
/** A figure under a queue's event source, a queue or a parameter. */
function figure(after: string, name: string): number {
  const [, value] = new RegExp(`${after}[\\s\\S]*?\\b${name}: (\\d+)`).exec(yaml) ?? [];
  if (value === undefined) throw new Error(`serverless.yml has no ${name} after ${after}`);
  return Number(value);
}
const SOURCES = {
  inventory: {
    batchSize: figure('arn: !GetAtt SyncInventoryQueue', 'batchSize'),
    windowSeconds: figure('params:', 'eventWindow'),
    maximumConcurrency: figure('arn: !GetAtt SyncInventoryQueue', 'maximumConcurrency'),
  },
  work: {
    batchSize: figure('arn: !GetAtt SyncWorkQueue', 'batchSize'),
    maximumConcurrency: figure('arn: !GetAtt SyncWorkQueue', 'maximumConcurrency'),
  },
};
const RECEIVES = {
  inventory: figure('SyncInventoryQueue:\\n', 'maxReceiveCount'),
  work: figure('SyncWorkQueue:\\n', 'maxReceiveCount'),
};

export interface Options {
  readonly groups: number;
  readonly fanOutAbove: number;
  /** Concurrent executions reserved for sync-from-inventory. */
  readonly reserved?: number;
  /** What a reading of an inventory takes: one a run, for all of its groups. */
  readonly readingSeconds?: number;
  /** What a call of SLS takes. */
  readonly slsSeconds?: number;
}

export class World {
  readonly time = new VirtualTime(1_790_000_000_000);
  readonly #start = this.time.now();
  /** Seconds after the start at which each group's inventory was read. */
  readonly looks = new Map<string, number[]>();
  /** The same for the begin of each scheduled run, under when it was due. */
  readonly ticks = new Map<number, number>();
  /** What an inventory says at a second: members, or nothing that can be relied on. */
  inventory: (group: string, second: number) => readonly string[] | 'fails' | 'hangs' = () => [];
  readonly members = new Map<string, readonly string[]>();
  /** Seconds after the start at which a group was written, with what is in it since. */
  readonly writes: { readonly key: string; readonly second: number; readonly members: readonly string[] }[] =
    [];
  /** Begins of runs that events set off, and of those that look again. */
  readonly runs: { events: number[]; rechecks: number[] } = { events: [], rechecks: [] };
  readonly deadLetters: Queue;
  readonly workDeadLetters: Queue;
  readonly events: Queue;
  readonly work: Queue;
  readonly keys: readonly string[];
  readonly #functions: { readonly inventory: Executions; readonly group: Executions };
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    const { now } = this.time;
    const names = Array.from({ length: options.groups }, (_, index) => `group-${index}`);
    this.keys = names.map((name) => `${PROJECT}/${name}`);
    this.deadLetters = new Queue({ now });
    this.workDeadLetters = new Queue({ now, fifo: true });
    const redrive = (maxReceiveCount: number, deadLetters: Queue) => ({ maxReceiveCount, deadLetters });
    this.events = new Queue({
      now,
      visibilitySeconds: VISIBILITY_SECONDS.inventory,
      redrive: redrive(RECEIVES.inventory, this.deadLetters),
    });
    this.work = new Queue({
      now,
      fifo: true,
      visibilitySeconds: VISIBILITY_SECONDS.work,
      redrive: redrive(RECEIVES.work, this.workDeadLetters),
    });
    this.#functions = {
      inventory: new Executions(
        this.#invoked(FUNCTION_SECONDS.syncFromInventory, WORK_URL),
        options.reserved,
      ),
      group: new Executions(this.#invoked(FUNCTION_SECONDS.syncGroup, undefined)),
    };
  }

  get second(): number {
    return (this.time.now() - this.#start) / 1000;
  }

  at(second: number, what: () => void): void {
    this.time.at(this.#start + second * 1000, what);
  }

  /** A tick each period, the first at `from`. */
  schedule(until: number, from = 0): void {
    for (let due = from; due <= until; due += PERIOD_SECONDS) {
      const event = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {}, id: `${due}` };
      this.at(due, () => invokeLater(this.#functions.inventory, event, PERIOD_SECONDS, this.time));
    }
  }

  /** An instance has changed: every group may be concerned. */
  change(): void {
    this.events.send({ body: CHANGE });
  }

  /** A hook has told of a change: the groups are handed to workers, without a window. */
  async hook(): Promise<void> {
    const { groups } = this.#config();
    const sendAll: Queues['sendAll'] = async (_url, messages) => {
      for (const message of messages) this.work.send(message);
    };
    const batches = batchesFor(groups, groups, () => 'event');
    await enqueueWork({ sendAll }, WORK_URL, `hook at ${this.time.now()}`, batches);
  }

  async live(until: number): Promise<void> {
    const { inventory, group } = this.#functions;
    const end = this.#start + until * 1000;
    new EventSource(this.events, inventory, SOURCES.inventory, this.time).start(end);
    new EventSource(this.work, group, SOURCES.work, this.time).start(end);
    await this.time.pass(end);
  }

  /** A function that Lambda ends at its timeout. */
  #invoked(seconds: number, workQueueUrl: string | undefined) {
    const sendAll = async (url: string, messages: readonly { body: string }[]) => {
      const queue = url === WORK_URL ? this.work : this.events;
      for (const message of messages) queue.send(message);
    };
    const handler = syncEventFunction(
      () => this.#runtime(workQueueUrl),
      async () => ({ sendAll }) as unknown as Queues,
    );
    return async (event: unknown) => {
      const { id, Records } = event as { id?: string; Records?: readonly { body: string }[] };
      if (workQueueUrl !== undefined && Records) {
        const { events, rechecks } = this.runs;
        (Records.some(({ body }) => body === CHANGE) ? events : rechecks).push(this.second);
      }
      if (id !== undefined && !this.ticks.has(Number(id))) this.ticks.set(Number(id), this.second);
      const end = this.time.now() + seconds * 1000;
      const timeout = this.time.sleep(seconds * 1000).then(() => Promise.reject(new Error('timed out')));
      return Promise.race([
        handler(event, { getRemainingTimeInMillis: () => end - this.time.now() }),
        timeout,
      ]);
    };
  }

  #config() {
    const { groups, fanOutAbove } = this.#options;
    const sources = [{ type: 'ec2', regions: ['eu-central-1'], all: true }];
    const named = Array.from({ length: groups }, (_, index) => ({
      project: PROJECT,
      name: `group-${index}`,
      identify: 'ip',
      sources,
    }));
    return parseSyncConfig({ owner: OWNER, policy: 'sync', fanOutAbove, groups: named });
  }

  #runtime(workQueueUrl: string | undefined): SyncRuntime {
    const { time } = this;
    const config = this.#config();
    const environment = { workQueueUrl, inventoryQueueUrl: INVENTORY_URL };
    const ports = () => ({
      wanted: this.#reader(),
      sls: () => this.#sls(),
      decide,
      ...applying(time.sleep),
      memory: async () => NO_MEMORY,
      now: time.now,
    });
    return {
      environment,
      loadConfig: async () => config,
      ports: ports as unknown as () => Ports,
      watching: () => ({ table: undefined, now: time.now, log: () => {} }),
      metrics: { record: () => {}, recordScheduled: () => {} },
      log: () => {},
      now: time.now,
      newRunId: () => `run at ${time.now()}`,
      ready: async () => {},
    } as unknown as SyncRuntime;
  }

  /** Of one run: whoever asks first begins the reading, and all see what was there then. */
  #reader() {
    let began: number | undefined;
    let reading: Promise<void> | undefined;
    return async ({ key }: { readonly key: string }) => {
      began ??= this.second;
      this.looks.set(key, [...(this.looks.get(key) ?? []), this.second]);
      const said = this.inventory(key, began);
      reading ??= this.time.sleep((this.#options.readingSeconds ?? 1) * 1000);
      await reading;
      if (said === 'hangs') return new Promise<never>(() => {});
      if (said === 'fails') throw new Error('the inventory cannot be read');
      return wanted(said);
    };
  }

  #sls(): SlsClient {
    const answer = () => this.time.sleep((this.#options.slsSeconds ?? 0) * 1000);
    const client = {
      with: () => client,
      getMachineGroup: async (project: string, groupName: string) => {
        await answer();
        return { value: definitionOf(this.members.get(`${project}/${groupName}`) ?? [], { groupName }) };
      },
      updateMachineGroup: async (
        project: string,
        definition: { groupName: string; machineList: string[] },
      ) => {
        await answer();
        const key = `${project}/${definition.groupName}`;
        this.members.set(key, definition.machineList);
        this.writes.push({ key, second: this.second, members: definition.machineList });
      },
    };
    return client as unknown as SlsClient;
  }
}
