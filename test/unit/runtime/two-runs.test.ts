// Two whole runs over one group and one memory: the second one lives between any two calls of the first. Nothing goes that was
// judged on a state that is gone. Numbers in brackets are the scenarios of a row of runs.
import { describe, expect, test } from 'vitest';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import type { StoredApproval } from '../../../lib/core/memory/approvals.ts';
import { deploymentFields, newDeployment } from '../../../lib/core/memory/deployment.ts';
import { type GroupItem, groupFields, NO_GROUP } from '../../../lib/core/memory/group.ts';
import { DEPLOYMENT_ID, groupId } from '../../../lib/core/memory/known.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import { decide } from '../../../lib/core/plan/decide.ts';
import { ReadError } from '../../../lib/core/reading/read-error.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import type { GroupReport } from '../../../lib/core/report/report.ts';
import { freeze, unfreeze } from '../../../lib/runtime/freezes/store.ts';
import { changeItem, seenIn } from '../../../lib/runtime/sync/items.ts';
import { readMemory, remember } from '../../../lib/runtime/sync/memory.ts';
import type { Ports } from '../../../lib/runtime/sync/ports.ts';
import { reconcile } from '../../../lib/runtime/sync/reconcile.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import type { CallTerms } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';
import { approvalOf, definitionOf, groupConfig, machines, NOW, wanted } from '../core/values.ts';

const HOUR = 3_600_000;
const MONTH = 720 * HOUR;
const all = machines(12);
/** Without proof three of twelve may go in a day. */
const LIMIT = 3;
/** Steps in which nothing is heard any more: the memory has answered, the group is read once more, the write is sent. */
const LATE = 4;
const FOREVER = Number.POSITIVE_INFINITY;
const group = groupConfig();

type Pass = () => Promise<void>;
const straight: Pass = async () => {};

interface Run {
  readonly wants: readonly string[];
  /** When its reading began. */
  readonly at: number;
  /** Called before and after each call. */
  readonly pass?: Pass;
  /** Called after the first attempt of its write, which is refused. */
  readonly throttled?: () => unknown;
}

class World {
  readonly table = new InMemoryTable();
  now: MachineGroup = definitionOf(all);
  /** Pending removals as the lease told them at each write, and what the write removed. */
  readonly writes: { told: readonly string[]; removed: readonly string[] }[] = [];
  #writes = 0;
  #holders = 0;

  constructor(missing: readonly string[], approvals: readonly StoredApproval[] = []) {
    const entries = missing.map((member) => [member, { since: NOW - 2 * HOUR, readings: 9 }] as const);
    const removal = { ...newMemory(NOW - MONTH), readingAt: NOW - 2_000, missing: new Map(entries) };
    this.#put(groupId(group.key), groupFields({ ...NO_GROUP, removal, approvals }));
    this.#put(DEPLOYMENT_ID, deploymentFields(newDeployment(NOW - MONTH)));
  }
  #put(id: string, fields: object) {
    this.table.items.set(id, { ...fields, revision: 1 });
  }

  get item(): GroupItem {
    return seenIn(this.table.items.get(groupId(group.key))).item;
  }
  get weak(): number {
    return [...(this.item.removal?.weak.values() ?? [])].reduce((sum, one) => sum + one, 0);
  }
  get removed(): readonly string[] {
    return this.writes.flatMap(({ removed }) => removed);
  }
  revoke = async () => {
    const seen = seenIn(this.table.items.get(groupId(group.key)));
    await changeItem(group.key, seen, (item) => ({ ...item, approvals: [] }), FOREVER, this.table);
  };
  #deps = { table: this.table, log: () => {}, now: () => NOW, due: FOREVER };
  freeze = () => freeze([group.key], { who: 'alice', reason: 'an incident', until: NOW + HOUR }, this.#deps);
  unfreeze = () => unfreeze([group.key], this.#deps);
  edit(change: (members: readonly string[]) => readonly string[]) {
    this.#writes += 1;
    const machineList = [...change(this.now.machineList)];
    this.now = { ...this.now, machineList, lastModifyTime: 1_700_001_000 + this.#writes };
  }

  async run({ wants, at, pass = straight, throttled }: Run): Promise<GroupReport> {
    const table: MemoryTable = {
      read: (ids) => around(pass, () => this.table.read(ids)),
      write: (...asked) => around(pass, () => this.table.write(asked[0], asked[1], asked[2])),
    };
    const deps = { table, now: () => NOW, log: () => {} };
    const ports: Ports = {
      // Another look reads anew, after whoever asked for it.
      wanted: async (_group, anew) => wanted(wants, { takenAt: anew ? at + 2 : at }),
      sls: () => this.#client(pass, {}, throttled),
      decide,
      ...applying(straight, {
        table,
        clock: () => ({ now: NOW, elapsed: NOW }),
        newHolder: () => `holder ${++this.#holders}`,
        onKept: (error) => {
          throw error;
        },
        onDown: (error) => {
          throw error;
        },
        due: FOREVER,
      }),
      memory: (groups) => readMemory(groups, 'apply', FOREVER, deps),
      remember: (decision) => remember(decision, FOREVER, deps),
      due: FOREVER,
      now: () => NOW,
    };
    const config = { concurrency: 1, groups: [group] };
    const input = { runId: 'run', trigger: 'a test', mode: 'apply', config, groups: [group] } as const;
    const [report] = (await reconcile(input, ports)).groups;
    if (!report) throw new Error('no report');
    return report;
  }

  #client(pass: Pass, { beforeRepeat }: CallTerms, throttled?: () => unknown): SlsClient {
    const client = {
      with: (terms: CallTerms) => this.#client(pass, { beforeRepeat, ...terms }, throttled),
      getMachineGroup: () => around(pass, async () => ({ value: this.now, requestId: 'ID' })),
      listAllMachines: async () => ({ value: [], answeredAt: NOW }),
      updateMachineGroup: (_project: string, { machineList }: MachineGroup) =>
        around(pass, async () => {
          if (throttled) {
            await throttled();
            await beforeRepeat?.();
          }
          const removed = this.now.machineList.filter((member) => !machineList.includes(member));
          this.writes.push({ told: this.item.lease?.pending.removals ?? [], removed });
          this.edit(() => machineList);
          return { value: undefined, requestId: 'ID' };
        }),
    };
    return client as unknown as SlsClient;
  }
}

async function around<T>(pass: Pass, call: () => Promise<T>): Promise<T> {
  await pass();
  const value = await call();
  await pass();
  return value;
}

/** Lives the first run once for each of its steps, with the second one in that step. */
async function inEachStep(
  make: () => World,
  first: Omit<Run, 'pass'>,
  second: (world: World) => Promise<unknown>,
  judge: (world: World, step: number, report: GroupReport) => void,
): Promise<number> {
  for (let step = 0; ; step += 1) {
    const world = make();
    let passed = 0;
    const pass = async () => {
      if (passed++ === step) await second(world);
    };
    const report = await world.run({ ...first, pass });
    if (passed <= step) return step;
    judge(world, step, report);
  }
}

describe('a run, and another in each step of it', () => {
  const gone = all.slice(0, LIMIT);
  const removing: Run = { wants: all.slice(LIMIT), at: NOW };

  test('by itself removes what is ripe and within the limit', async () => {
    const world = new World(gone);
    expect((await world.run(removing)).status).toBe('written');
    expect([world.removed, world.weak]).toEqual([gone, LIMIT]);
  });

  test('[6] what one adds and confirms is not lost by the other’s write', async () => {
    let added = '';
    let confirmed = 0;
    const steps = await inEachStep(
      () => new World(gone),
      removing,
      async (world) => {
        ({ status: added } = await world.run({ wants: [...all.slice(LIMIT), '10.9.9.9'], at: NOW + 1 }));
      },
      (world, step, { status }) => {
        if (added === 'written') confirmed += 1;
        // Who finds the lease taken leaves word.
        else expect([added, status], `step ${step}`).toEqual(['busy', 'written']);
        expect(world.now.machineList.includes('10.9.9.9'), `step ${step}`).toBe(added === 'written');
        expect(world.item.lease, `step ${step}`).toBeUndefined();
      },
    );
    expect(steps).toBeGreaterThan(10);
    expect(confirmed).toBeGreaterThan(3);
  });

  test('[6] two that lack different machines remove no more than one may, whoever writes first', async () => {
    const others = all.slice(LIMIT, 2 * LIMIT);
    await inEachStep(
      () => new World([...gone, ...others]),
      removing,
      (world) => world.run({ wants: all.filter((member) => !others.includes(member)), at: NOW + 1 }),
      (world, step) => {
        expect(world.removed.length, `step ${step}`).toBeLessThanOrEqual(LIMIT);
        expect(world.weak, `step ${step}`).toBe(world.removed.length);
      },
    );
  });

  test('a newer reading that wants a machine keeps it, until the memory was asked for the last time', async () => {
    let kept = 0;
    let late = 0;
    let wrote = 0;
    await inEachStep(
      () => new World(gone),
      removing,
      async (world) => {
        wrote = world.writes.length;
        await world.run({ wants: all, at: NOW + 1 });
      },
      (world, step) => {
        // Whatever came first, the memory has it that the machines were wanted.
        if (world.removed.length === 0) kept += 1;
        else if (wrote === 0) late += 1;
        expect([0, LIMIT], `step ${step}`).toContain(world.removed.length);
        if (world.removed.length === 0) expect(world.item.removal?.missing.size, `step ${step}`).toBe(0);
        expect(world.item.removal?.readingAt, `step ${step}`).toBe(NOW + 1);
      },
    );
    expect(kept).toBeGreaterThan(5);
    expect(late).toBe(LATE);
  });

  test('a newer reading that comes between two attempts ends the write', async () => {
    const world = new World(gone);
    const throttled = () => world.run({ wants: all, at: NOW + 1 });
    const report = await world.run({ ...removing, throttled });
    expect(report).toMatchObject({ status: 'failed', error: { code: 'GroupMoved' } });
    // What was sent counts as written, whatever the answer.
    expect([world.removed, world.weak]).toEqual([[], LIMIT]);
  });

  test('what the writing run saw wanted loses its patience, whatever the other notes meanwhile', async () => {
    const [flapped = ''] = all.slice(LIMIT);
    await inEachStep(
      () => new World([...gone, flapped]),
      removing,
      // Beyond its limit, so that it only notes what it lacks.
      (world) => world.run({ wants: all.slice(LIMIT + 1), at: NOW - 1 }),
      (world, step) => {
        expect(world.removed, `step ${step}`).toEqual(gone);
        expect(world.item.removal?.missing.size, `step ${step}`).toBe(0);
      },
    );
  });

  test('an approval that is revoked before the memory was asked for the last time removes nothing', async () => {
    let kept = 0;
    let late = 0;
    let wrote = 0;
    await inEachStep(
      () => new World([], [approvalOf(gone)]),
      removing,
      (world) => {
        wrote = world.writes.length;
        return world.revoke();
      },
      (world, step) => {
        if (world.removed.length === 0) {
          kept += 1;
          return;
        }
        expect(world.removed, `step ${step}`).toEqual(gone);
        if (wrote === 0) late += 1;
      },
    );
    expect(kept).toBeGreaterThan(5);
    expect(late).toBe(LATE);
  });

  test('an edit at the console stays, and the lease tells whatever the write removes', async () => {
    const add = (members: readonly string[]) => [...members.slice(1), '10.8.8.8'];
    let lost = 0;
    await inEachStep(
      () => new World(gone),
      removing,
      async (world) => world.edit(add),
      (world, step) => {
        for (const { told, removed } of world.writes)
          for (const member of removed.filter((one) => one !== '10.8.8.8'))
            expect(told, `step ${step}`).toContain(member);
        if (!world.now.machineList.includes('10.8.8.8')) lost += 1;
      },
    );
    // SLS cannot be fenced: what comes between the last read and the write is lost.
    expect(lost).toBeLessThanOrEqual(2);
  });

  test('a freeze that comes before the last read of the group is kept to', async () => {
    let frozen = 0;
    let late = 0;
    let wrote = 0;
    await inEachStep(
      () => new World(gone),
      removing,
      async (world) => {
        wrote = world.writes.length;
        await world.freeze();
      },
      (world, step, report) => {
        expect(world.item.lease, `step ${step}`).toBeUndefined();
        if (world.removed.length > 0) {
          expect(report.status, `step ${step}`).toBe('written');
          if (wrote === 0) late += 1;
          return;
        }
        frozen += 1;
        expect(report, `step ${step}`).toMatchObject({
          status: 'frozen',
          freeze: { who: 'alice' },
          withheld: [{ by: 'frozen', count: LIMIT }],
        });
        expect(world.weak, `step ${step}`).toBe(0);
        expect(world.item.removal?.missing.size, `step ${step}`).toBe(LIMIT);
      },
    );
    expect(frozen).toBeGreaterThan(5);
    expect(late).toBe(LATE);
  });

  test('a freeze that comes and ends within the run gives patience anew', async () => {
    let waited = 0;
    await inEachStep(
      () => new World(gone),
      removing,
      async (world) => {
        await world.freeze();
        await world.unfreeze();
      },
      (world, step, report) => {
        if (world.removed.length > 0) return;
        waited += 1;
        expect(report.withheld, `step ${step}`).toMatchObject([{ by: 'patience', count: LIMIT }]);
        for (const entry of world.item.removal?.missing.values() ?? [])
          expect(entry, `step ${step}`).toEqual({ since: NOW, readings: 1 });
      },
    );
    expect(waited).toBeGreaterThan(5);
  });

  test('a freeze that comes between two attempts ends the write', async () => {
    const world = new World(gone);
    const report = await world.run({ ...removing, throttled: world.freeze });
    expect(report).toMatchObject({ status: 'failed', error: { code: 'GroupFrozen' } });
    expect(world.removed).toEqual([]);
  });

  test('an attempt is not made where the memory does not say whether a freeze came', async () => {
    const world = new World(gone);
    const reading = world.table.read.bind(world.table);
    let reads = 0;
    world.table.read = async (ids) => {
      reads += 1;
      if (reads === 2) throw new ReadError('timeout', 'no answer');
      return reading(ids);
    };
    expect(await world.run(removing)).toMatchObject({ status: 'failed', error: { code: 'FreezeUnknown' } });
    expect([world.removed, world.weak, world.item.lease]).toEqual([[], 0, undefined]);
  });

  test('what was frozen when the memory was last read stays frozen while it is away', async () => {
    const world = new World(gone);
    await world.freeze();
    const table = world.table;
    const known = await readMemory([group.key], 'apply', FOREVER, { table, now: () => NOW, log: () => {} });
    expect(known(group.key)).toMatchObject({ state: 'known', freeze: { who: 'alice' } });
    table.down = new Error('down');
    const down = await readMemory([group.key], 'apply', FOREVER, { table, now: () => NOW, log: () => {} });
    expect(down(group.key)).toMatchObject({ state: 'down', freeze: { who: 'alice' } });
    const later = await readMemory([group.key], 'apply', FOREVER, {
      table,
      now: () => NOW + HOUR,
      log: () => {},
    });
    expect(later(group.key)).not.toHaveProperty('freeze');
    const other = new World(gone);
    other.table.down = new Error('down');
    const never = await readMemory([group.key], 'apply', FOREVER, {
      table: other.table,
      now: () => NOW,
      log: () => {},
    });
    expect(never(group.key)).toMatchObject({ state: 'down', isFreezeUnknown: true });
  });

  test('a group that is edited again and again is not written', async () => {
    const world = new World(gone);
    const pass = async () => world.edit((members) => members);
    expect(await world.run({ ...removing, pass })).toMatchObject({
      status: 'failed',
      error: { code: 'GroupMoved' },
    });
    expect([world.removed, world.weak, world.item.lease]).toEqual([[], 0, undefined]);
  });
});

test('[7] an approval whose first attempt is throttled while others go removes what it covers, and nothing else', async () => {
  const approved = all.slice(0, 9);
  const world = new World([], [approvalOf(approved)]);
  const wants = all.slice(9);
  const first = await world.run({
    wants,
    at: NOW,
    throttled: () => world.edit((members) => members.filter((member) => member !== all[9])),
  });
  expect(first).toMatchObject({ status: 'failed', error: { code: 'GroupMoved' } });
  expect(world.removed).toEqual([]);
  // The next run wants fewer still, and carries out what was approved.
  await world.run({ wants: all.slice(11), at: NOW + 1 });
  expect(world.removed).toEqual(approved);
  expect(world.now.machineList).toEqual(all.slice(10));
});
