// The real sync, client, signing and key cache on a simulated world.

import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import type { GroupConfig, SyncConfig } from '../../../lib/core/config/config.ts';
import { NO_GROUP } from '../../../lib/core/memory/group.ts';
import type { Known } from '../../../lib/core/memory/known.ts';
import { decide } from '../../../lib/core/plan/decide.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import { reportMarkdown } from '../../../lib/core/report/markdown.ts';
import { toWanted } from '../../../lib/inventory/members.ts';
import { sourceLabel } from '../../../lib/inventory/sources/open.ts';
import { accessKeySource } from '../../../lib/runtime/access-key.ts';
import type { Ports } from '../../../lib/runtime/sync/ports.ts';
import { together } from '../../../lib/runtime/sync/together.ts';
import type { SyncRuntime } from '../../../lib/runtime/sync/wire.ts';
import { applying, PLAN_ONLY } from '../../../lib/runtime/sync/writers.ts';
import { createSlsClient } from '../../../lib/sls/client.ts';
import type { Cloud } from './cloud.ts';
import type { Inventory, Said } from './inventory.ts';
import type { Invocation } from './invocation.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { Approved, Reading, RunRecord } from './record.ts';
import { membersOf } from './rules.ts';
import type { SimGroup } from './scenario.ts';
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
      inventoryQueueUrl: undefined,
      deadLetterQueueUrl: undefined,
      topicArn: undefined,
      table: undefined,
      approvers: 1,
      periodMs: undefined,
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
      const ports: Ports = {
        wanted: (group) => readWanted(group, record, wait, deps),
        sls: (_group, observe) => sls.with({ due, observe }),
        // Each group of this world has an inventory of its own, whatever its settings say.
        decide: (examined, _breaker, only) => decide(examined, undefined, only),
        ...(mode === 'plan' ? PLAN_ONLY : applying(sleep)),
        memory: async () => (key) => patient(key, record.approved, deps),
        due,
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

/** A memory for which all that is missing has been missing for a month, with what a person has approved. */
function patient(key: string, approved: Approved | undefined, { time, cloud, scenario }: RuntimeDeps): Known {
  const now = time.now();
  const group = scenario.groups.get(key) as SimGroup;
  const members = [...group.machines.all, ...membersOf(cloud.groups.get(group.config.name), group)];
  const entry = { since: now - MONTH, readings: 9 };
  const removal = { ...newMemory(now - MONTH), missing: new Map(members.map((member) => [member, entry])) };
  const removals = approved?.plan?.key === key ? [...approved.plan.removed] : [];
  const approval = {
    id: 'a1',
    removals,
    who: 'a person',
    reason: 'looked at it',
    at: now,
    until: now + MONTH,
  };
  const item = { ...NO_GROUP, removal, approvals: [approval] };
  return { state: 'known', item, revision: 0, removal, isNew: false };
}

const MONTH = 30 * 86_400_000;

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
