// Groups that nobody keeps any more are deleted at somebody's request, and no others.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { projectChange, readProject } from '../../lib/core/memory/deployment.ts';
import { projectId } from '../../lib/core/memory/known.ts';
import { revisionOf } from '../../lib/core/memory/table.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { ACCOUNT, type EcsStandIn, shownInstance, startEcs } from '../support/stand-in-ecs/index.ts';
import { DEFAULT_KEY } from '../support/standin/index.ts';
import { codeOf, jsonOf, messageOf, storedGroup } from './api-calls.ts';
import { SyncFunctions } from './sync-setup.ts';

let sync: SyncFunctions;
let ecs: EcsStandIn;
let dynamo: LocalDynamo;

beforeEach(async () => {
  [sync, ecs, dynamo] = await Promise.all([SyncFunctions.start(), startEcs(), startDynamo()]);
  const { accessKeyId, accessKeySecret: secret } = DEFAULT_KEY;
  ecs.cloud.keys.set(accessKeyId, { secret, account: ACCOUNT });
  show('web');
  await sync.configure({
    groups: [sync.group('named')],
    families: [
      {
        project: PROJECT,
        name: '{team}-{role}',
        by: { team: 'tag:team', role: 'tag:role' },
        identify: 'ip',
        sources: [
          { type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true, endpoints: { ecs: ecs.origin } },
        ],
      },
    ],
  });
});
afterEach(async () => {
  for (const one of [sync, ecs, dynamo]) await one[Symbol.asyncDispose]();
});

function show(...teams: string[]): void {
  ecs.cloud.instances.set(
    `${ACCOUNT} cn-hangzhou`,
    teams.map((team, index) => shownInstance(index + 1, { tags: { team, role: 'api' } })),
  );
}

function put(groupName: string, externalName = MARK): void {
  const groupAttribute = { groupTopic: 'front', externalName };
  sync.functions.standIn.groups(PROJECT).set(groupName, storedGroup({ groupName, groupAttribute }));
}

async function retire(name: string, more: object = {}, env: Record<string, string> = {}) {
  const memory = { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url };
  const handler = await sync.load('retire', { SYNC_INVENTORY_ENDPOINTS: ecs.origin, ...memory, ...env });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ group: `${PROJECT}/${name}`, reason: 'the team is gone', ...more });
  return sync.functions.http(handler, {
    method: 'POST',
    path: '/retire',
    headers,
    body,
    caller: 'arn:somebody',
  });
}

const table = () =>
  openTable({
    table: TABLE,
    now: Date.now,
    random: Math.random,
    sleep: async () => {},
    client: dynamo.client,
  });
const exists = (name: string) => sync.functions.standIn.groups(PROJECT).has(name);

test('a group of a value that vanished is deleted under its lease, and the answer is what it was', async () => {
  put('ops-api');
  sync.functions.standIn.configs(PROJECT).add('access-log');
  const group = `${PROJECT}/ops-api`;
  const memory = table();
  const orphans = [{ group, mark: MARK, since: 1 }];
  const change = projectChange(undefined, { orphans });
  if (change) await memory.write(projectId(PROJECT), change, 0, Date.now() + 10_000);

  const result = await retire('ops-api');
  expect(result.statusCode, result.body).toBe(200);
  expect(jsonOf(result)).toEqual({
    group,
    who: 'arn:somebody',
    reason: 'the team is gone',
    identify: 'ip',
    topic: 'front',
    mark: MARK,
    members: { count: 2, members: ['10.0.0.1', '10.0.0.2'] },
    configs: [],
    reporting: 0,
  });
  expect(exists('ops-api')).toBe(false);
  expect(sync.writes).toEqual(['DeleteMachineGroup']);
  expect(JSON.stringify(sync.functions.lines)).toContain('the team is gone');
  // Nobody is told of it any more, and the lease was given back.
  const items = await memory.read([projectId(PROJECT), `group ${group}`], Date.now() + 10_000);
  expect(readProject(items.get(projectId(PROJECT)))).toMatchObject({ item: { orphans: [] } });
  expect(revisionOf(items.get(`group ${group}`))).toBeGreaterThan(0);
  memory.close();
  expect((await retire('ops-api')).statusCode).toBe(404);
});

describe('nothing is deleted', () => {
  afterEach(() => expect(sync.writes).toEqual([]));

  test.each([
    ['that the document names', 'named', 'GroupConfigured', /the configuration names it/],
    ['that the document names in another case', 'Named', 'GroupConfigured', /the configuration names it/],
    [
      'that a family makes now',
      'web-api',
      'GroupConfigured',
      /by the family ali-test-project\/\{team\}-\{role\}/,
    ],
  ])('of a group %s', async (_what, name, code, says) => {
    put(name);
    const result = await retire(name, { stillReporting: true });
    expect([result.statusCode, codeOf(result)]).toEqual([409, code]);
    expect(messageOf(result)).toMatch(says);
  });

  test.each(['', 'armory', 'sls-machine-groups/another'])('of a group with the mark %j', async (mark) => {
    put('ops-api', mark);
    const result = await retire('ops-api', { stillReporting: true });
    expect([result.statusCode, codeOf(result)]).toEqual([409, 'GroupNotOurs']);
  });

  test('while its family’s inventory cannot be read', async () => {
    put('ops-api');
    ecs.cloud.denied.add(`${ACCOUNT} DescribeInstances`);
    const result = await retire('ops-api', { stillReporting: true });
    expect([result.statusCode, codeOf(result)]).toEqual([502, 'InventoryUnreadable']);
  });

  test('of a name that two combinations ask for', async () => {
    put('a-b-api');
    ecs.cloud.instances.set(`${ACCOUNT} cn-hangzhou`, [
      shownInstance(1, { tags: { team: 'a', role: 'b-api' } }),
      shownInstance(2, { tags: { team: 'a-b', role: 'api' } }),
    ]);
    expect(codeOf(await retire('a-b-api', { stillReporting: true }))).toBe('GroupConfigured');
  });

  test('in a project that the configuration does not name, or without a reason', async () => {
    expect(codeOf(await retire('x', { group: 'other/ops-api' }))).toBe('GroupNotConfigured');
    put('ops-api');
    expect((await retire('ops-api', { reason: ' ' })).statusCode).toBe(400);
  });

  test('without a memory', async () => {
    put('ops-api');
    for (const env of [{ SYNC_TABLE: '' }, { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' }])
      expect((await retire('ops-api', {}, env)).statusCode).toBe(503);
  });
});

test('machines that report, and a witness that is deaf, have to be said once more', async () => {
  put('ops-api');
  const row = { ip: '10.0.0.1', 'machine-uniqueid': 'u', 'userdefined-id': '', 'host-id': 'h' };
  sync.functions.standIn.setHeartbeats(PROJECT, 'ops-api', [
    { ...row, lastHeartbeatTime: Math.floor(Date.now() / 1000) - 60 },
    { ...row, ip: '10.0.0.2', lastHeartbeatTime: 1_000_000_000 },
  ]);
  const refused = await retire('ops-api');
  expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'MachinesReport']);
  expect(messageOf(refused)).toMatch(/1 of its machines report; say "stillReporting": true/);
  expect(exists('ops-api')).toBe(true);
  sync.functions.standIn.faults.add({
    kind: 'error',
    operation: 'ListMachines',
    status: 401,
    code: 'Unauthorized',
    message: 'denied',
  });
  expect(messageOf(await retire('ops-api'))).toMatch(/nobody can tell: ListMachines was denied/);
  const done = await retire('ops-api', { stillReporting: true });
  expect([done.statusCode, jsonOf(done).reporting]).toEqual([200, 1]);
  expect(exists('ops-api')).toBe(false);
});
