// A run of one group, as a worker has it: what it asks of the groups that are not in it, and what that costs.
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../lib/core/config/config.ts';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { decide } from '../../../lib/core/plan/decide.ts';
import { additionsOf, removalsOf } from '../../../lib/core/plan/plan.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import { ELSEWHERE_MS } from '../../../lib/core/time/timeouts.ts';
import { ELSEWHERE_MAX } from '../../../lib/runtime/sync/elsewhere.ts';
import type { Ports } from '../../../lib/runtime/sync/ports.ts';
import { decideGroup, reconcile, restOf } from '../../../lib/runtime/sync/reconcile.ts';
import { PLAN_ONLY } from '../../../lib/runtime/sync/writers.ts';
import type { Outcome } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { row } from '../core/removal/drive.ts';
import {
  definitionOf,
  documentOf,
  groupDocument,
  knownGroup,
  machines,
  NOW,
  patientMemory,
  present,
  wanted,
} from '../core/values.ts';

const HOUR = 3_600_000;
const stays = machines(20);
const MOVED = '10.9.9.9';

interface Others {
  /** Members by group; that of `web` is given. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Missing from them, by their memory. */
  readonly missing?: Readonly<Record<string, readonly string[]>>;
  readonly projects?: Readonly<Record<string, string>>;
  readonly sources?: object;
}

class World {
  readonly calls: string[] = [];
  readonly asked: string[][] = [];
  time = NOW;
  slow = 0;
  heard: 'alive' | 'nobody' = 'alive';
  ripeAfter = HOUR;
  members: readonly string[] = [...stays, MOVED];
  wants: readonly string[] = stays;
  readonly #others: Others;
  readonly config;
  constructor(others: Others) {
    this.#others = others;
    const named = ['web', ...Object.keys(others.members)];
    const groups = named.map((name, at) =>
      groupDocument({
        name,
        sources: [{ type: 'static', members: [`10.1.0.${at}`] }],
        identify: name.startsWith('id') ? 'userdefined' : 'ip',
        project: others.projects?.[name] ?? 'ali-test-project',
        ...others.sources,
      }),
    );
    this.config = parseSyncConfig(documentOf({}, { groups }));
  }
  get web() {
    const [web] = this.config.groups;
    if (!web) throw new Error('no group');
    return web;
  }
  get ports(): Ports {
    const current = () => present(this.members);
    return {
      wanted: async () => wanted(this.wants, { takenAt: this.time }),
      sls: (group, observe) => this.#client(group.name, observe),
      decide,
      ...PLAN_ONLY,
      memory: async (keys) => {
        this.asked.push(keys.map((key) => key.split('/')[1] ?? ''));
        return (key) => {
          const name = key.split('/')[1] ?? '';
          if (name === 'web') {
            const memory = patientMemory(current(), wanted(this.wants), this.time);
            const since = this.time - this.ripeAfter;
            const missing = new Map([...memory.missing].map(([member, one]) => [member, { ...one, since }]));
            return knownGroup({ ...memory, missing });
          }
          const missing = this.#others.missing?.[name] ?? [];
          const entries = missing.map((member) => [member, { since: NOW - HOUR, readings: 3 }] as const);
          return knownGroup({ ...newMemory(NOW - 100 * HOUR), missing: new Map(entries) });
        };
      },
      due: Number.POSITIVE_INFINITY,
      now: () => this.time,
    };
  }
  #client(name: string, observe: (outcome: Outcome) => void): SlsClient {
    const members = name === 'web' ? this.members : (this.#others.members[name] ?? []);
    const client = {
      with: () => client,
      getMachineGroup: async (project: string, group: string) => {
        this.calls.push(group);
        this.time += this.slow;
        observe({ call: { operation: 'GetMachineGroup', project, group }, status: 200, requestId: 'A' });
        return { value: definitionOf(members, { groupName: group } as Partial<MachineGroup>) };
      },
      listAllMachines: async () => {
        this.calls.push('ListMachines');
        const rows = members.map((member) => row(member, this.time));
        return { value: this.heard === 'alive' ? rows : [], answeredAt: this.time };
      },
    };
    return client as unknown as SlsClient;
  }
  async decision() {
    const run = await decideGroup(this.web, restOf(this.config.groups, [this.web]), this.ports);
    if (run.state !== 'decided') throw run.reason;
    return run.decision;
  }
}

describe('a machine that reports, in a run that sees one group', () => {
  test('goes as moved where a group of the document has it that is not in the run', async () => {
    const world = new World({ members: { api: [MOVED], db: [] } });
    const { goes } = await world.decision();
    expect(goes).toEqual([
      { member: MOVED, class: 'moved', weak: false, says: 'group ali-test-project/api has it now' },
    ]);
  });

  test.each<[string, Others]>([
    ['has lost it from its own inventory', { members: { api: [MOVED] }, missing: { api: [MOVED] } }],
    ['overlaps with this one', { members: { api: [MOVED, ...stays.slice(0, 1)] } }],
    ['tells machines apart in another way', { members: { 'id-api': [MOVED] } }],
    ['has not got it', { members: { api: ['10.8.8.8'] } }],
  ])('stays where the other group %s', async (_, others) => {
    const { goes, waits } = await new World(others).decision();
    expect(goes).toEqual([]);
    expect(waits).toMatchObject([{ member: MOVED, for: 'alive' }]);
  });

  test('the report tells the calls', async () => {
    const world = new World({ members: { api: [MOVED] } });
    const { config, web, ports } = world;
    const input = { runId: 'run', trigger: 'a test', mode: 'plan', config, groups: [web] } as const;
    const [report] = (await reconcile(input, ports)).groups;
    expect(report?.leaving).toMatchObject([{ class: 'moved', count: 1 }]);
    expect(report?.requests.filter(({ operation }) => operation === 'GetMachineGroup')).toHaveLength(2);
    expect(report?.warnings).toEqual([]);
  });
});

describe('the groups that are not in a run are asked', () => {
  const others: Others = { members: { api: [MOVED], db: [] } };
  test('for nothing where nothing is missing', async () => {
    const world = new World(others);
    world.members = stays;
    await world.decision();
    expect([world.calls, world.asked]).toEqual([['web'], [['web']]]);
  });

  test('for nothing where what is missing is not ripe', async () => {
    const world = new World(others);
    world.ripeAfter = HOUR - 1;
    await world.decision();
    expect([world.calls, world.asked]).toEqual([['web'], [['web']]]);
  });

  test('for nothing where what is ripe is not heard, and no other group shares the reading', async () => {
    const world = new World(others);
    world.heard = 'nobody';
    const { goes } = await world.decision();
    expect(goes).toMatchObject([{ member: MOVED, class: 'unheard' }]);
    expect([world.calls, world.asked]).toEqual([['web', 'ListMachines'], [['web']]]);
  });

  test('those of its project first, and no more once it is found', async () => {
    const far = Array.from({ length: 30 }, (_, at) => `far-${at}`);
    const world = new World({
      members: { ...Object.fromEntries(far.map((name) => [name, []])), near: [MOVED] },
      projects: Object.fromEntries(far.map((name) => [name, 'ali-other-project'])),
    });
    expect((await world.decision()).goes).toHaveLength(1);
    expect(world.calls.slice(0, 3)).toEqual(['web', 'ListMachines', 'near']);
    // Those that were under way already.
    expect(world.calls.length).toBeLessThanOrEqual(2 + 8);
    expect(world.asked).toEqual([['web'], ['near']]);
  });

  test('so many in a run and not more, others in the next, and the report says so', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`g${at}`, []]));
    const world = new World({ members: many });
    const { basis, waits } = await world.decision();
    expect(waits).toMatchObject([{ for: 'alive' }]);
    expect(world.calls).toHaveLength(2 + ELSEWHERE_MAX);
    expect(basis.unasked).toMatch(/^only 40 of 100 other groups/);
    const first = new Set(world.calls);
    world.time += 60_000;
    await world.decision();
    expect(new Set(world.calls).size).toBeGreaterThan(first.size + 10);
  });

  test('for so long and not longer', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`g${at}`, []]));
    const world = new World({ members: many });
    world.slow = ELSEWHERE_MS / 10;
    const { basis } = await world.decision();
    expect(world.calls.length).toBeLessThanOrEqual(2 + 10 + 8);
    expect(basis.unasked).toMatch(/^only \d+ of 30/);
  });
});

describe('a reading that several groups share', () => {
  const shared = { sources: [{ type: 'static', members: stays }] };
  const lacking = machines(20, 100);
  const others: Others = {
    members: { api: lacking },
    missing: { api: lacking.slice(0, 9) },
    sources: shared,
  };
  const worldThatLacks = (rest: Partial<Others> = {}) => {
    const world = new World({ ...others, ...rest });
    world.heard = 'nobody';
    // Two of 20: within its own limit.
    world.members = stays;
    world.wants = [...stays.slice(2), '10.7.7.7'];
    return world;
  };

  test('lacks too much in all of them, though the run sees one: nothing goes without proof', async () => {
    const { goes, refusals, change } = await worldThatLacks().decision();
    expect(goes).toEqual([]);
    expect(refusals).toMatchObject([
      { code: 'breaker', says: expect.stringMatching(/^11 of 40 machines in the 2/) },
    ]);
    expect(additionsOf(change)).toEqual(['10.7.7.7']);
  });

  test('lacks little: what is within the limit goes', async () => {
    const { change } = await worldThatLacks({ missing: { api: lacking.slice(0, 8) } }).decision();
    expect(removalsOf(change)).toEqual(stays.slice(0, 2));
  });

  test('is not asked about where nothing goes without proof', async () => {
    const world = worldThatLacks();
    world.ripeAfter = HOUR - 1;
    await world.decision();
    expect(world.calls).not.toContain('api');
  });
});
