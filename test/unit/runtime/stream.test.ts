// A run of many groups, in time that passes only when all wait for it: groups are written as they come, and only those from
// which something could go wait for the others.
import { describe, expect, test } from 'vitest';
import type { GroupConfig } from '../../../lib/core/config/config.ts';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { deploymentFields, newDeployment } from '../../../lib/core/memory/deployment.ts';
import { groupFields, NO_GROUP } from '../../../lib/core/memory/group.ts';
import { DEPLOYMENT_ID, groupId } from '../../../lib/core/memory/known.ts';
import { decide } from '../../../lib/core/plan/decide.ts';
import { type Missing, newMemory } from '../../../lib/core/removal/memory.ts';
import type { RunReport } from '../../../lib/core/report/report.ts';
import { changeItem, seenIn } from '../../../lib/runtime/sync/items.ts';
import { readMemory, remember } from '../../../lib/runtime/sync/memory.ts';
import type { Ports } from '../../../lib/runtime/sync/ports.ts';
import { reconcile } from '../../../lib/runtime/sync/reconcile.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { VirtualTime } from '../../attack/simulation/time.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';
import { row } from '../core/removal/drive.ts';
import { definitionOf, groupConfig, machines, NOW, wanted } from '../core/values.ts';

const HOUR = 3_600_000;
const MONTH = 720 * HOUR;
const FOREVER = Number.POSITIVE_INFINITY;
const ANSWER_MS = 1_000;

interface Group {
  readonly has: readonly string[];
  readonly wants: readonly string[];
  /** Missing from it for two hours. */
  readonly ripe?: readonly string[];
  /** Missing from it for an hour a second from now. */
  readonly ripening?: readonly string[];
  /** Missing from it since the last run. */
  readonly fresh?: readonly string[];
  /** Whoever sends heartbeats. */
  readonly heard?: readonly string[];
}

class World {
  readonly time = new VirtualTime(NOW);
  readonly table = new InMemoryTable();
  readonly now = new Map<string, MachineGroup>();
  readonly calls: string[] = [];
  /** Groups that were read at one time. */
  mostUnderWay = 0;
  readonly #underWay = new Set<string>();
  /** Called before a group is written. */
  onWrite: (name: string) => Promise<unknown> = async () => {};
  readonly groups: readonly GroupConfig[];
  readonly #given: Readonly<Record<string, Group>>;
  #writes = 0;
  #holders = 0;

  constructor(given: Readonly<Record<string, Group>>) {
    this.#given = given;
    this.groups = Object.keys(given).map((name) => groupConfig({ name, safety: { removeAfter: 3_600 } }));
    this.#put(DEPLOYMENT_ID, deploymentFields(newDeployment(NOW - MONTH)));
    for (const [name, { has, ripe = [], ripening = [], fresh = [] }] of Object.entries(given)) {
      this.now.set(name, definitionOf(has, { groupName: name }));
      const seen = { hostId: '', uniqueId: '', heartbeat: 0, at: NOW - 600_000 };
      const missing = new Map<string, Missing>([
        ...ripe.map((member) => [member, { since: NOW - 2 * HOUR, readings: 9, seen }] as const),
        ...ripening.map((member) => [member, { since: NOW - HOUR + 1_000, readings: 9, seen }] as const),
        ...fresh.map((member) => [member, { since: NOW - 300_000, readings: 1 }] as const),
      ]);
      const removal = { ...newMemory(NOW - MONTH), readingAt: NOW - 300_000, missing };
      this.#put(groupId(this.group(name).key), groupFields({ ...NO_GROUP, removal }));
    }
  }
  #put(id: string, fields: object) {
    this.table.items.set(id, { ...fields, revision: 1 });
  }
  group(name: string): GroupConfig {
    const found = this.groups.find((group) => group.name === name);
    if (!found) throw new Error(`no group ${name}`);
    return found;
  }
  members(name: string): readonly string[] {
    return this.now.get(name)?.machineList ?? [];
  }
  item(name: string) {
    return seenIn(this.table.items.get(groupId(this.group(name).key)));
  }

  /** @param read what a reading says that began at `at`; that of each group where it says nothing */
  run(
    names: readonly string[] = Object.keys(this.#given),
    {
      at = NOW,
      read = {},
      concurrency = 1,
      places,
    }: {
      at?: number;
      read?: Readonly<Record<string, readonly string[]>>;
      concurrency?: number;
      places?: (project: string) => number;
    } = {},
  ): Promise<RunReport> {
    const now = this.time.now;
    const deps = { table: this.table, now, log: () => {} };
    const fail = (error: unknown) => {
      throw error;
    };
    const ports: Ports = {
      wanted: async ({ name }, anew) =>
        wanted(read[name] ?? this.#given[name]?.wants ?? [], { takenAt: anew ? now() : at }),
      sls: ({ name }) => this.#client(name),
      places,
      decide,
      ...applying(this.time.sleep, {
        table: this.table,
        clock: () => ({ now: now(), elapsed: now() }),
        newHolder: () => `holder ${++this.#holders}`,
        onKept: fail,
        onDown: fail,
        due: FOREVER,
      }),
      memory: (groups) => readMemory(groups, 'apply', FOREVER, deps),
      remember: (decision) => remember(decision, FOREVER, deps),
      due: FOREVER,
      now,
    };
    const groups = names.map((name) => this.group(name));
    const config = { concurrency, groups: this.groups };
    return reconcile({ runId: 'run', trigger: 'a test', mode: 'apply', config, groups }, ports);
  }

  /** Lets time pass until it is done. */
  async done<T>(work: Promise<T>): Promise<T> {
    await this.time.pass(this.time.now() + HOUR);
    return work;
  }

  #client(name: string): SlsClient {
    const client = {
      with: () => client,
      getMachineGroup: async () => {
        this.calls.push(`read ${name}`);
        this.#underWay.add(name);
        this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay.size);
        await this.time.sleep(ANSWER_MS);
        this.#underWay.delete(name);
        return { value: this.now.get(name), requestId: 'ID' };
      },
      listAllMachines: async () => {
        await this.time.sleep(ANSWER_MS);
        const { has = [], heard = has } = this.#given[name] ?? {};
        return { value: heard.map((ip) => row(ip, this.time.now())), answeredAt: this.time.now() };
      },
      updateMachineGroup: async (_: string, { machineList }: MachineGroup) => {
        this.calls.push(`write ${name}`);
        await this.onWrite(name);
        await this.time.sleep(ANSWER_MS);
        this.#writes += 1;
        const before = this.now.get(name) as MachineGroup;
        this.now.set(name, { ...before, machineList, lastModifyTime: 1_700_001_000 + this.#writes });
        return { value: undefined, requestId: 'ID' };
      },
    };
    return client as unknown as SlsClient;
  }
}

const stays = (group: number) => machines(20, 1_000 * group);
const changing = (group: number): Group => ({
  has: stays(group),
  wants: [...stays(group), `10.9.9.${group}`],
});
const GONE = '10.8.8.8';

describe('groups are written as they come', () => {
  test('one that grows is written, and reported, before the next is read', async () => {
    const world = new World({ a: changing(1), b: changing(2), c: changing(3) });
    const { groups } = await world.done(world.run());
    expect(groups.map(({ group, status }) => [group, status])).toEqual([
      ['ali-test-project/a', 'written'],
      ['ali-test-project/b', 'written'],
      ['ali-test-project/c', 'written'],
    ]);
    const firsts = ['write a', 'read b', 'write b', 'read c', 'write c'].map((call) =>
      world.calls.indexOf(call),
    );
    expect(firsts).toEqual(firsts.toSorted((one, other) => one - other));
  });

  test('who has just gone missing keeps nothing waiting; what is ripe waits until all are read', async () => {
    const world = new World({
      ripe: { has: [...stays(1), GONE], wants: stays(1), ripe: [GONE], heard: stays(1) },
      fresh: { has: [...stays(2), '10.7.7.7'], wants: changing(2).wants, fresh: ['10.7.7.7'] },
      last: changing(3),
    });
    await world.done(world.run());
    const [ripe, fresh, read] = ['write ripe', 'write fresh', 'read last'].map((call) =>
      world.calls.indexOf(call),
    );
    expect(fresh).toBeLessThan(read as number);
    expect(ripe).toBeGreaterThan(read as number);
    expect(world.members('ripe')).toEqual(stays(1));
  });

  test('a machine that another group has goes as moved, though that group was done before or is read after', async () => {
    const mover: Group = { has: [...stays(1), GONE], wants: stays(1), ripe: [GONE] };
    const has = [...stays(2), GONE];
    for (const order of [
      { taker: { has, wants: has }, mover },
      { mover, taker: { has, wants: has } },
    ]) {
      const world = new World(order);
      const report = await world.done(world.run());
      const left = report.groups.find(({ group }) => group.endsWith('mover'));
      expect(left?.leaving).toMatchObject([{ class: 'moved', members: [GONE] }]);
      expect(world.members('mover')).toEqual(stays(1));
      expect(world.members('taker')).toEqual(has);
    }
  });

  test('and stays where that group is losing it as well, or overlaps', async () => {
    for (const other of [
      { has: [...stays(2), GONE], wants: stays(2) },
      {
        has: [...stays(2), GONE, ...stays(1).slice(0, 1)],
        wants: [...stays(2), GONE, ...stays(1).slice(0, 1)],
      },
    ]) {
      const world = new World({
        other,
        mover: { has: [...stays(1), GONE], wants: stays(1), ripe: [GONE] },
      });
      await world.done(world.run());
      expect(world.members('mover')).toContain(GONE);
    }
  });

  test('a breaker counts groups that are done: what they lack, and what they have', async () => {
    // All of them have the same sources, and so one reading.
    const silent: Group = { has: [...stays(1), GONE], wants: stays(1), ripe: [GONE], heard: [] };
    const lacking = machines(12, 5_000);
    const lacks: Group = { has: [...stays(2), ...lacking], wants: stays(2), fresh: lacking, heard: [] };
    const world = new World({ lacks, silent });
    const { groups } = await world.done(world.run());
    expect(groups[1]?.refusals).toMatchObject([{ code: 'breaker' }]);
    expect(groups[1]?.refusals[0]?.says).toContain('13 of 53 machines in the 2 groups');
    expect(world.members('silent')).toContain(GONE);

    const many = { has: machines(40, 9_000), wants: machines(40, 9_000) };
    const among = new World({ lacks, silent, many });
    await among.done(among.run());
    expect(among.members('silent')).not.toContain(GONE);
  });

  test('whoever is asked to look again, and could remove by then, waits for the others', async () => {
    const { wants } = changing(1);
    const world = new World({
      first: { has: [...stays(1), GONE], wants, ripening: [GONE] },
      taker: { has: [...stays(2), GONE], wants: [...stays(2), GONE] },
    });
    let asks = 0;
    world.onWrite = async (name) => {
      if (name !== 'first' || asks++ > 0) return;
      const { key } = world.group(name);
      await changeItem(key, world.item(name), (item) => ({ ...item, again: NOW }), FOREVER, world.table);
    };
    const { groups } = await world.done(world.run());
    expect(groups[0]).toMatchObject({
      status: 'written',
      additions: { members: ['10.9.9.1'] },
      leaving: [{ class: 'moved', members: [GONE] }],
    });
    expect(world.members('first')).toEqual(wants);
  });
});

test.each([
  [8, 4],
  [2, 2],
  [1, 1],
])('with %i places in their project, of four groups at a time %i are worked on', async (places, most) => {
  const world = new World(Object.fromEntries([1, 2, 3, 4, 5, 6].map((at) => [`g${at}`, changing(at)])));
  const { counts } = await world.done(world.run(undefined, { concurrency: 4, places: () => places }));
  expect(counts.byStatus.written).toBe(6);
  expect(world.mostUnderWay).toBe(most);
});

describe('a reading that took long is old when the last group is decided', () => {
  const late = { has: [...stays(1), GONE], wants: stays(1), ripe: [GONE], heard: [] };
  const others = Object.fromEntries([2, 3, 4].map((at) => [`g${at}`, changing(at)]));

  test('by itself it removes what is ripe', async () => {
    const world = new World({ ...others, late });
    await world.done(world.run());
    expect(world.members('late')).toEqual(stays(1));
  });

  test('a newer one that was acted on meanwhile keeps what it wants, and what was added on it', async () => {
    const added = '10.6.6.6';
    // The other run comes at any moment of this one: it may be before its look at the group, after it, or in its write.
    const kept: number[] = [];
    for (let second = 0; second < 30; second += 1) {
      const world = new World({ ...others, late });
      let isRemoved = false;
      const other = world.time.sleep(1_000 * second + 500).then(() => {
        isRemoved = !world.members('late').includes(GONE);
        const read = { late: [...stays(1), GONE, added] };
        return world.run(['late'], { at: world.time.now(), read });
      });
      const [report, { groups }] = await world.done(Promise.all([world.run(), other]));
      expect(report.status, `second ${second}`).toBe('ok');
      // Who holds the lease has the last word, and was asked to look again.
      if (groups[0]?.status === 'busy') continue;
      expect(world.members('late'), `second ${second}`).toContain(added);
      if (isRemoved) continue;
      expect(world.members('late'), `second ${second}`).toContain(GONE);
      kept.push(second);
    }
    // Also after all was read, and after it was decided.
    expect(kept.length).toBeGreaterThan(12);
  });
});
