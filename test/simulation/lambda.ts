// The function as Lambda runs it: warm processes that keep their client, its key and its clock, one run at a
// time in each, and a deadline at which a process is killed with whatever it was doing.

import { createHash } from 'node:crypto';
import type { SyncConfig } from '../../lib/core/config.ts';
import { sourceLabel } from '../../lib/core/source-config.ts';
import { memberPolicy, toWanted } from '../../lib/inventory/address.ts';
import { accessKeySource } from '../../lib/runtime/access-key.ts';
import { Calls } from '../../lib/runtime/sync/calls.ts';
import { syncEventFunction } from '../../lib/runtime/sync/event-function.ts';
import type { Ports } from '../../lib/runtime/sync/reconcile.ts';
import { together } from '../../lib/runtime/sync/together.ts';
import type { SyncRuntime } from '../../lib/runtime/sync/wire.ts';
import { applying, PLAN_ONLY } from '../../lib/runtime/sync/writers.ts';
import { createSlsClient } from '../../lib/sls/client.ts';
import { parseEndpoint } from '../../lib/sls/endpoint.ts';
import type { Caller, Cloud } from './cloud.ts';
import type { Dice } from './dice.ts';
import type { Inventory, Said } from './inventory.ts';
import type { Journal } from './journal.ts';
import type { Keys } from './keys.ts';
import { type Approved, type Reading, RunRecord } from './record.ts';
import type { Tally } from './tally.ts';
import type { VirtualTime } from './time.ts';
import type { Promised } from './violation.ts';

/** Puts something else in the place of a guard, to see whether anybody notices. */
export interface Sabotage {
  /** The promises to look at; all of them if not given. */
  readonly breaks?: readonly Promised[];
  readonly config?: (config: SyncConfig) => SyncConfig;
  readonly ports?: (ports: Ports) => Ports;
}

export interface LambdaDeps {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly tally: Tally;
  readonly journal: Journal;
  readonly cloud: Cloud;
  readonly keys: Keys;
  readonly config: SyncConfig;
  /** The inventories of a group, one for each of its sources. */
  readonly inventories: (key: string) => readonly Inventory[];
  readonly sabotage: Sabotage;
}

export interface Order {
  readonly event: unknown;
  readonly mode?: 'plan' | 'apply';
  readonly approved?: Approved | undefined;
  /** Milliseconds until Lambda kills it. */
  readonly budgetMs: number;
  /** Killed when it is called back for this time. */
  readonly killAfter?: number;
}

export type End =
  | { readonly how: 'returned'; readonly value: unknown }
  | { readonly how: 'threw'; readonly error: unknown }
  | { readonly how: 'killed' };

interface Process {
  readonly handler: ReturnType<typeof syncEventFunction>;
  current: Invocation | undefined;
}

/** One invocation on its way. */
class Invocation implements Caller {
  readonly record: RunRecord;
  readonly #time: VirtualTime;
  readonly #killAfter: number;
  readonly #onKill: () => void;
  #resumed = 0;

  constructor(record: RunRecord, time: VirtualTime, killAfter: number, onKill: () => void) {
    this.record = record;
    this.#time = time;
    this.#killAfter = killAfter;
    this.#onKill = onKill;
  }

  resume(next: () => void): void {
    if (this.record.killed) return;
    this.#resumed += 1;
    if (this.#resumed === this.#killAfter) this.kill();
    else next();
  }

  kill(): void {
    if (this.record.killed || this.record.over) return;
    this.record.killed = true;
    this.#onKill();
  }

  readonly wait = (ms: number): Promise<void> =>
    new Promise((resolve) => this.#time.at(this.#time.now() + ms, () => this.resume(resolve)));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export class Lambda {
  readonly #deps: LambdaDeps;
  readonly #idle: Process[] = [];
  #runs = 0;
  /** Invocations that are neither over nor killed. */
  active = 0;

  constructor(deps: LambdaDeps) {
    this.#deps = deps;
  }

  invoke(order: Order, onEnd: (record: RunRecord, end: End) => void): void {
    const { time, tally, journal } = this.#deps;
    this.#runs += 1;
    const record = new RunRecord(this.#runs, order.mode ?? 'apply', order.approved, time.now());
    const process = this.#idle.pop() ?? this.#start();
    const killedAt = time.now() + order.budgetMs;
    const over = (end: End) => {
      journal.note(() => `run ${record.id} ${end.how}`);
      tally.count(`run ${end.how}`);
      this.active -= 1;
      onEnd(record, end);
    };
    const invocation = new Invocation(record, time, order.killAfter ?? 0, () => over({ how: 'killed' }));
    process.current = invocation;
    this.active += 1;
    time.at(killedAt, () => invocation.kill());
    journal.note(() => `run ${record.id} begins (${record.mode})`);
    const finish = (end: End) => {
      record.over = true;
      process.current = undefined;
      this.#idle.push(process);
      over(end);
    };
    process.handler(order.event, { getRemainingTimeInMillis: () => killedAt - time.now() }).then(
      (value) => finish({ how: 'returned', value }),
      (error: unknown) => finish({ how: 'threw', error }),
    );
  }

  #start(): Process {
    const process: Process = { handler: syncEventFunction(() => runtime), current: undefined };
    const runtime = this.#runtime(() => process.current as Invocation);
    return process;
  }

  /** What lib/runtime/sync/wire.ts makes of the real world, made of the simulated one. */
  #runtime(current: () => Invocation): SyncRuntime {
    const { time, cloud, config, sabotage, dice } = this.#deps;
    const sls = this.#client(current);
    const sleep = (ms: number) => current().wait(ms);
    return {
      environment: {
        configLocation: 'file:///simulated',
        workQueueUrl: undefined,
        deadLetterQueueUrl: undefined,
        topicArn: undefined,
        metricsService: 'simulated',
      },
      loadConfig: async () => {
        await sleep(dice.between(1, 50));
        return sabotage.config?.(config) ?? config;
      },
      ports: (mode, timeLeft) => {
        const { record, wait } = current();
        const ports: Ports = {
          wanted: (group) => this.#wanted(group, record, wait),
          calls: () => new Calls(sls, timeLeft),
          ...(mode === 'plan' ? PLAN_ONLY : applying(sleep)),
          sha256,
          now: time.now,
        };
        return sabotage.ports?.(ports) ?? ports;
      },
      sha256,
      metrics: {
        record: (report) => {
          current().record.report = report;
        },
      },
      log: () => {},
      now: time.now,
      newRunId: () => `run-${current().record.id}-${cloud.moment()}`,
      ready: async () => {},
    };
  }

  #client(current: () => Invocation) {
    const { time, dice, cloud, keys } = this.#deps;
    return createSlsClient({
      destination: {
        endpoint: parseEndpoint(`https://${cloud.service.settings.endpoint}`),
        signature: dice.chance(0.2) ? 'v4' : 'v1',
        region: cloud.service.settings.region,
      },
      credentials: accessKeySource({
        secretId: 'simulated',
        read: async () => {
          await current().wait(dice.between(5, 100));
          return keys.read();
        },
        ttlMs: 300_000,
        staleMs: 3_600_000,
        now: time.now,
      }),
      transport: cloud.transport(current),
      limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 25_000 },
      now: time.now,
      random: dice.next,
      sleep: (ms) => current().wait(ms),
      clock: { offsetMs: 0 },
    });
  }

  async #wanted(group: SyncConfig['groups'][number], record: RunRecord, wait: (ms: number) => Promise<void>) {
    const reading: Reading = { complete: true };
    record.group(group.key).readings.push(reading);
    const inventories = this.#deps.inventories(group.key);
    const heard: (Said | undefined)[] = [];
    const over = (said: Said | undefined) => {
      heard.push(said);
      if (heard.length < inventories.length) return;
      reading.endedAt = this.#deps.cloud.moment();
      note(reading, heard);
    };
    const snapshots = await together(
      group.sources.map((settings, index) =>
        (inventories[index] as Inventory).open(sourceLabel(index, settings), wait, over).snapshot(),
      ),
    );
    return toWanted(snapshots, memberPolicy(group));
  }
}

/** What a group's readings come to: a union, whole if every one of them is; nothing if one of them failed. */
function note(reading: Reading, heard: readonly (Said | undefined)[]): void {
  reading.complete = heard.every((said) => said?.complete);
  if (heard.every((said) => said !== undefined)) {
    reading.members = new Set(heard.flatMap((said) => [...said.members]));
  }
}
