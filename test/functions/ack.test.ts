// A person acknowledges what a run found, over real sockets to a memory and an inventory, and takes it back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { readGroup } from '../../lib/core/memory/group.ts';
import { groupId } from '../../lib/core/memory/known.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { jsonOf, storedGroup } from './api-calls.ts';
import { SyncFunctions } from './sync-setup.ts';

let sync: SyncFunctions;
let dynamo: LocalDynamo;
let memory: Record<string, string>;
beforeAll(async () => {
  dynamo = await startDynamo();
  sync = await SyncFunctions.start();
  memory = { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url };
});
afterAll(async () => {
  await sync[Symbol.asyncDispose]();
  await dynamo[Symbol.asyncDispose]();
});

const GROUP = `${PROJECT}/web`;

async function itemOf(key: string) {
  const now = Date.now;
  const table = openTable({
    table: TABLE,
    now,
    random: Math.random,
    sleep: async () => {},
    client: dynamo.client,
  });
  const fields = (await table.read([groupId(key)], now() + 10_000)).get(groupId(key));
  table.close();
  const read = readGroup(fields ?? {});
  if (!read.readable) throw new Error(read.says);
  return read.item;
}

const post = (body: object) => ({
  method: 'POST',
  path: '/ack',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

test('attention that a run found is acknowledged with an end, and the word is taken back', async () => {
  await sync.configure({ groups: [sync.group('web'), { ...sync.group('quiet'), policy: 'observe' }] });
  sync.inventory = () => ['10.0.0.1'];
  sync.functions.standIn
    .groups(PROJECT)
    .set('web', storedGroup({ groupName: 'web', groupAttribute: { groupTopic: '', externalName: 'wiped' } }));
  await sync.sync(await sync.load('sync', memory), { mode: 'apply' });
  expect((await itemOf(GROUP)).verdict).toMatchObject({ is: 'attention', code: 'left-alone foreign' });

  const ack = await sync.load('ack', memory);
  const word = { group: GROUP, hours: 24, reason: 'a migration' };
  const result = await sync.functions.http(ack, post(word));
  expect(result.statusCode, result.body).toBe(200);
  expect(jsonOf(result)).toMatchObject({ group: GROUP, code: 'left-alone foreign', reason: 'a migration' });
  const { ack: kept } = await itemOf(GROUP);
  expect(kept).toMatchObject({ code: 'left-alone foreign', reason: 'a migration' });
  expect((kept?.until ?? 0) - (kept?.at ?? 0)).toBe(24 * 3_600_000);

  for (const [wrong, status] of [
    [{ ...word, hours: 721 }, 400],
    [{ ...word, hours: undefined, until: '2020-01-01T00:00:00Z' }, 400],
    [{ ...word, until: '2020-01-01T00:00:00Z' }, 400],
    [{ ...word, hours: undefined }, 400],
    [{ ...word, reason: ' ' }, 400],
    [{ ...word, group: `${PROJECT}/quiet` }, 409],
    [{ ...word, group: `${PROJECT}/webb` }, 404],
  ] as const)
    expect((await sync.functions.http(ack, post(wrong))).statusCode).toBe(status);
  const slip = await sync.functions.http(ack, post({ ...word, group: `${PROJECT}/webb` }));
  expect(jsonOf(slip)).toMatchObject({
    errorCode: 'GroupNotConfigured',
    errorMessage: `not in the configuration: ${PROJECT}/webb; did you mean ${GROUP}?`,
  });

  // A run that finds the same leaves it; one that finds the group well ends it.
  await sync.sync(await sync.load('sync', memory), { mode: 'apply' });
  expect((await itemOf(GROUP)).ack).toEqual(kept);

  const unack = await sync.load('unack', memory);
  const remove = { method: 'DELETE', path: '/ack', query: { group: GROUP } };
  expect((await sync.functions.http(unack, remove)).statusCode).toBe(200);
  expect((await itemOf(GROUP)).ack).toBeUndefined();
  expect((await sync.functions.http(unack, remove)).statusCode).toBe(404);
  expect(sync.writes).toEqual([]);

  sync.functions.standIn.groups(PROJECT).set(
    'web',
    storedGroup({
      groupName: 'web',
      machineList: ['10.0.0.1'],
      groupAttribute: { groupTopic: '', externalName: MARK },
    }),
  );
  for (const status of ['attention', 'converged']) {
    await sync.sync(await sync.load('sync', memory), { mode: 'apply' });
    expect((await itemOf(GROUP)).verdict?.is).toBe(status);
  }
});
