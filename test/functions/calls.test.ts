// What a run of a hundred groups calls, counted on the wire: SLS where the stand-in answers, DynamoDB where requests leave.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addresses } from '../support/addresses.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { lambdaContext } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

const GROUPS = Array.from({ length: 100 }, (_, at) => `g${at}`);
const wanted = addresses(20);
const GONE = '172.16.0.1';

let sync: SyncFunctions;
let toDynamo: string[];
const count = (message: unknown) => {
  const target = (message as { request: ClientRequest }).request.getHeader('x-amz-target');
  if (String(target).startsWith('DynamoDB')) toDynamo.push(String(target).split('.')[1] ?? '');
};
beforeEach(async () => {
  toDynamo = [];
  sync = await SyncFunctions.start();
  subscribe('http.client.request.start', count);
});
afterEach(async () => {
  unsubscribe('http.client.request.start', count);
  await sync[Symbol.asyncDispose]();
});

const counted = (names: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

test('a hundred groups: one call each, and the lease, one listing and three calls where something goes', {
  timeout: 60_000,
}, async () => {
  const put = (name: string, machineList: readonly string[]) =>
    sync.functions.standIn.groups(PROJECT).set(name, {
      groupName: name,
      groupType: '',
      machineIdentifyType: 'ip',
      groupAttribute: { groupTopic: '', externalName: MARK },
      machineList,
      createTime: 1_700_000_000,
      lastModifyTime: 1_700_000_000,
    });
  for (const name of GROUPS) {
    put(name, wanted);
    await sync.remember(name, []);
  }
  await sync.configure({ groups: GROUPS.map((name) => sync.group(name)) });
  sync.inventory = () => wanted;
  const handler = await sync.load('sync-from-inventory');
  const run = async () => {
    toDynamo = [];
    const before = sync.functions.standIn.requests.length;
    const report = await handler({ mode: 'apply' }, lambdaContext);
    expect(report).toMatchObject({ status: 'ok' });
    const requests = sync.functions.standIn.requests.slice(before);
    return { sls: counted(requests.map(({ operation }) => operation ?? '')), dynamo: counted(toDynamo) };
  };
  // The memory of a hundred groups and of the deployment are 101 items, and a batch is of 100.
  const reading = { BatchGetItem: 1, GetItem: 1 };
  // Each group has its first verdict kept, once.
  await run();
  expect(await run()).toEqual({ sls: { GetMachineGroup: 100 }, dynamo: reading });

  put('g7', [...wanted, GONE]);
  await sync.remember('g7', [GONE]);
  expect(await run()).toEqual({
    // Read before, and read back.
    sls: { GetMachineGroup: 102, ListMachines: 1, UpdateMachineGroup: 1 },
    // The lease, taken and given back; before the write a look at the freezes and the group; and the list of the last runs.
    dynamo: { BatchGetItem: 1 + 1, GetItem: 1 + 1, UpdateItem: 2 + 1 },
  });
  expect(sync.members('g7')).toEqual([...wanted].sort());
  expect(await run()).toEqual({ sls: { GetMachineGroup: 100 }, dynamo: reading });
});
