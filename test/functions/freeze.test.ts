// A person freezes groups and lifts it, over real sockets: what runs, requests and approvals do meanwhile, and afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { deploymentChange, readDeployment } from '../../lib/core/memory/deployment.ts';
import { DEPLOYMENT_ID } from '../../lib/core/memory/known.ts';
import { revisionOf } from '../../lib/core/memory/table.ts';
import { HOUR } from '../../lib/core/removal/settings.ts';
import { workFor } from '../../lib/core/trigger/work.ts';
import { TABLE } from '../support/memory/dynalite.ts';
import { MARK, OWNER, PROJECT } from '../support/names.ts';
import { type CallParts, callOf, codeOf, jsonOf, messageOf, storedGroup } from './api-calls.ts';
import { lambdaContext, SCHEDULE } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

let sync: SyncFunctions;
beforeAll(async () => {
  sync = await SyncFunctions.start();
});
afterAll(() => sync[Symbol.asyncDispose]());

const STAYS = '10.0.0.1';
const GONE = ['10.0.0.8', '10.0.0.9'];
const NEW = '10.0.0.2';
const KEY = (name: string) => `${PROJECT}/${name}`;

/** A group in which two members are ripe to go, and one is to come. */
async function prepared(name: string): Promise<void> {
  await sync.configure({ groups: [sync.group(name), sync.group('other')] });
  sync.inventory = () => [STAYS, NEW];
  for (const one of [name, 'other'])
    sync.functions.standIn.groups(PROJECT).set(
      one,
      storedGroup({
        groupName: one,
        machineList: [STAYS, ...GONE],
        groupAttribute: { groupTopic: '', externalName: MARK },
      }),
    );
  await sync.remember(name, GONE);
  await sync.remember('other', []);
  await lift();
}

/** Takes all freezes out of the memory, as if there had never been one. */
async function lift(): Promise<void> {
  const now = Date.now;
  const table = openTable({
    table: TABLE,
    now,
    random: Math.random,
    sleep: async () => {},
    client: sync.memory.client,
  });
  const due = now() + 10_000;
  const fields = (await table.read([DEPLOYMENT_ID], due)).get(DEPLOYMENT_ID) ?? {};
  const read = readDeployment(fields);
  if (!read.readable) throw new Error(read.says);
  const change = deploymentChange(read.item, { ...read.item, freezes: [] });
  if (change) await table.write(DEPLOYMENT_ID, change, revisionOf(fields), due);
  table.close();
}

const ALICE = 'arn:aws:iam::123456789012:user/alice';
const json = { 'content-type': 'application/json' };

async function call(name: 'freeze' | 'unfreeze', request: object) {
  return sync.functions.http(await sync.load(name), {
    path: '/freeze',
    caller: ALICE,
    ...request,
  } as never);
}
const post = (body: object) => call('freeze', { method: 'POST', headers: json, body: JSON.stringify(body) });
const drop = (query: Record<string, string> = {}) => call('unfreeze', { method: 'DELETE', query });
const inAnHour = () => new Date(Date.now() + HOUR).toISOString();
const word = () => ({ until: inAnHour(), reason: 'the inventory is wrong' });
const run = async () => (await sync.sync(await sync.load('sync'), { mode: 'apply' })).report;
const reportOf = async (name: string) => (await run()).groups.find(({ group }) => group === KEY(name));

test('a frozen group is reported and not written, and has its patience anew when the freeze is lifted', async () => {
  await prepared('web');
  const { until, reason } = word();
  const frozen = await post({ groups: [KEY('web')], until, reason });
  expect(frozen.statusCode, frozen.body).toBe(200);
  expect(jsonOf(frozen)).toMatchObject({ freezes: [{ group: KEY('web'), who: ALICE, reason, until }] });

  expect(await reportOf('web')).toMatchObject({
    status: 'frozen',
    freeze: { who: ALICE, reason, until },
    withheld: [
      { action: 'add', by: 'frozen', members: [NEW] },
      { action: 'remove', by: 'frozen', members: GONE },
    ],
  });
  expect(sync.members('web')).toEqual([STAYS, ...GONE]);
  // Others go on.
  expect(sync.members('other')).toContain(NEW);

  const explained = await sync.functions.http(await sync.load('explain'), {
    method: 'GET',
    path: '/explain',
    query: { group: KEY('web'), machine: NEW },
  });
  expect(jsonOf(explained)).toMatchObject({ next: 'withheld', freeze: { who: ALICE, reason, until } });

  const lifted = await drop({ groups: KEY('web') });
  expect(jsonOf(lifted)).toMatchObject({ lifted: [{ group: KEY('web'), who: ALICE }], stillFrozen: [] });
  expect(await reportOf('web')).toMatchObject({
    status: 'written',
    additions: { members: [NEW] },
    withheld: [{ action: 'remove', by: 'patience', members: GONE }],
  });
  expect(sync.members('web')).toEqual([STAYS, NEW, ...GONE]);
});

test('a freeze of all groups covers each of them, also where the configuration cannot be read', async () => {
  await prepared('all');
  const before = sync.writes.length;
  expect((await sync.withoutConfiguration(() => post(word()))).statusCode).toBe(200);
  const report = await run();
  expect(report.status).toBe('ok');
  expect(report.groups.map(({ status }) => status)).toEqual(['frozen', 'frozen']);
  expect(sync.writes.length).toBe(before);

  expect((await drop({ groups: KEY('all') })).statusCode).toBe(404);
  const both = await post({ groups: [KEY('all')], ...word() });
  expect(both.statusCode).toBe(200);
  expect(jsonOf(await drop())).toMatchObject({
    lifted: [{ group: '*' }],
    stillFrozen: [{ group: KEY('all') }],
  });
  expect((await reportOf('all'))?.status).toBe('frozen');
  expect((await drop()).statusCode).toBe(404);
});

test.each<[string, object, number, string]>([
  ['without an end', { reason: 'x' }, 400, 'until: is missing'],
  [
    'that ends before now',
    { until: '2020-01-01T00:00:00Z', reason: 'x' },
    400,
    'until: must be in the future',
  ],
  [
    'of more than 30 days',
    { until: new Date(Date.now() + 31 * 24 * HOUR).toISOString(), reason: 'x' },
    400,
    'until: must be within 30 days',
  ],
  [
    'whose end is no time',
    { until: 'tomorrow', reason: 'x' },
    400,
    'until: must be a time such as 2026-11-26T06:00:00Z',
  ],
  ['without a reason', { until: inAnHour() }, 400, 'reason: is missing'],
  ['with an empty reason', { until: inAnHour(), reason: ' ' }, 400, 'reason: must say something'],
  ['of no group', { groups: [], ...word() }, 400, 'groups: '],
  ['of a group twice', { groups: [KEY('a'), KEY('a')], ...word() }, 400, 'names a group twice'],
  ['of what is no group', { groups: ['*'], ...word() }, 400, 'groups[0]: must be a group as project/name'],
  [
    'of unknown groups',
    { groups: [KEY('web'), KEY('nobody')], ...word() },
    404,
    `not in the configuration: ${KEY('nobody')}`,
  ],
  ['with more than it has', { ...word(), who: 'bob' }, 400, 'who: is not a known field'],
])('a freeze %s is refused, and nothing is frozen', async (_, body, status, says) => {
  await prepared('web');
  const result = await post(body);
  expect(result.statusCode).toBe(status);
  expect(jsonOf(result)).toMatchObject({ errorMessage: expect.stringContaining(says) });
  expect((await drop()).statusCode).toBe(404);
});

describe('an approval of a frozen group', () => {
  const approve = async (more: object = {}) =>
    sync.functions.http(await sync.load('approve-removals'), {
      method: 'POST',
      path: '/approvals',
      headers: json,
      body: JSON.stringify({ group: KEY('app'), removals: [GONE[0]], reason: 'it is gone', ...more }),
    });
  test('is refused unless it says that it goes through, and then removes exactly what it names', async () => {
    await prepared('app');
    await post({ groups: [KEY('app')], ...word() });
    const refused = await approve();
    expect(refused.statusCode).toBe(409);
    expect(jsonOf(refused)).toMatchObject({ errorCode: 'GroupFrozen' });
    expect(jsonOf(refused).errorMessage).toContain('say throughFreeze: true');

    const given = await approve({ throughFreeze: true });
    expect(given.statusCode, given.body).toBe(200);
    expect(jsonOf(given)).toMatchObject({ throughFreeze: true });
    expect(await reportOf('app')).toMatchObject({
      status: 'written',
      freeze: { who: ALICE },
      additions: { count: 0 },
      removals: { members: [GONE[0]] },
      withheld: [
        { action: 'add', by: 'frozen' },
        { action: 'remove', by: 'frozen', members: [GONE[1]] },
      ],
    });
    expect(sync.members('app')).toEqual([STAYS, GONE[1]]);
  });
  test('of before the freeze waits', async () => {
    await prepared('app');
    expect((await approve({ throughFreeze: true })).statusCode).toBe(200);
    await post({ groups: [KEY('app')], ...word() });
    expect((await reportOf('app'))?.status).toBe('frozen');
    expect(sync.members('app')).toEqual([STAYS, ...GONE]);
  });
});

describe('a direct write to a frozen group', () => {
  const replaced = storedGroup({
    groupName: 'app',
    machineList: [STAYS],
    groupAttribute: { groupTopic: '', externalName: MARK },
  });
  test.each<[string, CallParts]>([
    ['update-group', { body: replaced }],
    [
      'patch-group',
      { body: { machineList: [STAYS] }, headers: { 'content-type': 'application/merge-patch+json' } },
    ],
    ['update-machines', { query: { action: 'delete' }, body: [GONE[0]] }],
    ['delete-group', { query: { force: 'true', reason: 'a test' } }],
  ])('by %s is refused unless it says that it goes through', async (name, parts) => {
    await prepared('app');
    await post(word());
    const handler = await sync.functions.load(name, sync.memory.env);
    const send = (query: Record<string, string> = {}) => {
      const all = { projectName: PROJECT, owner: OWNER, ...parts.query, ...query };
      return sync.functions.http(
        handler,
        callOf(name, { ...parts, parameters: { groupName: 'app' }, query: all }),
      );
    };
    const before = sync.writes.length;
    const refused = await send();
    expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'GroupFrozen']);
    expect(messageOf(refused)).toContain(`frozen by ${ALICE} until`);
    expect(sync.writes.length).toBe(before);
    const passed = await send({ throughFreeze: 'true' });
    expect(passed.statusCode, passed.body).toBeLessThan(300);
    expect(sync.writes.length).toBe(before + 1);
  });
});

const sqs = (body: object) => ({
  Records: [
    {
      messageId: '00000001-0000-4000-8000-000000000000',
      receiptHandle: 'handle',
      body: JSON.stringify(body),
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:sls-sync',
      awsRegion: 'eu-central-1',
    },
  ],
});

test('every way that sets a run off leaves a frozen group alone', async () => {
  await prepared('web');
  await post(word());
  const before = sync.writes.length;
  const work = sqs(workFor(KEY('web'), 'run-1', 'event'));
  for (const [name, given] of [
    ['sync-from-inventory', SCHEDULE],
    ['sync-from-inventory', { mode: 'apply' }],
    ['sync-from-inventory', sqs(SCHEDULE)],
    ['sync-group', work],
  ] as const) {
    sync.functions.lines.length = 0;
    await (await sync.load(name))(given, lambdaContext);
    const told = sync.functions.lines.find(
      ({ event, group }) => event === 'sync.group' && group === KEY('web'),
    );
    expect(told, name).toMatchObject({ status: 'frozen', freeze: { who: ALICE } });
  }
  expect(sync.writes.length).toBe(before);
  expect(sync.members('web')).toEqual([STAYS, ...GONE]);
});
