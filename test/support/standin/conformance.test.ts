// The stand-in against clients from elsewhere: if it misread the wire rules, these would not get through. The official TypeScript SDK signs V1 with SHA-256, and V4; the older Node.js SDK signs V1 with SHA-1.
import dns from 'node:dns';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HandMade, send } from './hand-made.ts';
import { DEFAULT_KEY, type StandIn, startStandIn } from './index.ts';
import { logClient, officialClient, resolveToLoopback, sls } from './official-client.ts';
import { DEFAULT_PROJECT as PROJECT } from './options.ts';

const STS = {
  accessKeyId: 'test-sts-key-id',
  accessKeySecret: 'not-a-real-sts-secret',
  securityToken: 'not-a-real-token',
};
const originalLookup = dns.lookup;

let standIn: StandIn;
let restoreLookup: () => void;
beforeAll(() => {
  restoreLookup = resolveToLoopback('.log.aliyuncs.com');
});
afterAll(() => {
  restoreLookup();
  expect(dns.lookup).toBe(originalLookup);
});
beforeEach(async () => {
  standIn = await startStandIn({ keys: [DEFAULT_KEY, STS] });
});
afterEach(() => standIn.close());

function group(change: object = {}) {
  return new sls.CreateMachineGroupRequest({
    groupName: 'test-machine-group',
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: new sls.CreateMachineGroupRequestGroupAttribute({
      groupTopic: 'testtopic',
      externalName: 'testgroup',
    }),
    machineList: ['10.0.0.1', '10.0.0.2'],
    ...change,
  });
}

/** How the official SDK throws what the service answered. */
const refusal = (statusCode: number, code: string) => ({ statusCode, code });

describe.each(['v1-sha256', 'v4'] as const)('@alicloud/sls20201230 under %s', (form) => {
  const connect = (key = DEFAULT_KEY) => officialClient(standIn, key, form);

  test('creates and reads', async () => {
    const client = connect();
    expect(await client.createMachineGroup(PROJECT, group())).toMatchObject({ statusCode: 200 });
    const { statusCode, body } = await client.getMachineGroup(PROJECT, 'test-machine-group');
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      groupName: 'test-machine-group',
      groupType: '',
      machineIdentifyType: 'ip',
      groupAttribute: { groupTopic: 'testtopic', externalName: 'testgroup' },
    });
    expect(body?.machineList?.toSorted()).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(
      standIn.requests.map(({ operation, signature, status }) => [operation, signature, status]),
    ).toEqual([
      ['CreateMachineGroup', form, 200],
      ['GetMachineGroup', form, 200],
    ]);
  });

  test('works with a temporary key', async () => {
    expect(await connect(STS).createMachineGroup(PROJECT, group())).toMatchObject({ statusCode: 200 });
    const { securityToken: _, ...withoutToken } = STS;
    await expect(connect(withoutToken).createMachineGroup(PROJECT, group())).rejects.toMatchObject(
      refusal(401, 'Unauthorized'),
    );
  });

  test('is refused with a wrong key', async () => {
    const wrongSecret = { ...DEFAULT_KEY, accessKeySecret: 'another-unreal-secret' };
    const unknownKey = { ...DEFAULT_KEY, accessKeyId: 'no-such-key-id' };
    await expect(connect(wrongSecret).createMachineGroup(PROJECT, group())).rejects.toMatchObject(
      refusal(401, 'SignatureNotMatch'),
    );
    await expect(connect(unknownKey).getMachineGroup(PROJECT, 'test-machine-group')).rejects.toMatchObject(
      refusal(401, 'Unauthorized'),
    );
    expect(standIn.groups(PROJECT).size).toBe(0);
  });

  test('is refused with a wrong project', async () => {
    await expect(connect().createMachineGroup('no-such-project', group())).rejects.toMatchObject(
      refusal(404, 'ProjectNotExist'),
    );
  });

  test('is refused a duplicate, and a group that is not there', async () => {
    const client = connect();
    await client.createMachineGroup(PROJECT, group());
    const requestId = () => standIn.requests.at(-1)?.requestId;
    const duplicate = await client.createMachineGroup(PROJECT, group()).catch((error: unknown) => error);
    expect(duplicate).toMatchObject({
      ...refusal(400, 'MachineGroupAlreadyExist'),
      data: { requestId: requestId() },
    });
    await expect(client.getMachineGroup(PROJECT, 'nobody')).rejects.toMatchObject(
      refusal(404, 'MachineGroupNotExist'),
    );
  });

  test.each([{ groupName: 'Not-A-Name' }, { machineIdentifyType: 'hostname' }, { machineList: undefined }])(
    'is refused the malformed group %o',
    async (change) => {
      await expect(connect().createMachineGroup(PROJECT, group(change))).rejects.toMatchObject(
        refusal(400, 'InvalidParameter'),
      );
    },
  );

  test('is refused when its clock is wrong', async () => {
    standIn.setSkew(20 * 60 * 1000);
    await expect(connect().getMachineGroup(PROJECT, 'test-machine-group')).rejects.toMatchObject(
      refusal(400, 'RequestTimeExpired'),
    );
  });

  test('updates a group and its machines', async () => {
    const client = connect();
    await client.createMachineGroup(PROJECT, group());
    const change = new sls.UpdateMachineGroupRequest({
      groupName: 'test-machine-group',
      machineIdentifyType: 'userdefined',
      machineList: ['id-1'],
    });
    expect(await client.updateMachineGroup(PROJECT, 'test-machine-group', change)).toMatchObject({
      statusCode: 200,
    });
    for (const [action, body] of [
      ['add', ['id-2', 'id-3']],
      ['delete', ['id-1']],
    ] as const) {
      const machines = new sls.UpdateMachineGroupMachineRequest({ action, body });
      await client.updateMachineGroupMachine(PROJECT, 'test-machine-group', machines);
    }
    const { body } = await client.getMachineGroup(PROJECT, 'test-machine-group');
    expect(body?.machineIdentifyType).toBe('userdefined');
    expect(body?.machineList?.toSorted()).toEqual(['id-2', 'id-3']);
  });

  test('lists groups and machines', async () => {
    const client = connect();
    for (const groupName of ['web-1', 'web-2', 'db-1'])
      await client.createMachineGroup(PROJECT, group({ groupName }));
    const groups = new sls.ListMachineGroupRequest({ groupName: 'web', offset: 0, size: 1 });
    expect((await client.listMachineGroup(PROJECT, groups)).body).toMatchObject({
      machinegroups: ['web-1'],
      count: 1,
      total: 2,
    });
    const seen = {
      ip: '10.0.0.1',
      'machine-uniqueid': 'uuid-1',
      'userdefined-id': 'id-1',
      'host-id': 'host-1',
      lastHeartbeatTime: 1_700_000_000,
    };
    standIn.setHeartbeats(PROJECT, 'web-1', [seen]);
    const machines = new sls.ListMachinesRequest({ offset: 0, size: 100 });
    expect((await client.listMachines(PROJECT, 'web-1', machines)).body).toMatchObject({
      count: 1,
      total: 1,
      machines: [
        {
          ip: '10.0.0.1',
          machineUniqueid: 'uuid-1',
          userdefinedId: 'id-1',
          hostId: 'host-1',
          lastHeartbeatTime: 1_700_000_000,
        },
      ],
    });
  });

  test('applies configs, reads them from both sides and removes them', async () => {
    const client = connect();
    standIn.configs(PROJECT).add('access-log');
    await client.createMachineGroup(PROJECT, group());
    await client.applyConfigToMachineGroup(PROJECT, 'test-machine-group', 'access-log');
    const configs = async () => (await client.getAppliedConfigs(PROJECT, 'test-machine-group')).body;
    expect(await configs()).toMatchObject({ configs: ['access-log'], count: 1 });
    expect((await client.getAppliedMachineGroups(PROJECT, 'access-log')).body).toMatchObject({
      machinegroups: ['test-machine-group'],
      count: 1,
    });
    await client.removeConfigFromMachineGroup(PROJECT, 'test-machine-group', 'access-log');
    expect(await configs()).toMatchObject({ configs: [], count: 0 });
    await expect(
      client.applyConfigToMachineGroup(PROJECT, 'test-machine-group', 'no-such-config'),
    ).rejects.toMatchObject(refusal(404, 'ConfigNotExist'));
  });

  test('deletes once', async () => {
    const client = connect();
    await client.createMachineGroup(PROJECT, group());
    expect(await client.deleteMachineGroup(PROJECT, 'test-machine-group')).toMatchObject({ statusCode: 200 });
    await expect(client.deleteMachineGroup(PROJECT, 'test-machine-group')).rejects.toMatchObject(
      refusal(404, 'MachineGroupNotExist'),
    );
  });
});

test('@alicloud/sls20201230 is refused in another region under v4', async () => {
  const client = officialClient(standIn, DEFAULT_KEY, 'v4', 'cn-shanghai');
  await expect(client.getMachineGroup(PROJECT, 'test-machine-group')).rejects.toMatchObject(
    refusal(400, 'ParameterInvalid'),
  );
});

describe('@alicloud/log (V1 with SHA-1)', () => {
  const body = Buffer.from(JSON.stringify(group()));
  const rawSize = { 'x-log-bodyrawsize': String(body.length) };
  const queries: Record<string, string>[] = [
    { groupName: '', offset: '0', size: '500' },
    { groupName: 'é 漢字' },
    { groupName: 'a+b &=%/*~' },
  ];

  test('its client creates and reads', async () => {
    const client = logClient(standIn, DEFAULT_KEY);
    await client._request('POST', PROJECT, '/machinegroups', {}, body, rawSize);
    const read = { 'x-log-bodyrawsize': '0' };
    expect(
      await client._request('GET', PROJECT, '/machinegroups/test-machine-group', {}, null, read),
    ).toMatchObject({ groupName: 'test-machine-group', createTime: expect.any(Number) });
    for (const query of queries) {
      expect(await client._request('GET', PROJECT, '/machinegroups', query, null, read)).toHaveProperty(
        'total',
      );
    }
    expect(new Set(standIn.requests.map(({ signature }) => signature))).toEqual(new Set(['v1']));
  });

  test('its client is refused with a wrong secret', async () => {
    const client = logClient(standIn, { ...DEFAULT_KEY, accessKeySecret: 'another-unreal-secret' });
    const error = await client
      ._request('POST', PROJECT, '/machinegroups', {}, body, rawSize)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'SignatureNotMatch',
      requestid: standIn.requests.at(-1)?.requestId,
    });
  });

  test('its client leaves out x-log-bodyrawsize, which the 2021 documents allow', async () => {
    const request = (server: StandIn) =>
      logClient(server, DEFAULT_KEY)._request('POST', PROJECT, '/machinegroups', {}, body, {});
    await expect(request(standIn)).rejects.toMatchObject({ code: 'MissingParameter' });
    await using lenient = await startStandIn({ requireBodyRawSize: false });
    expect(await request(lenient)).toBe('');
  });

  test('requests it only signs, sent by node:http', async () => {
    const date = new Date();
    const requests: HandMade[] = [
      { method: 'POST', body: group(), date },
      { path: '/machinegroups/test-machine-group', date },
      { key: STS, date },
      ...queries.map((query) => ({ query, date })),
    ];
    for (const request of requests) expect(await send(standIn, request)).toMatchObject({ status: 200 });
    expect(standIn.requests.every(({ signature }) => signature === 'v1')).toBe(true);
    expect(await send(standIn, { method: 'POST', body: group(), date })).toMatchObject({
      status: 400,
      code: 'MachineGroupAlreadyExist',
    });
  });
});
