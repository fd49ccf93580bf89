// Families end to end: handlers as Lambda loads them, a stand-in of ECS whose tags a test sets, and the stand-in of SLS.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { readProject } from '../../lib/core/memory/deployment.ts';
import { readGroup } from '../../lib/core/memory/group.ts';
import { groupId, projectId } from '../../lib/core/memory/known.ts';
import type { RunReport } from '../../lib/core/report/report.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { ACCOUNT, type EcsStandIn, shownInstance, startEcs } from '../support/stand-in-ecs/index.ts';
import { DEFAULT_KEY } from '../support/standin/index.ts';
import { storedGroup } from './api-calls.ts';
import { lambdaContext, SCHEDULE } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

let sync: SyncFunctions;
let ecs: EcsStandIn;

beforeEach(async () => {
  [sync, ecs] = await Promise.all([SyncFunctions.start(), startEcs()]);
  const { accessKeyId, accessKeySecret: secret } = DEFAULT_KEY;
  ecs.cloud.keys.set(accessKeyId, { secret, account: ACCOUNT });
});
afterEach(async () => {
  for (const one of [sync, ecs]) await one[Symbol.asyncDispose]();
});

const FAMILY = `${PROJECT}/{team}-{role}`;

/** Machines by number, each with the two tags. */
function show(...machines: [number: number, team: string | undefined, role: string][]): void {
  ecs.cloud.instances.set(
    `${ACCOUNT} cn-hangzhou`,
    machines.map(([number, team, role]) =>
      shownInstance(number, { tags: { ...(team !== undefined && { team }), role } }),
    ),
  );
}

const family = (changes: object = {}) => ({
  project: PROJECT,
  name: '{team}-{role}',
  by: { team: 'tag:team', role: 'tag:role' },
  identify: 'ip',
  sources: [{ type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true, endpoints: { ecs: ecs.origin } }],
  ...changes,
});

const configure = (changes: object = {}, document: object = {}) =>
  sync.configure({ groups: [], families: [family(changes)], ...document });
const load = (name: Parameters<SyncFunctions['load']>[0] = 'sync', env = {}) =>
  sync.load(name, { SYNC_INVENTORY_ENDPOINTS: ecs.origin, ...env });
const run = async (request: object = { mode: 'apply' }) => sync.sync(await load(), request);
const statuses = ({ groups }: RunReport) =>
  Object.fromEntries(groups.map(({ group, status }) => [group.slice(PROJECT.length + 1), status]));
const groups = () => sync.functions.standIn.groups(PROJECT);
const inventoryCalls = () => ecs.asked.filter(({ query }) => query.DryRun === undefined).length;

test('each combination becomes a group with its machines and our mark, from one reading', async () => {
  show([1, 'web', 'api'], [2, 'web', 'api'], [3, 'web', 'db'], [4, 'ops', 'db'], [5, undefined, 'db']);
  await configure();
  const { report } = await run();
  expect(report).toMatchObject({
    status: 'ok',
    families: [{ family: FAMILY, status: 'read', groups: 3, leftOut: { count: 0 }, without: 1 }],
  });
  expect(Object.fromEntries([...groups().keys()].map((name) => [name, sync.members(name)]))).toEqual({
    'ops-db': ['10.0.0.4'],
    'web-api': ['10.0.0.1', '10.0.0.2'],
    'web-db': ['10.0.0.3'],
  });
  expect(groups().get('web-api')?.groupAttribute.externalName).toBe(MARK);
  expect(inventoryCalls()).toBe(1);
  const again = await run();
  expect(statuses(again.report)).toEqual({ 'ops-db': 'in-sync', 'web-api': 'in-sync', 'web-db': 'in-sync' });
  expect(inventoryCalls()).toBe(2);
});

test('a plan shows the groups that a family makes and from what, also as Markdown and in explain', async () => {
  show([1, 'web', 'api'], [2, 'We b', 'api']);
  await configure({ configs: ['access-log'] });
  const { report } = await run({ mode: 'plan' });
  expect(report).toMatchObject({
    status: 'refused',
    families: [
      {
        status: 'refused',
        groups: 1,
        leftOut: { count: 1, says: [expect.stringContaining('team="We b", role="api" makes "We b-api"')] },
      },
    ],
    groups: [
      { status: 'planned', made: { family: FAMILY, by: 'team="web", role="api"', configs: ['access-log'] } },
    ],
  });
  const { result } = await sync.sync(await load(), { mode: 'plan' }, { accept: 'text/markdown' });
  expect(result.body).toContain(`### Family \`${FAMILY}\`: 1 group\n`);
  expect(result.body).toContain(`- Of the family \`${FAMILY}\`, from \`team="web", role="api"\``);
  expect(result.body).toContain('- A new group gets `access-log`');
  const query = { group: `${PROJECT}/web-api`, machine: '10.0.0.1' };
  const explained = await sync.functions.http(await load('explain'), {
    method: 'GET',
    path: '/explain',
    query,
  });
  expect(explained.body).toContain(
    `The family \\"${FAMILY}\\" makes the group, from team=\\"web\\", role=\\"api\\".`,
  );
  const unknown = { method: 'GET', path: '/explain', query: { ...query, group: `${PROJECT}/no-such` } };
  expect((await sync.functions.http(await load('explain'), unknown)).statusCode).toBe(404);
  expect(sync.writes).toEqual([]);
});

test('a group without our mark is left alone and told, and one of the document is not touched', async () => {
  show([1, 'web', 'api'], [2, 'ops', 'db']);
  groups().set('web-api', storedGroup({ groupName: 'web-api', machineList: ['10.9.9.9'] }));
  await configure(
    {},
    { groups: [sync.group('ops-db', { sources: [{ type: 'static', members: ['10.0.0.7'] }] })] },
  );
  const { report } = await run();
  expect(statuses(report)).toEqual({ 'ops-db': 'written', 'web-api': 'left-alone' });
  expect(report.groups.find(({ status }) => status === 'left-alone')?.refusals[0]?.says).toMatch(
    /; a family takes none over: name the group under groups with adopt: true/,
  );
  expect(report.families?.[0]?.leftOut.says).toEqual([
    'team="ops", role="db" makes "ops-db", which a group of the document has',
  ]);
  expect([sync.members('web-api'), sync.members('ops-db')]).toEqual([['10.9.9.9'], ['10.0.0.7']]);
});

test('existing groups come first when maxGroups is reached, and groups of values that vanished count', async () => {
  show([1, 'zz', 'db'], [2, 'yy', 'db']);
  await configure({ maxGroups: 2 });
  await run();
  show([1, 'zz', 'db'], [3, 'aa', 'db'], [4, 'bb', 'db']);
  const { report } = await run();
  expect([...groups().keys()].sort()).toEqual(['yy-db', 'zz-db']);
  expect(statuses(report)).toEqual({ 'zz-db': 'in-sync' });
  expect(report.families?.[0]).toMatchObject({ status: 'refused', leftOut: { count: 2 } });
  expect(sync.members('yy-db')).toEqual(['10.0.0.2']);
});

describe('configs of a family', () => {
  test('are applied to a group that it makes, and again where that failed', async () => {
    show([1, 'web', 'api']);
    await configure({ configs: ['access-log', 'audit'] });
    sync.functions.standIn.configs(PROJECT).add('access-log');
    const first = await run();
    expect(first.result.statusCode).toBe(502);
    expect(first.report.groups[0]).toMatchObject({
      status: 'failed',
      change: 'written',
      made: { applied: ['access-log'] },
      error: {
        code: 'ConfigNotExist',
        message: expect.stringMatching(/collects nothing that it should \(audit\): /),
      },
    });
    sync.functions.standIn.configs(PROJECT).add('audit');
    const second = await run();
    expect(second.report.groups[0]).toMatchObject({ status: 'in-sync', made: { applied: ['audit'] } });
    expect([...sync.functions.standIn.appliedConfigs(PROJECT, 'web-api')].sort()).toEqual([
      'access-log',
      'audit',
    ]);
    const third = await run();
    expect(third.report.groups[0]?.made?.applied).toBeUndefined();
  });

  test('are left to people a day after the group was made', async () => {
    show([1, 'web', 'api']);
    await configure({ configs: ['access-log'] });
    sync.functions.standIn.configs(PROJECT).add('access-log');
    const old = {
      groupName: 'web-api',
      machineList: ['10.0.0.1'],
      groupAttribute: { groupTopic: '', externalName: MARK },
    };
    groups().set('web-api', storedGroup(old));
    const { report } = await run();
    expect(statuses(report)).toEqual({ 'web-api': 'in-sync' });
    expect([...sync.functions.standIn.appliedConfigs(PROJECT, 'web-api')]).toEqual([]);
  });
});

describe('a reading that is not all of the truth', () => {
  test('that is denied makes nothing and empties nothing, and the family has failed', async () => {
    show([1, 'web', 'api']);
    await configure();
    await run();
    ecs.cloud.denied.add(`${ACCOUNT} DescribeInstances`);
    const { report, result } = await run();
    expect(result.statusCode).toBe(502);
    expect(report).toMatchObject({
      status: 'failed',
      groups: [],
      families: [{ status: 'failed', error: { code: 'forbidden' } }],
    });
    expect(sync.members('web-api')).toEqual(['10.0.0.1']);
  });

  test('that is empty leaves every group as it is', async () => {
    show([1, 'web', 'api']);
    await configure();
    await run();
    show();
    const { report } = await run();
    expect(report).toMatchObject({ status: 'ok', groups: [], families: [{ groups: 0 }] });
    expect(sync.members('web-api')).toEqual(['10.0.0.1']);
  });

  test('of a machine without an address makes no group of its combination, and those of others', async () => {
    show([1, 'web', 'api']);
    const blank = { VpcAttributes: { VpcId: 'vpc-bp1', PrivateIpAddress: { IpAddress: [] } } };
    ecs.cloud.instances
      .get(`${ACCOUNT} cn-hangzhou`)
      ?.push(shownInstance(2, { tags: { team: 'ops', role: 'db' }, more: blank }));
    await configure();
    const { report } = await run();
    expect(statuses(report)).toEqual({ 'ops-db': 'withheld', 'web-api': 'written' });
    expect(report.groups.find(({ status }) => status === 'withheld')?.withheld).toMatchObject([
      { action: 'create', by: 'incomplete' },
    ]);
    expect([...groups().keys()]).toEqual(['web-api']);
  });
});

describe('a group of a family asked for by name', () => {
  beforeEach(async () => {
    show([1, 'web', 'api'], [2, 'ops', 'db']);
    await configure();
  });

  test('is looked at alone', async () => {
    const { report } = await run({ mode: 'apply', groups: [`${PROJECT}/web-api`] });
    expect(statuses(report)).toEqual({ 'web-api': 'written' });
    expect([...groups().keys()]).toEqual(['web-api']);
  });

  test('that no combination makes is told, and nothing is written', async () => {
    const { report, result } = await run({ mode: 'apply', groups: [`${PROJECT}/web-db`] });
    expect(result.statusCode).toBe(409);
    expect(report.families?.[0]?.leftOut.says).toEqual([
      `no combination makes the group ${PROJECT}/web-db now`,
    ]);
    expect(sync.writes).toEqual([]);
  });

  test('is found by a worker that is handed it, as is a family as a whole', async () => {
    const worker = await load('sync-group');
    const hand = (group: string) => ({
      Records: [
        {
          messageId: 'm',
          eventSource: 'aws:sqs',
          body: JSON.stringify({
            type: 'sls-machine-groups/reconcile',
            version: 1,
            group,
            run: 'r',
            asked: 'schedule',
          }),
        },
      ],
    });
    expect(await worker(hand(`${PROJECT}/web-api`), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect([...groups().keys()]).toEqual(['web-api']);
    expect(await worker(hand(FAMILY), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect([...groups().keys()].sort()).toEqual(['ops-db', 'web-api']);
    // A value that vanished since the message was sent is nothing to try again.
    expect(await worker(hand(`${PROJECT}/no-more`), lambdaContext)).toEqual({ batchItemFailures: [] });
  });
});

test('the schedule looks at all groups of a family', async () => {
  show([1, 'web', 'api'], [2, 'ops', 'db']);
  await configure();
  expect(await (await load('sync-from-inventory'))(SCHEDULE, lambdaContext)).toMatchObject({
    status: 'ok',
    groups: [{ status: 'written' }, { status: 'written' }],
  });
});

describe('the memory of a family', () => {
  let dynamo: LocalDynamo;
  let memory: Record<string, string>;
  beforeEach(async () => {
    dynamo = await startDynamo();
    memory = { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url };
  });
  afterEach(() => dynamo[Symbol.asyncDispose]());

  const schedule = async () => (await load('sync-from-inventory', memory))(SCHEDULE, lambdaContext);
  async function items(...ids: string[]) {
    const client = {
      table: TABLE,
      now: Date.now,
      random: Math.random,
      sleep: async () => {},
      client: dynamo.client,
    };
    const table = openTable(client);
    const found = await table.read(ids, Date.now() + 10_000);
    table.close();
    return ids.map((id) => found.get(id));
  }
  async function orphans() {
    const [fields] = await items(projectId(PROJECT));
    const read = readProject(fields);
    return read.readable ? read.item.orphans.map(({ group }) => group) : read.says;
  }
  async function verdict(key: string) {
    const [fields] = await items(groupId(key));
    const read = readGroup(fields ?? {});
    return read.readable ? read.item.verdict : read.says;
  }

  test('combinations that are left out are attention of the family, and over when they are', async () => {
    show([1, 'web', 'api'], [2, 'We b', 'api']);
    await configure();
    await schedule();
    expect(await verdict(FAMILY)).toMatchObject({
      is: 'attention',
      code: 'refused left-out',
      says: expect.stringMatching(
        /^1 combinations make no group: team="We b".*; give the machines other tags/,
      ),
    });
    expect(await verdict(`${PROJECT}/web-api`)).toMatchObject({ is: 'converged' });
    const ack = await load('ack', memory);
    const body = JSON.stringify({ group: FAMILY, hours: 1, reason: 'renamed next week' });
    const headers = { 'content-type': 'application/json' };
    expect((await sync.functions.http(ack, { method: 'POST', path: '/ack', headers, body })).statusCode).toBe(
      200,
    );
    show([1, 'web', 'api']);
    for (const _ of [1, 2]) await schedule();
    expect(await verdict(FAMILY)).toMatchObject({ is: 'converged' });
  });

  test('the status tells the family as a row of its own, and orphans of a project that has families only', async () => {
    const status = async () => {
      const get = { method: 'GET', path: '/status' };
      return JSON.parse((await sync.functions.http(await load('status', memory), get)).body);
    };
    groups().set(
      'old-db',
      storedGroup({ groupName: 'old-db', groupAttribute: { groupTopic: '', externalName: MARK } }),
    );
    show([1, 'web', 'api'], [2, 'We b', 'api']);
    await configure({ contact: '#data' });
    expect(await status()).toMatchObject({
      counts: { groups: 0, families: 1, waiting: 1 },
      groups: [{ group: FAMILY, family: true, is: 'waiting', code: 'not-looked-at' }],
    });
    await schedule();
    expect(await status()).toMatchObject({
      counts: { groups: 1, families: 1, attention: 2 },
      groups: [
        { group: FAMILY, family: true, is: 'attention', code: 'refused left-out', contact: '#data' },
        { group: `${PROJECT}/old-db`, is: 'attention', code: 'orphan' },
      ],
    });
    show([1, 'web', 'api']);
    for (const _ of [1, 2]) await schedule();
    expect((await status()).groups).toMatchObject([{ code: 'orphan' }, { group: FAMILY, is: 'converged' }]);
  });

  test('a group that the family makes can be frozen, and one that it cannot make is not known', async () => {
    show([1, 'web', 'api']);
    await configure();
    await schedule();
    const freeze = async (group: string) => {
      const until = new Date(Date.now() + 3_600_000).toISOString();
      const body = JSON.stringify({ groups: [group], until, reason: 'the tags are wrong' });
      const headers = { 'content-type': 'application/json' };
      const call = { method: 'POST', path: '/freeze', headers, body };
      return (await sync.functions.http(await load('freeze', memory), call)).statusCode;
    };
    expect([await freeze(`${PROJECT}/web-api`), await freeze(`${PROJECT}/web`)]).toEqual([200, 404]);
    show([1, 'web', 'api'], [2, 'web', 'api']);
    await schedule();
    expect(sync.members('web-api')).toEqual(['10.0.0.1']);
  });

  test('a family that fails waits for an hour before a person is asked', async () => {
    await configure();
    ecs.cloud.denied.add(`${ACCOUNT} DescribeInstances`);
    await expect(schedule()).rejects.toThrow(`${FAMILY}: forbidden`);
    expect(await verdict(FAMILY)).toMatchObject({ is: 'waiting', code: 'failing' });
  });

  test('a group of a value that vanished is an orphan, and none of those that are made or left out', async () => {
    for (const name of ['old-db', 'web-api', 'a-b-c'])
      groups().set(
        name,
        storedGroup({ groupName: name, groupAttribute: { groupTopic: '', externalName: MARK } }),
      );
    show([1, 'web', 'api'], [2, 'a', 'b-c'], [3, 'a-b', 'c']);
    await configure();
    await schedule();
    expect(await orphans()).toEqual([`${PROJECT}/old-db`]);
    expect(sync.members('old-db')).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(sync.members('a-b-c')).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  test('nothing is an orphan by an inventory that could not be read', async () => {
    for (const name of ['old-db', 'nodash'])
      groups().set(
        name,
        storedGroup({ groupName: name, groupAttribute: { groupTopic: '', externalName: MARK } }),
      );
    await configure();
    ecs.cloud.denied.add(`${ACCOUNT} DescribeInstances`);
    await expect(schedule()).rejects.toThrow();
    expect(await orphans()).toEqual([`${PROJECT}/nodash`]);
  });
});

test('a machine whose tag changes moves from one group of a family to another', async () => {
  const wanted = Array.from({ length: 12 }, (_, index): [number, string, string] => [
    index + 1,
    'web',
    'api',
  ]);
  show(...wanted);
  await configure();
  await run();
  await sync.remember('web-api', ['10.0.0.1']);
  const alive = wanted.map(([number]) => ({
    ip: `10.0.0.${number}`,
    'machine-uniqueid': `u${number}`,
    'userdefined-id': '',
    lastHeartbeatTime: Math.floor(Date.now() / 1000),
  }));
  sync.functions.standIn.setHeartbeats(PROJECT, 'web-api', alive);
  show([1, 'ops', 'api'], ...wanted.slice(1));
  await run();
  expect(sync.members('ops-api')).toEqual(['10.0.0.1']);
  const { report } = await run();
  expect(report.status).toBe('ok');
  expect(sync.members('web-api')).toHaveLength(11);
});
