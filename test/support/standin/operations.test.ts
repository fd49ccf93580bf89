// What each operation does and answers, over hand-made requests.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GROUP, NOW, PROJECT, send } from './hand-made.ts';
import { type StandIn, type StandInOptions, startStandIn } from './index.ts';

const NOW_S = Math.floor(NOW / 1000);

let now = NOW;
let standIn: StandIn;

async function restart(options: StandInOptions = {}): Promise<void> {
  await standIn?.close();
  standIn = await startStandIn({ clock: () => now, ...options });
}

beforeEach(async () => {
  now = NOW;
  await restart();
});
afterEach(() => standIn.close());

function call(method: string, path: string, body?: object, query: Record<string, string> = {}) {
  return send(standIn, { method, path, query, body, date: new Date(now) });
}

const create = (change: object = {}) => call('POST', '/machinegroups', { ...GROUP, ...change });
const get = (group = GROUP.groupName) => call('GET', `/machinegroups/${group}`);
const machinesOf = async (group?: string) =>
  (((await get(group)).json as { machineList: string[] }).machineList ?? []).toSorted();

/** Writes answer with nothing, not with `{}`. */
const NOTHING = { status: 200, text: '' };

describe('CreateMachineGroup', () => {
  test('answers with nothing but headers', async () => {
    const reply = await create();
    expect(reply).toMatchObject(NOTHING);
    expect(reply.headers).toMatchObject({
      'content-length': '0',
      date: new Date(NOW).toUTCString(),
      server: 'nginx',
      'x-log-requestid': expect.stringMatching(/^[0-9A-F]{24}$/),
    });
    expect(reply.headers['content-type']).toBeUndefined();
  });

  test('keeps what was sent', async () => {
    await create();
    expect(await get()).toMatchObject({
      status: 200,
      json: { ...GROUP, machineList: expect.any(Array), createTime: NOW_S, lastModifyTime: NOW_S },
    });
    expect(await machinesOf()).toEqual(GROUP.machineList);
    expect(standIn.groups(PROJECT).get(GROUP.groupName)?.groupAttribute.externalName).toBe('testgroup');
  });

  test('takes what may be left out for empty', async () => {
    expect(await create({ groupType: undefined, groupAttribute: undefined, machineList: [] })).toMatchObject(
      NOTHING,
    );
    expect((await get()).json).toMatchObject({
      groupType: '',
      groupAttribute: { groupTopic: '', externalName: '' },
      machineList: [],
    });
  });

  test.each(['abc', 'a_b-c', '0a9', 'a'.repeat(128)])('takes the name %s', async (groupName) => {
    expect(await create({ groupName })).toMatchObject(NOTHING);
  });

  test('takes any group type and fields it does not know', async () => {
    expect(await create({ groupType: 'test', projectName: PROJECT })).toMatchObject(NOTHING);
    expect((await get()).json).toMatchObject({ groupType: 'test' });
    expect((await get()).json).not.toHaveProperty('projectName');
  });

  test('keeps a machine list as a set, whose order is lost', async () => {
    const machineList = ['c', 'a', 'b', 'a'];
    await create({ machineIdentifyType: 'userdefined', machineList });
    expect(await machinesOf()).toEqual(['a', 'b', 'c']);
    const returned = ((await get()).json as typeof GROUP).machineList;
    expect(returned).not.toEqual(['c', 'a', 'b']);
    await create({ groupName: 'sorted', machineList: ['a', 'b', 'c'] });
    expect(((await get('sorted')).json as typeof GROUP).machineList).not.toEqual(['a', 'b', 'c']);
  });

  test('refuses a name that is taken, and changes nothing', async () => {
    await create();
    expect(await create({ machineList: [] })).toMatchObject({
      status: 400,
      code: 'MachineGroupAlreadyExist',
      message: 'MachineGroup test-group already exist',
    });
    expect(await machinesOf()).toEqual(GROUP.machineList);
  });

  test('tells names apart per project', async () => {
    standIn.addProject('second');
    await create();
    expect(await send(standIn, { method: 'POST', body: GROUP, project: 'second' })).toMatchObject(NOTHING);
  });

  test('holds as many groups in a project as its quota', async () => {
    await restart({ groupQuota: 2 });
    await create({ groupName: 'first' });
    await create({ groupName: 'second' });
    expect(await create({ groupName: 'third' })).toMatchObject({ status: 403, code: 'ProjectQuotaExceed' });
    await call('DELETE', '/machinegroups/first');
    expect(await create({ groupName: 'third' })).toMatchObject(NOTHING);
  });
});

describe('a group that is not there', () => {
  const requests: [string, string, object | undefined, Record<string, string>][] = [
    ['GET', '/machinegroups/nobody', undefined, {}],
    ['PUT', '/machinegroups/nobody', { ...GROUP, groupName: 'nobody' }, {}],
    ['DELETE', '/machinegroups/nobody', undefined, {}],
    ['PUT', '/machinegroups/nobody/machines', ['10.0.0.1'], { action: 'add' }],
    ['GET', '/machinegroups/nobody/machines', undefined, {}],
    ['GET', '/machinegroups/nobody/configs', undefined, {}],
    ['PUT', '/machinegroups/nobody/configs/access-log', undefined, {}],
    ['DELETE', '/machinegroups/nobody/configs/access-log', undefined, {}],
  ];

  test.each(requests)('is not found by %s %s', async (...request) => {
    standIn.configs(PROJECT).add('access-log');
    expect(await call(...request)).toMatchObject({
      status: 404,
      code: 'MachineGroupNotExist',
      message: 'MachineGroup nobody not exist',
    });
    await restart({ errorFamily: 'Group' });
    standIn.configs(PROJECT).add('access-log');
    expect(await call(...request)).toMatchObject({
      status: 404,
      code: 'GroupNotExist',
      message: 'group nobody does not exist.',
    });
  });

  test('is told from a duplicate in the older family', async () => {
    await restart({ errorFamily: 'Group' });
    await create();
    expect(await create()).toMatchObject({ status: 400, code: 'GroupAlreadyExist' });
  });

  test.each(
    ['Ab', 'no.dots', 'a b', '你好'].flatMap((name) =>
      (['v1', 'v1-sha256', 'v4'] as const).map((form) => [name, form] as const),
    ),
  )('may be asked for by any name: %s under %s', async (name, form) => {
    const reply = await send(standIn, { path: `/machinegroups/${name}`, form });
    expect(reply).toMatchObject({ status: 404, message: `MachineGroup ${name} not exist` });
  });
});

describe('ListMachineGroup', () => {
  const list = (query: Record<string, string> = {}) => call('GET', '/machinegroups', undefined, query);

  test('answers no groups with a page of none', async () => {
    expect((await list({ groupName: 'nobody' })).json).toEqual({ machinegroups: [], count: 0, total: 0 });
  });

  test('answers names that contain the filter, page by page', async () => {
    for (const groupName of ['web-2', 'web-1', 'db-1', 'web-3']) await create({ groupName });
    expect((await list()).json).toEqual({
      machinegroups: ['db-1', 'web-1', 'web-2', 'web-3'],
      count: 4,
      total: 4,
    });
    expect((await list({ groupName: 'eb-', offset: '1', size: '1' })).json).toEqual({
      machinegroups: ['web-2'],
      count: 1,
      total: 3,
    });
    expect((await list({ offset: '4' })).json).toEqual({ machinegroups: [], count: 0, total: 4 });
  });

  test('answers 500 groups at most and by default', async () => {
    await create();
    const group = standIn.groups(PROJECT).get(GROUP.groupName);
    if (!group) throw new Error('the group was not created');
    for (let i = 0; i < 600; i += 1) standIn.groups(PROJECT).set(`g${i}`, { ...group, groupName: `g${i}` });
    expect((await list()).json).toMatchObject({ count: 500, total: 601 });
    expect((await list({ size: '500', offset: '500' })).json).toMatchObject({ count: 101, total: 601 });
    expect(await list({ size: '501' })).toMatchObject({ status: 400, code: 'ParameterInvalid' });
  });

  test.each([{ size: '0' }, { size: '-1' }, { size: 'all' }, { offset: '-1' }, { offset: '1.5' }])(
    'refuses %o',
    async (query) => {
      expect(await list(query)).toMatchObject({ status: 400, code: 'ParameterInvalid' });
    },
  );
});

describe('UpdateMachineGroup', () => {
  const update = (change: object, path = GROUP.groupName) =>
    call('PUT', `/machinegroups/${path}`, { ...GROUP, ...change });

  test('replaces everything but the time of creation', async () => {
    await create();
    now += 5000;
    const change = { machineIdentifyType: 'userdefined', groupAttribute: undefined, machineList: ['id-1'] };
    expect(await update(change)).toMatchObject(NOTHING);
    expect((await get()).json).toEqual({
      ...GROUP,
      machineIdentifyType: 'userdefined',
      groupAttribute: { groupTopic: '', externalName: '' },
      machineList: ['id-1'],
      createTime: NOW_S,
      lastModifyTime: NOW_S + 5,
    });
  });

  test('refuses a name in the body that is not that in the path', async () => {
    await create();
    await create({ groupName: 'second' });
    expect(await update({ groupName: 'second' })).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(await update({ groupName: 'third' })).toMatchObject({ status: 400, code: 'InvalidParameter' });
  });

  test('refuses a body that is no group', async () => {
    await create();
    expect(await update({ machineList: undefined })).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(await machinesOf()).toEqual(GROUP.machineList);
  });
});

describe('UpdateMachineGroupMachine', () => {
  const change = (query: Record<string, string>, body: object) =>
    call('PUT', `/machinegroups/${GROUP.groupName}/machines`, body, query);

  test('adds and deletes, and repeating either changes nothing', async () => {
    await create();
    now += 5000;
    for (let i = 0; i < 2; i += 1) {
      expect(await change({ action: 'add' }, ['10.0.0.3', '10.0.0.1'])).toMatchObject(NOTHING);
      expect(await machinesOf()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    }
    expect((await get()).json).toMatchObject({ createTime: NOW_S, lastModifyTime: NOW_S + 5 });
    for (let i = 0; i < 2; i += 1) {
      expect(await change({ action: 'delete' }, ['10.0.0.1', '10.0.0.9'])).toMatchObject(NOTHING);
      expect(await machinesOf()).toEqual(['10.0.0.2', '10.0.0.3']);
    }
    expect((await get()).json).toMatchObject({ groupAttribute: GROUP.groupAttribute });
  });

  test.each([
    [{}, ['10.0.0.1'], 'MissingParameter'],
    [{ action: 'replace' }, ['10.0.0.1'], 'ParameterInvalid'],
    [{ action: 'add' }, { machineList: ['10.0.0.1'] }, 'InvalidParameter'],
    [{ action: 'add' }, [1], 'InvalidParameter'],
  ] as [Record<string, string>, object, string][])('refuses %o with %o', async (query, body, code) => {
    await create();
    expect(await change(query, body)).toMatchObject({ status: 400, code });
    expect(await machinesOf()).toEqual(GROUP.machineList);
  });
});

describe('DeleteMachineGroup', () => {
  test('takes the group with its configs and heartbeats; a second time finds none', async () => {
    standIn.configs(PROJECT).add('access-log');
    await create();
    await call('PUT', `/machinegroups/${GROUP.groupName}/configs/access-log`);
    standIn.setHeartbeats(PROJECT, GROUP.groupName, [{ ip: '10.0.0.1', lastHeartbeatTime: NOW_S }]);
    expect(await call('DELETE', `/machinegroups/${GROUP.groupName}`)).toMatchObject(NOTHING);
    expect(await call('DELETE', `/machinegroups/${GROUP.groupName}`)).toMatchObject({ status: 404 });
    await create();
    expect((await call('GET', `/machinegroups/${GROUP.groupName}/configs`)).json).toEqual({
      configs: [],
      count: 0,
    });
    expect((await call('GET', `/machinegroups/${GROUP.groupName}/machines`)).json).toMatchObject({
      total: 0,
    });
  });
});

describe('ListMachines', () => {
  const list = (query: Record<string, string> = {}) =>
    call('GET', `/machinegroups/${GROUP.groupName}/machines`, undefined, query);

  test('shows who connected, not who is configured', async () => {
    await create();
    expect((await list()).json).toEqual({ machines: [], count: 0, total: 0 });
    const machine = {
      ip: '10.0.0.9',
      'userdefined-id': 'id-9',
      'host-id': 'h-9',
      lastHeartbeatTime: NOW_S - 30,
    };
    standIn.setHeartbeats(PROJECT, GROUP.groupName, [machine]);
    expect((await list()).json).toEqual({
      machines: [{ ...machine, 'machine-uniqueid': '' }],
      count: 1,
      total: 1,
    });
  });

  test('answers 100 machines by default and 500 at most', async () => {
    await create();
    const machines = Array.from({ length: 600 }, (_, i) => ({ ip: `id-${i}`, lastHeartbeatTime: NOW_S }));
    standIn.setHeartbeats(PROJECT, GROUP.groupName, machines);
    expect((await list()).json).toMatchObject({ count: 100, total: 600 });
    expect((await list({ size: '500' })).json).toMatchObject({ count: 500, total: 600 });
    expect((await list({ size: '500', offset: '500' })).json).toMatchObject({ count: 100, total: 600 });
    expect(await list({ size: '501' })).toMatchObject({ status: 400, code: 'ParameterInvalid' });
  });
});

describe('configs', () => {
  const bind = (method: string, group: string, config = 'access-log') =>
    call(method, `/machinegroups/${group}/configs/${config}`);

  test('are applied, shown from both sides, and removed', async () => {
    standIn.configs(PROJECT).add('access-log').add('audit-log');
    for (const groupName of ['web', 'batch', 'idle']) await create({ groupName });
    for (let i = 0; i < 2; i += 1) expect(await bind('PUT', 'web')).toMatchObject(NOTHING);
    await bind('PUT', 'web', 'audit-log');
    await bind('PUT', 'batch');
    expect((await call('GET', '/machinegroups/web/configs')).json).toEqual({
      configs: ['access-log', 'audit-log'],
      count: 2,
    });
    const groups = () => call('GET', '/configs/access-log/machinegroups');
    expect((await groups()).json).toEqual({ machinegroups: ['batch', 'web'], count: 2 });
    expect([...standIn.appliedConfigs(PROJECT, 'batch')]).toEqual(['access-log']);
    expect(await bind('DELETE', 'web')).toMatchObject(NOTHING);
    expect((await groups()).json).toEqual({ machinegroups: ['batch'], count: 1 });
    standIn.configs(PROJECT).delete('audit-log');
    expect((await call('GET', '/machinegroups/web/configs')).json).toEqual({ configs: [], count: 0 });
  });

  test('are told to be missing when they are not there', async () => {
    await create();
    const missing = { status: 404, code: 'ConfigNotExist', message: 'Config access-log not exist' };
    expect(await bind('PUT', GROUP.groupName)).toMatchObject(missing);
    expect(await bind('DELETE', GROUP.groupName)).toMatchObject(missing);
    expect(await call('GET', '/configs/access-log/machinegroups')).toMatchObject(missing);
  });
});

test('a project that is not there cannot be prepared either', () => {
  expect(() => standIn.groups('nowhere')).toThrow('the stand-in has no project nowhere');
});

test('a start at a taken port fails', async () => {
  await expect(startStandIn({ port: standIn.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
