// Who of those that are wanted reports: measured by the function of the schedule, read back over HTTP. Over real sockets, with
// every call counted.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CoverageReport } from '../../lib/core/coverage/report.ts';
import { addresses } from '../support/addresses.ts';
import { PROJECT } from '../support/names.ts';
import type { Heartbeat } from '../support/standin/index.ts';
import { codeOf, jsonOf, storedGroup } from './api-calls.ts';
import { lambdaContext, SCHEDULE } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

let sync: SyncFunctions;
let toDynamo: string[];
const count = (message: unknown) => {
  const target = (message as { request: ClientRequest }).request.getHeader('x-amz-target');
  if (String(target).startsWith('DynamoDB')) toDynamo.push(String(target).split('.')[1] ?? '');
};
beforeEach(async () => {
  toDynamo = [];
  sync = await SyncFunctions.start();
  // There is a memory.
  await sync.remember('web', []);
  subscribe('http.client.request.start', count);
});
afterEach(async () => {
  unsubscribe('http.client.request.start', count);
  await sync[Symbol.asyncDispose]();
});

const now = () => Math.floor(Date.now() / 1_000);
const beat = (ip: string, age = 30, rest: Partial<Heartbeat> = {}): Heartbeat => ({
  ip,
  lastHeartbeatTime: now() - age,
  ...rest,
});
const hear = (name: string, machines: readonly Heartbeat[]) => {
  const groups = sync.functions.standIn.groups(PROJECT);
  if (!groups.has(name)) groups.set(name, storedGroup({ groupName: name }));
  sync.functions.standIn.setHeartbeats(PROJECT, name, machines);
};
const operations = (from = 0) =>
  sync.functions.standIn.requests.slice(from).map(({ operation }) => operation);
const lines = (event: string) => sync.functions.lines.filter((line) => line.event === event);

/** The last line in CloudWatch's embedded metric format. */
const metrics = () => sync.functions.lines.findLast((line) => '_aws' in line);

async function look(event: unknown = SCHEDULE): Promise<CoverageReport> {
  const handler = await sync.load('coverage');
  return (await handler(event, lambdaContext)) as CoverageReport;
}

async function get(query: Record<string, string> = {}) {
  const handler = await sync.load('get-coverage');
  return sync.functions.http(handler, { method: 'GET', path: '/coverage', query });
}

test('one reading of inventories, one listing a group, nothing written to SLS, and the figures are told', async () => {
  const three = addresses(3);
  const [first = '', second = '', third = ''] = three;
  sync.inventory = () => three;
  await sync.configure({ groups: ['web', 'db'].map((name) => sync.group(name)) });
  hear('web', [beat(first), beat(second, 3_600), beat('192.168.7.7')]);
  hear('db', [beat(first), beat(second), beat(third)]);
  const report = await look();
  expect(operations()).toEqual(['ListMachines', 'ListMachines']);
  expect(sync.readings).toBe(1);
  expect(toDynamo).toEqual(['BatchGetItem', 'UpdateItem', 'UpdateItem']);
  expect(report.total).toMatchObject({
    groups: 2,
    unmeasured: 0,
    wanted: 6,
    reporting: 4,
    elsewhere: 2,
    strangers: 1,
  });
  // What is silent or unheard in one group and reports in another one is elsewhere.
  expect(report.groups[0]).toMatchObject({
    group: `${PROJECT}/web`,
    wanted: 3,
    reporting: 1,
    elsewhere: 2,
    strangers: 1,
    whole: true,
    names: { strangers: ['192.168.7.7'] },
  });

  const figures = { CoverageWanted: 6, CoverageReporting: 4, CoverageElsewhere: 2, CoverageStrangers: 1 };
  expect(metrics()).toMatchObject({
    ...figures,
    Coverage: expect.closeTo(66.67, 2),
    CoverageDrops: 0,
    CoverageUnmeasured: 0,
  });

  // The same a moment later writes nothing.
  toDynamo = [];
  await look({});
  expect(toDynamo).toEqual(['BatchGetItem']);

  const from = operations().length;
  const answer = await get();
  expect(answer.statusCode, answer.body).toBe(200);
  expect(jsonOf(answer)).toMatchObject({ total: { wanted: 6, reporting: 4 }, leftOut: 0 });
  expect(jsonOf(answer).groups[0].ageSeconds).toBeLessThan(120);
  const one = await get({ group: `${PROJECT}/db` });
  expect(jsonOf(one).groups).toMatchObject([{ group: `${PROJECT}/db`, share: 1, reporting: 3 }]);
  const nobody = await get({ group: `${PROJECT}/nobody` });
  expect([nobody.statusCode, codeOf(nobody)]).toEqual([404, 'GroupNotConfigured']);
  // From the memory alone.
  expect(operations(from)).toEqual([]);
  expect(sync.readings).toBe(2);
});

test('a listing of many machines is read page by page', async () => {
  const many = addresses(1_200);
  sync.inventory = () => many;
  await sync.configure({ groups: [sync.group('web')] });
  hear(
    'web',
    many.map((ip) => beat(ip)),
  );
  expect((await look()).total).toMatchObject({ wanted: 1_200, reporting: 1_200, share: 1 });
  expect(operations()).toEqual(['ListMachines', 'ListMachines', 'ListMachines']);
});

test('ids and addresses are joined from one reading of the inventory', async () => {
  const machine = (id: number, address: string) => ({
    id,
    name: `web-${id}`,
    primary_ip4: { address: `${address}/24` },
    primary_ip6: null,
    custom_fields: { sls: 'fleet' },
  });
  const results = [machine(1, '10.0.0.1'), machine(2, '10.0.0.2'), machine(3, '10.0.0.3')];
  sync.document = () => ({ count: results.length, next: null, results });
  const source = { ...sync.httpSource, format: 'netbox', id: { field: 'sls' } };
  await sync.configure({ groups: [sync.group('web', { identify: 'userdefined', sources: [source] })] });
  const id = { 'userdefined-id': 'fleet' };
  hear('web', [beat('10.0.0.1', 30, id), beat('10.0.0.2', 3_600, id), beat('10.0.0.9', 30, id)]);
  const { groups } = await look();
  expect(groups).toMatchObject([
    {
      wanted: 3,
      reporting: 1,
      silent: 1,
      never: 1,
      strangers: 1,
      ids: { wanted: 1, machines: 2, most: 2 },
      names: { silent: ['10.0.0.2 (web-2 (2))'], never: ['10.0.0.3 (web-3 (3))'], strangers: ['10.0.0.9'] },
    },
  ]);
  expect(sync.readings).toBe(1);
  expect(operations()).toEqual(['ListMachines']);
});

test('a machine that reports under another address that the inventory knows is elsewhere', async () => {
  const results = [
    {
      id: 1,
      name: 'web-1',
      primary_ip4: { address: '10.0.0.1/24' },
      primary_ip6: { address: '2001:db8::1/64' },
    },
  ];
  sync.document = () => ({ count: 1, next: null, results });
  const source = { ...sync.httpSource, format: 'netbox' };
  await sync.configure({ groups: [sync.group('web', { sources: [source] })] });
  hear('web', [beat('2001:db8::1')]);
  expect((await look()).groups).toMatchObject([
    { elsewhere: 1, strangers: 0, names: { elsewhere: ['10.0.0.1 (web-1 (1)) reports as 2001:db8::1'] } },
  ]);
  expect(sync.readings).toBe(1);
});

describe('what cannot be told is no drop', () => {
  beforeEach(async () => {
    sync.inventory = () => addresses(2);
    await sync.configure({ groups: ['web', 'db'].map((name) => sync.group(name)) });
    for (const name of ['web', 'db'])
      hear(
        name,
        addresses(2).map((ip) => beat(ip)),
      );
    await look();
  });

  test('an inventory that cannot be read: the figures before it stay, and it says why', async () => {
    sync.inventory = () => 503;
    const report = await look();
    expect(report.total).toMatchObject({ unmeasured: 2, wanted: 4, reporting: 4, dropped: 0 });
    const { groups } = jsonOf(await get());
    expect(groups[0]).toMatchObject({
      reporting: 2,
      share: 1,
      unmeasured: { says: expect.stringContaining('the inventory cannot be read') },
    });
    expect(lines('coverage.dropped')).toEqual([]);
    expect(metrics()).toMatchObject({ Coverage: 100, CoverageDrops: 0, CoverageUnmeasured: 2 });
    sync.inventory = () => addresses(2);
    await look();
    expect(jsonOf(await get()).groups[0]).not.toHaveProperty('unmeasured');
  });

  test('a listing that is denied: it says which action to grant, and the other group is measured', async () => {
    const denied = {
      kind: 'error',
      status: 403,
      code: 'Forbidden',
      times: Number.POSITIVE_INFINITY,
    } as const;
    sync.functions.standIn.faults.add({ ...denied, path: /\/machinegroups\/db\/machines/ });
    expect((await look()).total).toMatchObject({ unmeasured: 1, dropped: 0 });
    const [one] = jsonOf(await get({ group: `${PROJECT}/db` })).groups;
    expect(one).toMatchObject({
      reporting: 2,
      unmeasured: { says: expect.stringContaining('log:ListMachines') },
    });
    expect(lines('coverage.dropped')).toEqual([]);
  });

  test('an inventory that is not read whole: figures of what it did show, no strangers, no drop', async () => {
    sync.inventory = () => [...addresses(1), 'no address'];
    hear('web', [beat('192.168.7.7')]);
    const { groups } = await look();
    expect(groups.find(({ group }) => group.endsWith('/web'))).toMatchObject({
      whole: false,
      never: 0,
      elsewhere: 1,
    });
    expect(groups.every((group) => !('strangers' in group))).toBe(true);
    expect(lines('coverage.dropped')).toEqual([]);
  });

  test('a group that is gone is one: nobody reports there any more', async () => {
    sync.functions.standIn.groups(PROJECT).delete('web');
    sync.functions.standIn.groups(PROJECT).delete('db');
    await look();
    expect(lines('coverage.dropped').map(({ group }) => group)).toEqual([`${PROJECT}/web`, `${PROJECT}/db`]);
  });

  test('machines that fall silent are one, told once', async () => {
    hear(
      'web',
      addresses(2).map((ip) => beat(ip, 3_600)),
    );
    hear('db', []);
    await look();
    expect(lines('coverage.dropped').map(({ group }) => group)).toEqual([`${PROJECT}/web`, `${PROJECT}/db`]);
    await look();
    expect(lines('coverage.dropped')).toHaveLength(2);
    expect(metrics()).toMatchObject({ CoverageDrops: 0, Coverage: 0 });
    expect(jsonOf(await get()).groups[0].droppedSince).toMatch(/^20/);
  });
});

test('where nothing could ever be measured there is no share, rather than one of zero', async () => {
  sync.inventory = () => 503;
  await sync.configure({ groups: [sync.group('web')] });
  expect((await look()).total).not.toHaveProperty('share');
  expect(metrics()).toMatchObject({ CoverageUnmeasured: 1, CoverageDrops: 0 });
  expect(metrics()).not.toHaveProperty('Coverage');
  expect(jsonOf(await get()).groups).toMatchObject([
    { unmeasured: { says: expect.stringContaining('503') } },
  ]);
});

test('without a memory it measures and tells, and keeps nothing', async () => {
  sync.inventory = () => addresses(2);
  await sync.configure({ groups: [sync.group('web')] });
  hear('web', [beat(addresses(1)[0] ?? '')]);
  const handler = await sync.load('coverage', { SYNC_TABLE: '' });
  expect(await handler({}, lambdaContext)).toMatchObject({ total: { wanted: 2, reporting: 1, never: 1 } });
  expect(toDynamo).toEqual([]);
});

test.each([{ groups: [`${PROJECT}/web`] }, { mode: 'apply' }, [], 'all'])(
  'an event that asks for something else is refused: %j',
  async (event) => {
    await sync.configure({ groups: [sync.group('web')] });
    await expect(look(event)).rejects.toThrow();
    expect(operations()).toEqual([]);
  },
);
