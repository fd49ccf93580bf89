// The real sync, client, signing and key cache on a simulated world.

import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import type { GroupConfig, SyncConfig } from '../../../lib/core/config/config.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import { decide } from '../../../lib/core/plan/decide.ts';
import { reportMarkdown } from '../../../lib/core/report/markdown.ts';
import { toWanted } from '../../../lib/inventory/members.ts';
import { sourceLabel } from '../../../lib/inventory/sources/open.ts';
import { accessKeySource } from '../../../lib/runtime/access-key.ts';
import { loggedError } from '../../../lib/runtime/log.ts';
import { onceDown, readMemory, remember } from '../../../lib/runtime/sync/memory.ts';
import type { Ports } from '../../../lib/runtime/sync/ports.ts';
import type { Publish } from '../../../lib/runtime/sync/tell.ts';
import { together } from '../../../lib/runtime/sync/together.ts';
import type { SyncRuntime } from '../../../lib/runtime/sync/wire.ts';
import { applying, PLAN_ONLY } from '../../../lib/runtime/sync/writers.ts';
import { createSlsClient } from '../../../lib/sls/client.ts';
import type { Cloud } from './cloud.ts';
import type { Inventory, Reader, Said, SharedReading } from './inventory.ts';
import type { Caller, Invocation } from './invocation.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { Reading, RunRecord } from './record.ts';
import type { Setting } from './setting.ts';
import { HOUR } from './spans.ts';
import type { Promised } from './violation.ts';

/** Puts something else in the place of a guard, to see whether anybody notices. */
export interface Sabotage {
  /** The promises to look at; all of them if not given. */
  readonly breaks?: readonly Promised[];
  readonly config?: (config: SyncConfig) => SyncConfig;
  readonly ports?: (ports: Ports, sleep: (ms: number) => Promise<void>) => Ports;
  readonly table?: (table: MemoryTable) => MemoryTable;
  readonly publish?: (publish: Publish) => Publish;
}

export interface ClientDeps extends Setting {
  readonly cloud: Cloud;
  readonly network: Network;
  readonly keys: Keys;
}

export interface RuntimeDeps extends ClientDeps {
  readonly sabotage: Sabotage;
  /** Runs what may find a promise broken. */
  readonly judge: (what: () => void) => void;
}

/** Part of the runs in which one reading serves all groups. */
const SHARED_RUNS = 0.2;

/** Milliseconds between two runs of the schedule. */
export const PERIOD = HOUR;

/**
 * What lib/runtime/sync/wire.ts makes of the real world, made of the simulated one.
 * @param current whose run it is, asked anew whenever something takes time
 */
export function createSimRuntime(
  deps: RuntimeDeps,
  current: () => Invocation,
  offsetMs: number,
): SyncRuntime {
  const { time, cloud, scenario, sabotage, dice, output } = deps;
  const { config } = scenario;
  const now = () => time.now() + offsetMs;
  const sls = clientOf(deps, current, offsetMs);
  const sleep = (ms: number) => current().wait(ms);
  const opened = deps.memory.open(current, offsetMs);
  const table = sabotage.table?.(opened) ?? opened;
  const memory = { table, now, log: output.log };
  let leases = 0;
  const lookedThrough = new Map<string, number>();
  return {
    environment: {
      configLocation: 'ssm:///simulated',
      configBucketOwner: undefined,
      local: false,
      workQueueUrl: undefined,
      inventoryQueueUrl: undefined,
      deadLetterQueueUrl: undefined,
      readingsBucket: undefined,
      topicArn: undefined,
      table: 'simulated',
      approvers: 1,
      periodMs: PERIOD,
      secretBindings: [],
      inventoryEndpoints: new Set(),
      metricsService: 'simulated',
    },
    loadConfig: async () => {
      await sleep(dice.between(1, 50));
      return sabotage.config?.(config) ?? config;
    },
    ports: (mode, due) => {
      const { record, wait } = current();
      const writing = applying(sleep, {
        table,
        clock: () => ({ now: now(), elapsed: time.now() }),
        newHolder: () => `run ${record.id}, lease ${++leases}`,
        onKept: (error) => output.log('warn', 'lease.kept', { error: loggedError(error) }),
        due,
        onDown: onceDown(output.log),
      });
      // Begun by the first group that asks.
      const isShared = !scenario.isPeaceful && dice.chance(SHARED_RUNS);
      let begun: SharedReading | undefined;
      const shared = () => {
        if (!isShared) return undefined;
        begun ??= { takenAt: now(), over: wait(dice.between(5, 30_000)).then(() => time.now()) };
        return begun;
      };
      const ports: Ports = {
        wanted: (group) => readWanted(group, record, { wait, now, shared: shared() }, deps),
        sls: (_group, observe) => sls.with({ due, observe }),
        decide,
        ...(mode === 'plan' ? PLAN_ONLY : writing),
        memory: (groups) => readMemory(groups, mode, due, memory),
        remember: mode === 'apply' ? (decision) => remember(decision, due, memory) : undefined,
        due,
        now,
      };
      const shown = async () => ({ combinations: [], without: 0 });
      return { ...(sabotage.ports?.(ports, sleep) ?? ports), shown };
    },
    watching: (due) => {
      const { record } = current();
      const publish: Publish = async ({ subject, message }) => {
        await sleep(dice.between(1, 50));
        output.say(message);
        if (!scenario.isPeaceful && dice.chance(0.02)) {
          record.toldInVain = true;
          deps.tally.count('notices lost');
          throw new Error('the topic takes no notice');
        }
        deps.judge(() => deps.tellings.publish(subject, message, record, time.now(), deps.memory));
        deps.tally.count('notices');
      };
      return {
        table,
        sls: () => sls.with({ due }),
        lookedThrough,
        where: '--stage simulated',
        periodMs: PERIOD,
        now,
        log: output.log,
        due,
        publish: sabotage.publish?.(publish) ?? publish,
      };
    },
    metrics: {
      recordScheduled() {},
      record: (report) => {
        current().record.report = report;
        // What a notice would say.
        if (report.status !== 'ok') output.say(reportMarkdown(report));
      },
    },
    log: output.log,
    now,
    newRunId: () => `run-${current().record.id}-${cloud.moment()}`,
    ready: async () => {},
  };
}

export function clientOf(
  { time, dice, cloud, network, keys }: ClientDeps,
  current: () => Caller & Pick<Invocation, 'wait'>,
  offsetMs: number,
) {
  const now = () => time.now() + offsetMs;
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
      now,
    }),
    transport: network.transport(current),
    limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 25_000 },
    now,
    random: dice.next,
    sleep: (ms) => current().wait(ms),
    clock: { offsetMs: 0 },
  });
}

/** A group's wanted set from all of its simulated sources. */
async function readWanted(
  group: GroupConfig,
  record: RunRecord,
  reader: Reader,
  { inventories: all, cloud, ledger }: RuntimeDeps,
) {
  const reading: Reading = { complete: true, beganAt: reader.shared?.takenAt ?? reader.now() };
  const round = record.group(group.key).begin(reading);
  const inventories = all.get(group.key) ?? [];
  const heard: (Said | undefined)[] = [];
  const over = (said: Said | undefined) => {
    heard.push(said);
    if (heard.length < inventories.length) return;
    reading.endedAt = cloud.moment();
    note(reading, heard);
    if (record.mode === 'apply') ledger.noteReading(group.key, { run: record, round });
  };
  const snapshots = await together(
    group.sources.map((settings, index) =>
      (inventories[index] as Inventory).open(sourceLabel(index, settings), reader, over).snapshot(),
    ),
  );
  return toWanted(snapshots, group);
}

/** What a group's readings come to: a union, whole if every one of them is; nothing if one of them failed. */
function note(reading: Reading, heard: readonly (Said | undefined)[]): void {
  reading.complete = heard.every((said) => said?.complete);
  if (heard.every((said) => said !== undefined)) {
    reading.members = new Set(heard.flatMap((said) => [...said.members]));
  }
}
