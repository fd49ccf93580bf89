// The RAM policies are what the table of operations says, and say no more than they have to.
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { POLICIES, RAM_FOLDER, type RamPolicy, SLS_POLICIES } from '../../lib/build/ram.ts';
import { OPERATIONS } from '../../lib/sls/operations.ts';
import { lambdaContext, SCHEDULE } from '../functions/events.ts';
import { SyncFunctions } from '../functions/sync-setup.ts';
import { addresses } from '../support/addresses.ts';
import { startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';

const read = async (name: string) =>
  JSON.parse(await readFile(new URL(`${name}.json`, RAM_FOLDER), 'utf8')) as RamPolicy;
const actionsOf = ({ Statement }: RamPolicy) => Statement.flatMap(({ Action }) => Action).toSorted();

test('the committed policies are the ones the table gives: node lib/build/ram.ts', async () => {
  expect((await readdir(RAM_FOLDER)).toSorted()).toEqual(
    Object.keys(POLICIES)
      .map((name) => `${name}.json`)
      .toSorted(),
  );
  for (const [name, policy] of Object.entries(POLICIES)) expect(await read(name), name).toEqual(policy);
});

describe.each(Object.keys(SLS_POLICIES))('%s', (name) => {
  test('allows its operations and no others', async () => {
    const names = (await read(name)).Statement.flatMap(({ Action }) => Action).filter(
      (action) => !/^log:(Apply|Remove)Config\w*Group$/.test(action) || action.endsWith('MachineGroup'),
    );
    expect(names.toSorted()).toEqual(
      (SLS_POLICIES[name] ?? []).map((operation) => `log:${operation}`).toSorted(),
    );
  });

  test('names no action by a wildcard, and everything only where RAM takes nothing narrower', async () => {
    const { Statement } = await read(name);
    expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const onAll = Statement.filter(({ Resource }) => Resource.includes('*'));
    expect(
      onAll.flatMap(({ Action }) => Action).filter((action) => action !== 'log:UpdateMachineGroupMachine'),
    ).toEqual([]);
    const elsewhere = Statement.filter(({ Resource }) => !Resource.includes('*')).flatMap(
      ({ Action }) => Action,
    );
    expect(elsewhere).not.toContain('log:UpdateMachineGroupMachine');
  });
});

// By hand, as the RAM pages of ECS, Auto Scaling and STS have it.
test('inventory reads instances and Auto Scaling, assumes roles of one name, and may nothing else', async () => {
  expect(await read('inventory')).toEqual({
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: ['ecs:DescribeInstances'], Resource: ['acs:ecs:*:*:instance/*'] },
      { Effect: 'Allow', Action: ['ess:DescribeScalingInstances'], Resource: ['*'] },
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole'],
        Resource: ['acs:ram:*:*:role/sls-machine-groups-inventory'],
      },
    ],
  });
});

// By the method: a write that is called safe by mistake would be in the policy.
test('read-only holds no action that writes', async () => {
  const writes = Object.values(OPERATIONS)
    .filter(({ method }) => method !== 'GET')
    .map(({ ramAction }) => ramAction);
  expect(
    actionsOf(await read('read-only')).filter((action) => (writes as string[]).includes(action)),
  ).toEqual([]);
  expect(writes.length).toBeGreaterThan(0);
});

test('sync holds what a sync that writes in every way calls, and nothing else', async () => {
  await using sync = await SyncFunctions.start();
  const wanted = addresses(20);
  const held = { groupType: '', machineIdentifyType: 'ip', createTime: 0, lastModifyTime: 0 };
  const groupAttribute = { groupTopic: '', externalName: MARK };
  sync.functions.standIn
    .groups(PROJECT)
    .set('old', { ...held, groupName: 'old', groupAttribute, machineList: [...wanted.slice(1), '10.9.9.9'] });
  sync.inventory = () => wanted;
  await sync.configure({
    groups: [sync.group('new'), sync.group('old')],
  });
  await sync.remember('old', ['10.9.9.9']);
  const { report } = await sync.sync(await sync.load('sync'), { mode: 'apply' });
  expect(report.status).toBe('ok');
  expect(sync.members('old')).toEqual(wanted.toSorted());
  // The schedule looks for groups that no document names as well.
  await using dynamo = await startDynamo();
  const memory = { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url };
  await (await sync.load('sync-from-inventory', memory))(SCHEDULE, lambdaContext);
  const called = new Set(sync.functions.standIn.requests.map(({ operation }) => operation));
  expect([...called].toSorted()).toEqual([...(SLS_POLICIES.sync ?? [])].toSorted());
});

// The two by hand, as the older RAM documents have them.
test('the older names of two actions stand beside the newer ones', async () => {
  const actions = actionsOf(await read('full'));
  for (const name of ['ApplyConfigToGroup', 'RemoveConfigFromGroup'])
    expect(actions).toContain(`log:${name}`);
  expect(actions).toHaveLength(Object.keys(OPERATIONS).length + 2);
});
