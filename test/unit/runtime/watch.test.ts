// What follows a run: verdicts kept, people told at least once, orphans found. Numbers in brackets are the scenarios of a row
// of runs.
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../lib/core/config/config.ts';
import { readGroup } from '../../../lib/core/memory/group.ts';
import { groupId, projectId } from '../../../lib/core/memory/known.ts';
import type { Notice } from '../../../lib/core/report/notice.ts';
import type { GroupReport } from '../../../lib/core/report/report.ts';
import { reportRun } from '../../../lib/core/report/run.ts';
import { acknowledge } from '../../../lib/core/verdict/acknowledge.ts';
import { freeze } from '../../../lib/runtime/freezes/store.ts';
import { changeItem, seenIn } from '../../../lib/runtime/sync/items.ts';
import { readMemory } from '../../../lib/runtime/sync/memory.ts';
import type { Via } from '../../../lib/runtime/sync/verdicts.ts';
import { type WatchDeps, watch } from '../../../lib/runtime/sync/watch.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { SlsError } from '../../../lib/sls/errors.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';
import { ALONE, DAY, FAILED, GOOD, HOUR, NOW, PARTIAL, PERIOD, REFUSED } from '../core/verdict/values.ts';

const PROJECT = 'ali-test-project';
const KEYS = ['web', 'db'].map((name) => `${PROJECT}/${name}`);
const config = parseSyncConfig({
  owner: 'me',
  formerOwners: ['before'],
  policy: 'sync',
  groups: ['web', 'db'].map((name) => ({
    project: PROJECT,
    name,
    identify: 'ip',
    contact: `#${name}`,
    sources: [{ type: 'static', members: ['10.0.0.1'] }],
  })),
});

class World {
  readonly table = new InMemoryTable();
  now = NOW;
  /** What the topic took. */
  readonly notices: Notice[] = [];
  topicIsDown = false;
  /** Marks of the groups of the project, by name; a listing that is denied if undefined. */
  marks: Record<string, string> | undefined = { web: 'sls-machine-groups/me', db: 'sls-machine-groups/me' };
  readonly calls: string[] = [];
  readonly logged: string[] = [];
  readonly lookedThrough = new Map<string, number>();

  get #sls(): SlsClient {
    const denied = () =>
      new SlsError('no', {
        operation: 'ListMachineGroup',
        project: PROJECT,
        kind: 'credentials',
        code: 'Unauthorized',
      });
    return {
      listAllMachineGroups: async () => {
        this.calls.push('list');
        if (!this.marks) throw denied();
        return { value: Object.keys(this.marks), requestId: 'ID' };
      },
      getMachineGroup: async (_project: string, name: string) => {
        this.calls.push(name);
        return { value: { groupAttribute: { externalName: this.marks?.[name] } }, requestId: 'ID' };
      },
    } as unknown as SlsClient;
  }

  deps(changes: Partial<WatchDeps> = {}): WatchDeps {
    return {
      table: this.table,
      now: () => this.now,
      log: (_level, event) => this.logged.push(event),
      due: Number.POSITIVE_INFINITY,
      sls: () => this.#sls,
      lookedThrough: this.lookedThrough,
      publish: async (notice) => {
        if (this.topicIsDown) throw new Error('the topic is down');
        this.notices.push(notice);
      },
      where: '--stage prod',
      periodMs: PERIOD,
      ...changes,
    };
  }

  /** A run of this kind over the groups; each run is a period after the one before. */
  async run(web: GroupReport, via: Via = 'schedule', db = GOOD, deps = this.deps()) {
    const groups = [web, db].map((report, index) => ({ ...report, group: KEYS[index] as string }));
    const run = { runId: 'run', trigger: 'test', mode: 'apply', startedAt: this.now, durationMs: 1 } as const;
    const { table, log } = { table: this.table, log: deps.log };
    const memory = await readMemory(KEYS, 'apply', deps.due, { table, log, now: deps.now });
    const attention = await watch(
      { runId: 'run', config, via, report: reportRun({ ...run, groups }), memory },
      deps,
    );
    this.now += PERIOD;
    return attention;
  }

  item(key = KEYS[0] as string) {
    return seenIn(this.table.items.get(groupId(key))).item;
  }

  get subjects() {
    return this.notices.map(({ subject }) => subject.replace('sls-machine-groups: ', ''));
  }
}

test('a run in which nothing changes writes nothing, and reads nothing that the run had not read', async () => {
  const world = new World();
  await world.run(GOOD);
  await world.run(GOOD);
  const { reads, writes } = world.table;
  for (let run = 0; run < 5; run += 1) await world.run(GOOD);
  expect([world.table.reads - reads, world.table.writes - writes]).toEqual([5, 0]);
  await world.run(REFUSED);
  const standing = world.table.writes;
  for (let run = 0; run < 5; run += 1) await world.run(REFUSED);
  expect(world.table.writes).toBe(standing);
});

describe('people are told', () => {
  test('[15] once of a standing refusal, with its contact, and once a day', async () => {
    const world = new World();
    const counts = [];
    for (let run = 0; run < 300; run += 1) counts.push((await world.run(REFUSED, 'other')).new);
    expect(world.subjects).toEqual(['1 new, 0 standing, 0 recovered', '0 new, 1 standing, 0 recovered']);
    expect(world.notices[0]?.message).toContain('contact `#web`');
    expect(counts.filter((one) => one > 0)).toEqual([1]);
  });
  test('[2] of a wiped mark, at once', async () => {
    const world = new World();
    expect((await world.run(ALONE)).new).toBe(1);
    expect(world.subjects).toEqual(['1 new, 0 standing, 0 recovered']);
  });
  test('[4] of a reading that is not whole, after a day', async () => {
    const world = new World();
    for (let run = 0; run <= DAY / PERIOD; run += 1) await world.run(PARTIAL, 'other');
    expect(world.subjects).toEqual(['1 new, 0 standing, 0 recovered']);
    expect(world.notices[0]?.message).toContain('record 7 has no address');
    expect(world.item().verdict).toMatchObject({ since: NOW + DAY, code: 'incomplete' });
  });
  test('[5] of a source that always fails, after an hour', async () => {
    const world = new World();
    for (let run = 0; run <= HOUR / PERIOD; run += 1) await world.run(FAILED, 'other');
    expect(world.subjects).toEqual(['1 new, 0 standing, 0 recovered']);
    expect(world.item().verdict).toMatchObject({ since: NOW + HOUR, code: 'failing' });
  });
  test('of all groups of a run in one notice, and of those that are well again', async () => {
    const world = new World();
    await world.run(REFUSED, 'other', ALONE);
    await world.run(GOOD, 'other', ALONE);
    await world.run(GOOD, 'other', ALONE);
    expect(world.subjects).toEqual(['2 new, 0 standing, 0 recovered', '0 new, 1 standing, 1 recovered']);
  });
  test('at least once: what the topic did not take is told by the next run', async () => {
    const world = new World();
    world.topicIsDown = true;
    expect((await world.run(REFUSED)).new).toBe(1);
    expect(world.item().notice).toBeUndefined();
    world.topicIsDown = false;
    expect((await world.run(REFUSED)).new).toBe(0);
    expect(world.subjects).toEqual(['1 new, 0 standing, 0 recovered']);
  });
  test('again, where they were told and that could not be noted', async () => {
    const world = new World();
    await world.run(REFUSED, 'other', GOOD, {
      ...world.deps(),
      publish: async (notice) => {
        world.notices.push(notice);
        world.table.down = new Error('down');
      },
    });
    world.table.down = undefined;
    await world.run(REFUSED, 'other');
    expect(world.subjects).toEqual(Array(2).fill('1 new, 0 standing, 0 recovered'));
  });
  test('not of what somebody acknowledged, and no alarm rings for its failures', async () => {
    const world = new World();
    for (let run = 0; run <= HOUR / PERIOD; run += 1) await world.run(FAILED, 'other');
    const seen = seenIn(world.table.items.get(groupId(KEYS[0] as string)));
    const { verdict } = seen.item;
    if (!verdict) throw new Error('no verdict');
    const word = { who: 'me', reason: 'known', until: world.now + 3 * DAY };
    await changeItem(
      KEYS[0] as string,
      seen,
      (item) => acknowledge(item, verdict, word, world.now),
      0,
      world.table,
    );
    const failing = new Set<number>();
    for (let run = 0; run < (2 * DAY) / PERIOD; run += 1)
      failing.add((await world.run(FAILED, 'other')).failing);
    expect([world.notices.length, [...failing]]).toEqual([1, [0]]);
  });
  test('by the schedule where workers look at the groups: one notice of all', async () => {
    const world = new World();
    await world.run(REFUSED, 'work', ALONE);
    expect(world.notices).toEqual([]);
    await watch({ runId: 'tick', config, via: 'schedule' }, world.deps());
    expect(world.subjects).toEqual(['2 new, 0 standing, 0 recovered']);
  });
  test('without a memory, of every run that calls for it', async () => {
    const world = new World();
    world.table.down = new Error('down');
    for (let run = 0; run < 2; run += 1) await world.run(REFUSED);
    expect(world.subjects).toEqual(Array(2).fill('1 refused, 0 failed'));
  });
});

describe('a freeze that ends soon', () => {
  const reason = 'the inventory is wrong';
  const frozen = (world: World, groups: readonly string[], until: number) =>
    freeze(
      groups,
      { who: 'alice', reason, until },
      { table: world.table, log: () => {}, now: () => world.now, due: Number.POSITIVE_INFINITY },
    );
  const HELD: GroupReport = {
    ...GOOD,
    status: 'frozen',
    withheld: [
      { action: 'add', by: 'frozen', says: 'x', count: 3, members: [] },
      { action: 'remove', by: 'frozen', says: 'x', count: 5, members: [] },
    ],
  };

  test('is told an hour before, once, with what it holds back and what to type', async () => {
    const world = new World();
    const until = world.now + 3 * HOUR;
    await frozen(world, ['*'], until);
    const report = { ...HELD, freeze: { who: 'alice', reason, until: new Date(until).toISOString() } };
    const told: number[] = [];
    while (world.now < until + HOUR) {
      const before = world.notices.length;
      const at = world.now;
      await world.run(at < until ? report : GOOD);
      if (world.notices.length > before) told.push(until - at);
    }
    expect(told).toEqual([HOUR]);
    expect(world.subjects).toEqual(['0 new, 0 standing, 0 recovered, 1 freeze ends']);
    const { message = '' } = world.notices[0] ?? {};
    expect(message).toContain('## A freeze ends within the hour: 1');
    expect(message).toContain('- All groups: frozen since ');
    expect(message).toContain(
      ' by `alice`: `the inventory is wrong`. It holds back 3 additions and 5 removals.',
    );
    expect(message).toContain('`sls-machine-groups freeze --stage prod --for 4h --reason TEXT`');
    expect(message).toContain('`sls-machine-groups unfreeze --stage prod`');
  });
  test('is one line for groups that were frozen by one word, in the one notice of the run', async () => {
    const world = new World();
    await frozen(world, KEYS, world.now + HOUR);
    await world.run(REFUSED);
    expect(world.subjects).toEqual(['1 new, 0 standing, 0 recovered, 2 freezes end']);
    const lines = world.notices[0]?.message.split('\n').filter((line) => line.includes(': frozen since'));
    expect(lines).toHaveLength(1);
    for (const key of KEYS) expect(lines?.[0]).toContain(`\`${key}\``);
    const options = KEYS.map((key) => ` --group ${key}`).join('');
    expect(lines?.[0]).toContain(`sls-machine-groups unfreeze --stage prod${options}`);
    expect(world.notices[0]?.message).toContain(`sls-machine-groups plan --stage prod ${KEYS[0]}`);
  });
  test('is told again where the topic did not take it, and not where its end was moved', async () => {
    const world = new World();
    const until = world.now + HOUR;
    await frozen(world, ['*'], until);
    world.topicIsDown = true;
    await world.run(GOOD);
    world.topicIsDown = false;
    await world.run(GOOD);
    expect(world.notices).toHaveLength(1);
    await frozen(world, ['*'], until + 5 * HOUR);
    await world.run(GOOD);
    expect(world.notices).toHaveLength(1);
  });
  test('is told by the schedule where workers look at the groups, and by no worker', async () => {
    const world = new World();
    await frozen(world, ['*'], world.now + HOUR);
    await world.run(GOOD, 'work');
    await world.run(GOOD, 'other');
    expect(world.notices).toEqual([]);
    for (let tick = 0; tick < 2; tick += 1)
      await watch({ runId: 'tick', config, via: 'schedule' }, world.deps());
    expect(world.notices).toHaveLength(1);
    expect(world.notices[0]?.message).not.toContain('It holds back');
  });
});

test('[16] a group that no worker looks at needs attention, while runs over others go well', async () => {
  const world = new World();
  const tick = () => watch({ runId: 'tick', config, via: 'schedule' }, world.deps());
  await world.run(GOOD, 'work');
  const found: number[] = [];
  for (let run = 0; run < 20; run += 1) {
    const web = { ...GOOD, group: KEYS[0] as string };
    const { table } = world;
    const memory = await readMemory(KEYS, 'apply', Number.POSITIVE_INFINITY, {
      table,
      log: () => {},
      now: () => world.now,
    });
    const head = { runId: 'r', trigger: 't', mode: 'apply', startedAt: world.now, durationMs: 1 } as const;
    await watch(
      { runId: 'r', config, via: 'work', report: reportRun({ ...head, groups: [web] }), memory },
      world.deps(),
    );
    if ((await tick()).new > 0) found.push(world.now - NOW);
    world.now += PERIOD;
  }
  expect(found).toEqual([HOUR + 2 * PERIOD]);
  expect(world.item(KEYS[1]).verdict).toMatchObject({ is: 'attention', code: 'not-looked-at' });
  expect(world.item(KEYS[0]).verdict?.is).toBe('converged');
});

describe('[3] orphans', () => {
  const ORPHANED = {
    web: 'sls-machine-groups/me',
    db: '',
    old: 'sls-machine-groups/me',
    renamed: 'sls-machine-groups/before',
    theirs: 'x',
  };
  test('are told once a day, with one listing and a read of each group that nobody names', async () => {
    const world = new World();
    world.marks = ORPHANED;
    expect((await world.run(GOOD)).new).toBe(2);
    expect(world.notices[0]?.message).toContain(`${PROJECT}/old`);
    expect(world.calls.sort()).toEqual(['list', 'old', 'renamed', 'theirs']);
    for (let run = 0; run < 20; run += 1) expect((await world.run(GOOD)).new).toBe(0);
    expect([world.calls.length, world.notices.length]).toEqual([4, 1]);
    world.now += DAY;
    world.marks = { web: '', old: 'sls-machine-groups/me' };
    await world.run(GOOD);
    expect(world.subjects).toEqual(['2 new, 0 standing, 0 recovered', '0 new, 1 standing, 1 recovered']);
  });
  test('are looked for by the schedule alone', async () => {
    const world = new World();
    world.marks = ORPHANED;
    await world.run(GOOD, 'other');
    await world.run(GOOD, 'work');
    expect(world.calls).toEqual([]);
  });
  test('are told again if the topic did not take it', async () => {
    const world = new World();
    world.marks = ORPHANED;
    world.topicIsDown = true;
    await world.run(GOOD);
    expect(world.table.items.get(projectId(PROJECT))).toBeUndefined();
    world.topicIsDown = false;
    await world.run(GOOD);
    expect(world.subjects).toEqual(['2 new, 0 standing, 0 recovered']);
  });
  test('that cannot be looked for fail no run, and are not asked for again that day', async () => {
    const world = new World();
    world.marks = undefined;
    for (let run = 0; run < 5; run += 1) expect(await world.run(GOOD)).toMatchObject({ new: 0, failing: 0 });
    expect([world.calls, world.logged.filter((event) => event === 'orphans.failed').length]).toEqual([
      ['list'],
      1,
    ]);
  });
});

test('a verdict is judged anew on what somebody else has written meanwhile', async () => {
  const world = new World();
  await world.run(GOOD);
  const { table } = world;
  const write = table.write.bind(table);
  let others = 0;
  table.write = async (id, change, revision) => {
    if (others++ === 0) await write(id, { set: { again: 7 }, remove: [] }, revision);
    return write(id, change, revision);
  };
  await world.run(REFUSED, 'other');
  const read = readGroup(table.items.get(groupId(KEYS[0] as string)) ?? {});
  expect(read).toMatchObject({ item: { again: 7, verdict: { is: 'attention' } } });
});
