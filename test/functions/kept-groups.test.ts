// Groups that a sync keeps, as the API may write them: by whoever names the owner, and under the lease of the group.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OpenTable, openTable } from '../../lib/aws/dynamodb.ts';
import { groupFields, NO_GROUP, readGroup } from '../../lib/core/memory/group.ts';
import { groupId } from '../../lib/core/memory/known.ts';
import { take } from '../../lib/core/memory/lease.ts';
import { pendingOf } from '../../lib/core/memory/pending.ts';
import { definition } from '../../lib/runtime/documentation/samples.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { PROJECT } from '../support/names.ts';
import { type CallParts, callOf, codeOf, GROUP, messageOf, storedGroup } from './api-calls.ts';
import { gatewayEvent, lambdaContext, type Result } from './events.ts';
import { Functions } from './setup.ts';

const MARK = 'sls-machine-groups/prod-eu';
const OTHER = 'sls-machine-groups/test';
const attribute = (externalName: string) => ({ groupAttribute: { groupTopic: 'testtopic', externalName } });

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
  store(MARK);
});
afterEach(() => functions[Symbol.asyncDispose]());

const stored = (name = GROUP) => functions.standIn.groups(PROJECT).get(name);
const store = (externalName: string) =>
  functions.standIn.groups(PROJECT).set(GROUP, storedGroup(attribute(externalName)));
const calls = () => functions.standIn.requests.map(({ operation }) => operation);
const writes = () => functions.standIn.requests.filter(({ method }) => method !== 'GET');

type Change = readonly [name: string, parts: CallParts];
const body = { groupName: GROUP, machineIdentifyType: 'ip', machineList: ['10.0.0.1', '10.0.0.9'] };
const replace = (externalName = MARK): Change => [
  'update-group',
  { body: { ...body, ...attribute(externalName) } },
];
const patch = (change: object = { machineList: ['10.0.0.1', '10.0.0.9'] }): Change => [
  'patch-group',
  { body: change },
];
const rename = (externalName: string | null) => patch({ groupAttribute: { externalName } });
const machines = (action: string, list = ['10.0.0.9']): Change => [
  'update-machines',
  { query: { projectName: PROJECT, action }, body: list },
];
const remove: Change = ['delete-group', {}];

async function run([name, parts]: Change, owner?: string, env: Record<string, string> = {}): Promise<Result> {
  const query = { projectName: PROJECT, ...parts.query, ...(owner !== undefined && { owner }) };
  return functions.http(await functions.load(name, env), callOf(name, { ...parts, query }));
}

describe('a group with the mark of a sync', () => {
  const changes: [string, Change][] = [
    ['PUT', replace()],
    ['PUT that takes it away', replace('')],
    ['PATCH', patch()],
    ['PATCH that takes it away', rename(null)],
    ['PATCH that makes it another system’s', rename('testgroup')],
    ['…/machines, add', machines('add')],
    ['…/machines, delete', machines('delete', ['10.0.0.1'])],
    ['DELETE', remove],
  ];

  test.each(changes)('is closed to whoever does not name its owner: %s', async (_, change) => {
    const before = stored();
    for (const owner of [undefined, 'prod', 'PROD-EU', 'testgroup']) {
      const result = await run(change, owner);
      expect([result.statusCode, codeOf(result)]).toEqual([409, 'MachineGroupOwned']);
      expect(messageOf(result)).toMatch(
        /^group test-machine-group is not (?:changed|deleted): it belongs to the sync of the owner "prod-eu", which owner= has to name\.$/,
      );
    }
    expect(writes()).toEqual([]);
    expect(stored()).toEqual(before);
  });

  test.each(changes)('is open to whoever does: %s', async (_, change) => {
    for (const owner of ['prod-eu', MARK]) {
      store(MARK);
      expect((await run(change, owner)).statusCode, owner).toBe(200);
    }
    expect(writes()).toHaveLength(2);
  });

  test('takes the owner from the body as well, and in a direct invocation', async () => {
    const [, { body: whole }] = replace();
    const result = await run(['update-group', { body: { ...(whole as object), owner: 'prod-eu' } }]);
    expect(result.statusCode, result.body).toBe(200);
    const input = { projectName: PROJECT, groupName: GROUP, groupType: 'Armory', owner: 'prod-eu' };
    await (await functions.load('patch-group'))(input, lambdaContext);
    expect(stored()).toMatchObject({ groupType: 'Armory', ...attribute(MARK) });
    expect(stored()).not.toHaveProperty('owner');
  });

  test('is not given from one sync to another by one word', async () => {
    for (const owner of ['prod-eu', 'test'])
      expect(codeOf(await run(rename(OTHER), owner))).toBe('MachineGroupOwned');
    expect((await run(rename(''), 'prod-eu')).statusCode).toBe(200);
    expect((await run(rename(OTHER), 'test')).statusCode).toBe(200);
    expect(stored()).toMatchObject(attribute(OTHER));
  });
});

describe('a mark', () => {
  const created: Change = ['create-group', { body: { ...body, groupName: 'new-group', ...attribute(MARK) } }];

  test('gives no group to a sync unless the caller names its owner', async () => {
    store('testgroup');
    for (const change of [created, replace(), rename(MARK)]) {
      const result = await run(change, 'testgroup');
      expect([result.statusCode, codeOf(result)]).toEqual([409, 'MachineGroupOwned']);
      expect(messageOf(result)).toMatch(/its externalName gives it to the sync of the owner "prod-eu"/);
    }
    expect(writes()).toEqual([]);
    for (const change of [created, replace()]) expect((await run(change, 'prod-eu')).statusCode).toBe(200);
  });

  test('is what none but a sync has: the sample of the documentation needs no owner', async () => {
    functions.standIn.groups(PROJECT).delete(GROUP);
    const sample = { ...definition, projectName: PROJECT, machineList: [] };
    expect(sample.groupAttribute.externalName).toBe('testgroup');
    const life: Change[] = [
      ['create-group', { body: sample }],
      ['update-group', { body: { ...sample, groupType: 'Armory' } }],
      patch(),
      rename('sls-machine-groups/'),
      machines('add', ['10.0.0.7']),
      machines('delete', ['10.0.0.7']),
      remove,
    ];
    for (const change of life) {
      const result = await run(change);
      expect(result.statusCode, result.body).toBe(200);
    }
    expect(stored()).toBeUndefined();
  });
});

describe('with a memory', () => {
  let dynamo: LocalDynamo;
  let table: OpenTable;
  const ID = groupId(`${PROJECT}/${GROUP}`);
  let env: Record<string, string>;
  beforeAll(async () => {
    dynamo = await startDynamo();
    env = { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url };
  });
  afterAll(() => dynamo[Symbol.asyncDispose]());
  let revision: number;
  const fields = async () => (await table.read([ID], Date.now() + 5_000)).get(ID);
  const item = async () => {
    const read = readGroup((await fields()) ?? { version: 1 });
    if (!read.readable) throw new Error(read.says);
    return read.item;
  };
  const removed = async () => [...(await item()).removed.values()].reduce((sum, one) => sum + one, 0);
  const writesOfItem = async () => Number((await fields())?.revision ?? 0) - revision;
  beforeEach(async () => {
    table = openTable({
      table: TABLE,
      now: Date.now,
      random: Math.random,
      sleep: async () => {},
      client: dynamo.client,
    });
    revision = Number((await fields())?.revision ?? 0);
  });
  afterEach(() => table.close());

  test.each<[string, Change, string[]]>([
    ['PUT', replace(), ['UpdateMachineGroup']],
    ['PATCH', patch(), ['UpdateMachineGroup']],
    ['…/machines', machines('delete', ['10.0.0.2']), ['UpdateMachineGroupMachine']],
    ['DELETE', remove, ['DeleteMachineGroup']],
  ])(
    'a write takes the lease and gives it back, looks before and reads back: %s',
    async (_, change, sent) => {
      const before = await removed();
      expect((await run(change, 'prod-eu', env)).statusCode).toBe(200);
      expect(await writesOfItem()).toBe(2);
      expect((await item()).lease).toBeUndefined();
      const gone = change === remove ? 2 : 1;
      expect((await removed()) - before).toBe(gone);
      const looks = calls().filter((name) => name !== 'GetAppliedConfigs');
      expect(looks).toEqual(['GetMachineGroup', 'GetMachineGroup', ...sent, 'GetMachineGroup']);
    },
  );

  test.each<[string, Change, string]>([
    ['a group without a mark', patch(), ''],
    ['a group with plain data for a mark', patch(), 'testgroup'],
    ['a patch that changes nothing', patch({ machineList: ['10.0.0.2', '10.0.0.1'].toSorted() }), MARK],
  ])('%s takes none', async (_, change, externalName) => {
    store(externalName);
    expect((await run(change, 'prod-eu', env)).statusCode).toBe(200);
    expect(await writesOfItem()).toBe(0);
  });

  test('a group that is given to a sync is written under its lease', async () => {
    store('');
    expect((await run(rename(MARK), 'prod-eu', env)).statusCode).toBe(200);
    expect(await writesOfItem()).toBe(2);
  });

  /** A lease that somebody else has. */
  async function held() {
    const taken = take(await item(), 'sync 1', pendingOf([], [], 0), Date.now());
    const set = groupFields(taken.item);
    await table.write(ID, { set, remove: [] }, revision, Date.now() + 5_000);
    revision += 1;
    const release = async () => {
      await table.write(ID, { set: groupFields(NO_GROUP), remove: ['lease'] }, revision, Date.now() + 5_000);
    };
    return { since: taken.state === 'free' ? taken.item.lease?.since : undefined, release };
  }

  test('whoever has the lease is waited for, and named where that takes too long', async () => {
    const { since = 0, release } = await held();
    for (const [name, parts] of [replace(), patch(), machines('add'), remove]) {
      const handler = await functions.load(name, env);
      const query = { projectName: PROJECT, ...parts.query, owner: 'prod-eu' };
      const event = gatewayEvent('2.0', callOf(name, { ...parts, query }));
      const result = (await handler(event, {
        ...lambdaContext,
        getRemainingTimeInMillis: () => 1_500,
      })) as Result;
      expect([result.statusCode, codeOf(result)]).toEqual([409, 'MachineGroupBusy']);
      expect(messageOf(result)).toBe(
        `group ${PROJECT}/${GROUP} is being written by sync 1 since ${new Date(since).toISOString()}: try again later.`,
      );
    }
    expect(writes()).toEqual([]);
    const waits = run(patch(), 'prod-eu', env);
    await release();
    expect((await waits).statusCode).toBe(200);
  });

  test('says what it is about to write, and who writes', async () => {
    const goesOn = Promise.withResolvers<void>();
    const comes = Promise.withResolvers<void>();
    const until = goesOn.promise;
    functions.standIn.faults.add({ kind: 'hold', until, moment: 'before', operation: 'UpdateMachineGroup' });
    const writing = run(patch(), 'prod-eu', env).finally(() => comes.resolve());
    const seen = async () => {
      for (;;) {
        const { lease } = await item();
        if (lease) return lease;
      }
    };
    const lease = await Promise.race([seen(), comes.promise.then(() => undefined)]);
    expect(lease?.holder).toMatch(/^PatchMachineGroup [0-9a-f-]{36}$/);
    expect(lease?.pending).toMatchObject({ removals: ['10.0.0.2'], additions: ['10.0.0.9'], weak: 0 });
    goesOn.resolve();
    expect((await writing).statusCode).toBe(200);
  });

  test('what would go by a write that somebody made meanwhile is announced before it goes', async () => {
    const before = await removed();
    await run(machines('add', ['10.0.0.5', '10.0.0.6']), 'prod-eu', env);
    functions.standIn.faults.add({ kind: 'stale-read', operation: 'GetMachineGroup' });
    revision = Number((await fields())?.revision);
    expect((await run(patch({ machineList: ['10.0.0.1'] }), 'prod-eu', env)).statusCode).toBe(200);
    expect(stored()?.machineList).toEqual(['10.0.0.1']);
    // Not as the first look said, one machine, but all that went; the lease was taken twice.
    expect((await removed()) - before).toBe(3);
    expect(await writesOfItem()).toBe(4);
  });

  test('a group that changed hands before the lease was taken is not written', async () => {
    store('');
    await run(rename(OTHER), 'test');
    functions.standIn.faults.add({ kind: 'stale-read', operation: 'GetMachineGroup' });
    const result = await run(rename(MARK), 'prod-eu', env);
    expect([result.statusCode, codeOf(result)]).toEqual([409, 'MachineGroupOwned']);
    expect(stored()).toMatchObject(attribute(OTHER));
    expect((await item()).lease).toBeUndefined();
  });

  test('the lease is kept until a reading shows the write', async () => {
    functions.standIn.faults.add({ kind: 'stale-read', operation: 'GetMachineGroup', skip: 2 });
    expect((await run(patch(), 'prod-eu', env)).statusCode).toBe(200);
    expect(calls().filter((name) => name === 'GetMachineGroup')).toHaveLength(4);
  });

  test('a memory that is down is told, and the write goes on', async () => {
    const result = await run(patch(), 'prod-eu', { ...env, SYNC_TABLE: 'no-such-table' });
    expect(result.statusCode, result.body).toBe(200);
    expect(functions.lines).toContainEqual(
      expect.objectContaining({ event: 'memory.down', says: 'the write goes on without a lease' }),
    );
  });
});

describe('projects', () => {
  const names = ['create-group', 'get-group', 'list-groups', 'update-group', 'patch-group', 'delete-group'];
  const others = ['update-machines', 'list-machines', 'apply-config', 'remove-config', 'list-configs'];
  const bodies: Record<string, unknown> = {
    'create-group': { ...body, groupName: 'new-group' },
    'update-group': body,
    'patch-group': { groupType: '' },
    'update-machines': ['10.0.0.9'],
  };

  test.each([...names, ...others, 'list-config-groups'])(
    'others than those of the deployment: %s',
    async (name) => {
      const call = (projectName: string) => {
        const query = { projectName, ...(name === 'update-machines' && { action: 'add' }) };
        return callOf(name, { query, ...(bodies[name] !== undefined && { body: bodies[name] }) });
      };
      const handler = await functions.load(name, { SLS_PROJECTS: 'one-project, two-project' });
      const result = await functions.http(handler, call(PROJECT));
      expect([result.statusCode, codeOf(result)]).toEqual([403, 'ProjectNotAllowed']);
      expect(messageOf(result)).toMatch(/^project ali-test-project is not served by this deployment/);
      expect(functions.standIn.requests).toEqual([]);
      const serves = await functions.load(name, { SLS_PROJECTS: `one-project, ${PROJECT}` });
      expect((await functions.http(serves, call(PROJECT))).statusCode).not.toBe(403);
      expect(functions.standIn.requests.length).toBeGreaterThan(0);
    },
  );
});
