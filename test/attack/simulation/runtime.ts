// The real sync, client, signing and key cache on a simulated world.

import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import type { GroupConfig, SyncConfig } from '../../../lib/core/config/config.ts';
import { decide } from '../../../lib/core/plan/decide.ts';
import { reportMarkdown } from '../../../lib/core/report/markdown.ts';
import { toWanted } from '../../../lib/inventory/members.ts';
import { sourceLabel } from '../../../lib/inventory/sources/open.ts';
import { accessKeySource } from '../../../lib/runtime/access-key.ts';
import type { Ports } from '../../../lib/runtime/sync/reconcile.ts';
import { together } from '../../../lib/runtime/sync/together.ts';
import type { SyncRuntime } from '../../../lib/runtime/sync/wire.ts';
import { applying, PLAN_ONLY } from '../../../lib/runtime/sync/writers.ts';
import { createSlsClient } from '../../../lib/sls/client.ts';
import type { Cloud } from './cloud.ts';
import type { Inventory, Said } from './inventory.ts';
import type { Invocation } from './invocation.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { Reading, RunRecord } from './record.ts';
import type { Setting } from './setting.ts';
import type { Promised } from './violation.ts';

/** Puts something else in the place of a guard, to see whether anybody notices. */
export interface Sabotage {
  /** The promises to look at; all of them if not given. */
  readonly breaks?: readonly Promised[];
  readonly config?: (config: SyncConfig) => SyncConfig;
  readonly ports?: (ports: Ports) => Ports;
}

export interface RuntimeDeps extends Setting {
  readonly cloud: Cloud;
  readonly network: Network;
  readonly keys: Keys;
  readonly sabotage: Sabotage;
}

/**
 * What lib/runtime/sync/wire.ts makes of the real world, made of the simulated one.
 * @param current whose run it is, asked anew whenever something takes time
 */
export function createSimRuntime(deps: RuntimeDeps, current: () => Invocation): SyncRuntime {
  const { time, cloud, scenario, sabotage, dice, output } = deps;
  const { config } = scenario;
  const sls = clientOf(deps, current);
  const sleep = (ms: number) => current().wait(ms);
  return {
    environment: {
      configLocation: 'ssm:///simulated',
      configBucketOwner: undefined,
      local: false,
      workQueueUrl: undefined,
      deadLetterQueueUrl: undefined,
      topicArn: undefined,
      table: undefined,
      periodMs: undefined,
      secretBindings: [],
      metricsService: 'simulated',
    },
    loadConfig: async () => {
      await sleep(dice.between(1, 50));
      return sabotage.config?.(config) ?? config;
    },
    ports: (mode, due) => {
      const { record, wait } = current();
      const ports: Ports = {
        wanted: (group) => readWanted(group, record, wait, deps),
        sls: (_group, observe) => sls.with({ due, observe }),
        decide,
        ...(mode === 'plan' ? PLAN_ONLY : applying(sleep)),
        now: time.now,
      };
      return sabotage.ports?.(ports) ?? ports;
    },
    watching: (due) => ({
      table: undefined,
      sls: () => sls.with({ due }),
      lookedThrough: new Map(),
      periodMs: undefined,
      now: time.now,
      log: output.log,
      due,
    }),
    metrics: {
      recordScheduled() {},
      record: (report) => {
        current().record.report = report;
        // What a notice would say.
        if (report.status !== 'ok') output.say(reportMarkdown(report));
      },
    },
    log: output.log,
    now: time.now,
    newRunId: () => `run-${current().record.id}-${cloud.moment()}`,
    ready: async () => {},
  };
}

function clientOf({ time, dice, cloud, network, keys }: RuntimeDeps, current: () => Invocation) {
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
    transport: network.transport(current),
    limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 25_000 },
    now: time.now,
    random: dice.next,
    sleep: (ms) => current().wait(ms),
    clock: { offsetMs: 0 },
  });
}

/** A group's wanted set from all of its simulated sources. */
async function readWanted(
  group: GroupConfig,
  record: RunRecord,
  wait: (ms: number) => Promise<void>,
  { inventories: all, cloud }: RuntimeDeps,
) {
  const reading: Reading = { complete: true };
  record.group(group.key).readings.push(reading);
  const inventories = all.get(group.key) ?? [];
  const heard: (Said | undefined)[] = [];
  const over = (said: Said | undefined) => {
    heard.push(said);
    if (heard.length < inventories.length) return;
    reading.endedAt = cloud.moment();
    note(reading, heard);
  };
  const snapshots = await together(
    group.sources.map((settings, index) =>
      (inventories[index] as Inventory).open(sourceLabel(index, settings), wait, over).snapshot(),
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
