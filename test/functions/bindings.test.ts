// Logtail configs that a group names: watched, kept, and told where the group is made anew. Over real sockets, calls counted.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { type GroupItem, groupChange } from '../../lib/core/memory/group.ts';
import { groupId } from '../../lib/core/memory/known.ts';
import type { MemoryTable } from '../../lib/core/memory/table.ts';
import { HOUR } from '../../lib/core/removal/settings.ts';
import type { GroupReport } from '../../lib/core/report/report.ts';
import { freeze, unfreeze } from '../../lib/runtime/freezes/store.ts';
import { seenIn } from '../../lib/runtime/sync/items.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { storedGroup } from './api-calls.ts';
import { SyncFunctions } from './sync-setup.ts';

const GROUP = `${PROJECT}/web`;
const MEMBERS = ['10.0.0.1'];

let sync: SyncFunctions;
let dynamo: LocalDynamo;
let table: MemoryTable & { close(): void };
beforeEach(async () => {
  dynamo = await startDynamo();
  sync = await SyncFunctions.start();
  sync.inventory = () => MEMBERS;
  for (const name of ['access-log', 'error-log']) sync.functions.standIn.configs(PROJECT).add(name);
  const { client } = dynamo;
  table = openTable({ table: TABLE, now: Date.now, random: Math.random, sleep: async () => {}, client });
});
afterEach(async () => {
  table.close();
  await sync[Symbol.asyncDispose]();
  await dynamo[Symbol.asyncDispose]();
});

const put = (changes: object = {}) =>
  sync.functions.standIn.groups(PROJECT).set(
    'web',
    storedGroup({
      groupName: 'web',
      machineList: MEMBERS,
      groupAttribute: { groupTopic: '', externalName: MARK },
      ...changes,
    }),
  );
const configure = (changes: object) => sync.configure({ groups: [sync.group('web', changes)] });
const applied = () => [...sync.functions.standIn.appliedConfigs(PROJECT, 'web')].sort();
const callsSince = (from: number) =>
  sync.functions.standIn.requests.slice(from).map(({ operation }) => operation);

/** One run, with the report of the group and what it called. */
async function run(mode = 'apply'): Promise<GroupReport & { readonly calls: readonly unknown[] }> {
  const from = sync.functions.standIn.requests.length;
  const handler = await sync.load('sync', { SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
  const { report, result } = await sync.sync(handler, { mode });
  expect(result.statusCode, result.body).toBe(200);
  return { ...(report.groups[0] as GroupReport), calls: callsSince(from) };
}

async function itemNow(): Promise<GroupItem> {
  return seenIn((await table.read([groupId(GROUP)], Date.now() + 10_000)).get(groupId(GROUP))).item;
}

/** An hour later, as far as the memory can tell. */
async function anHourLater(): Promise<void> {
  const fields = (await table.read([groupId(GROUP)], Date.now() + 10_000)).get(groupId(GROUP));
  const { item, revision } = seenIn(fields);
  if (item.bindings === undefined) throw new Error('nobody has looked');
  const earlier = { ...item, bindings: { ...item.bindings, at: item.bindings.at - HOUR } };
  const change = groupChange(item, earlier);
  if (change) await table.write(groupId(GROUP), change, revision, Date.now() + 10_000);
}

test('watch: one call an hour while all is well, one a run while one is missing, and a person is told', async () => {
  put();
  await configure({ configs: ['access-log'] });
  const first = await run();
  expect(first.calls).toEqual(['GetMachineGroup', 'GetAppliedConfigs']);
  expect(first.bindings).toEqual({ names: ['access-log'], missing: ['access-log'], applied: [] });
  const { verdict } = await itemNow();
  expect(verdict).toMatchObject({ is: 'attention', code: 'unbound' });
  expect(verdict?.says).toContain('access-log');
  expect(verdict?.says).toContain(`PUT /machinegroups/web/configs/access-log?projectName=${PROJECT}`);

  expect((await run()).calls).toEqual(['GetMachineGroup', 'GetAppliedConfigs']);
  // Somebody applies it: two good runs, and it is over.
  const apply = await sync.functions.load('apply-config');
  const result = await sync.functions.http(apply, {
    method: 'PUT',
    path: '/machinegroups/web/configs/access-log',
    parameters: { groupName: 'web', configName: 'access-log' },
    query: { projectName: PROJECT },
  });
  expect(result.statusCode, result.body).toBe(200);
  expect((await run()).calls).toEqual(['GetMachineGroup', 'GetAppliedConfigs']);
  expect((await run()).calls).toEqual(['GetMachineGroup']);
  expect((await itemNow()).verdict?.is).toBe('converged');

  await anHourLater();
  expect((await run()).calls).toEqual(['GetMachineGroup', 'GetAppliedConfigs']);
  expect((await run()).calls).toEqual(['GetMachineGroup']);
  // Another name is looked for at once; none at all is forgotten without a call.
  await configure({ configs: ['access-log', 'error-log'] });
  expect((await run()).bindings?.missing).toEqual(['error-log']);
  await configure({});
  expect((await run()).calls).toEqual(['GetMachineGroup']);
  expect((await itemNow()).bindings).toBeUndefined();
  expect(sync.writes).toEqual(['ApplyConfigToMachineGroup']);
});

test('keep: what is missing is applied under the lease, others stay, and nothing is removed', async () => {
  put();
  await configure({ configs: ['access-log', 'error-log'], configsMode: 'keep' });
  const first = await run();
  expect(first.bindings).toEqual({
    names: ['access-log', 'error-log'],
    missing: [],
    applied: ['access-log', 'error-log'],
  });
  expect(first.calls).toEqual([
    'GetMachineGroup',
    'GetAppliedConfigs',
    // Under the lease: is it still ours, the two, and what SLS shows then.
    'GetMachineGroup',
    'ApplyConfigToMachineGroup',
    'ApplyConfigToMachineGroup',
    'GetAppliedConfigs',
  ]);
  expect(applied()).toEqual(['access-log', 'error-log']);
  expect((await itemNow()).lease).toBeUndefined();
  expect((await itemNow()).verdict?.is).toBe('converged');
  // What the configuration names no more stays applied.
  await configure({ configs: ['access-log'], configsMode: 'keep' });
  expect((await run()).bindings?.applied).toEqual([]);
  expect(applied()).toEqual(['access-log', 'error-log']);
});

test.each([
  ['keep', { configsMode: 'keep' }, ['access-log'], 'converged'],
  ['watch', {}, [], 'attention'],
])('a group that is made anew is told at once: %s', async (_, mode, then, is) => {
  put();
  await configure({ configs: ['access-log'], ...mode });
  const apply = sync.functions.standIn;
  await run();
  // Somebody deletes the group within the hour, and its bindings go with it.
  apply.groups(PROJECT).delete('web');
  (apply.appliedConfigs(PROJECT, 'web') as Set<string>).clear();
  const { changes, bindings } = await run();
  expect(changes).toEqual(['create']);
  expect(bindings).toMatchObject({ isMade: true, applied: then });
  expect(applied()).toEqual(then);
  const { verdict } = await itemNow();
  expect(verdict?.is).toBe(is);
  if (is === 'attention') expect(verdict?.says).toContain('the group was made anew, and');
});

test('watch, and the group is made for the first time: nobody says that it was made anew', async () => {
  await configure({ configs: ['access-log'] });
  await run();
  const { verdict } = await itemNow();
  expect(verdict).toMatchObject({ is: 'attention', code: 'unbound' });
  expect(verdict?.says).not.toContain('made anew');
});

test.each<[string, object, object, string]>([
  ['observe', { policy: 'observe', configsMode: 'keep' }, {}, 'the policy observe lets no config be applied'],
  ['create-only, and the group is there', { policy: 'create-only', configsMode: 'keep' }, {}, 'create-only'],
])('keep applies nothing where the policy lets it not: %s', async (_, settings, changes, says) => {
  put(changes);
  await configure({ configs: ['access-log'], ...settings });
  const { bindings } = await run();
  expect(bindings?.says).toContain(says);
  expect(applied()).toEqual([]);
  expect(sync.writes).toEqual([]);
});

test('keep applies nothing while the group is frozen, and does when the freeze is lifted', async () => {
  put();
  await configure({ configs: ['access-log'], configsMode: 'keep' });
  const deps = { table, log: () => {}, now: Date.now, due: Date.now() + 10_000 };
  await freeze([GROUP], { who: 'alice', reason: 'a migration', until: Date.now() + HOUR }, deps);
  expect((await run()).bindings).toMatchObject({
    missing: ['access-log'],
    applied: [],
    says: 'the freeze of the group lets no config be applied',
  });
  expect(applied()).toEqual([]);
  await unfreeze([GROUP], deps);
  expect((await run()).bindings).toMatchObject({ missing: [], applied: ['access-log'] });
  expect(applied()).toEqual(['access-log']);
});

test('create-only applies to what it makes', async () => {
  await configure({ configs: ['access-log'], configsMode: 'keep', policy: 'create-only' });
  expect((await run()).bindings?.applied).toEqual(['access-log']);
});

test('a group of somebody else is not looked at', async () => {
  put({ groupAttribute: { groupTopic: '', externalName: 'sls-machine-groups/other' } });
  await configure({ configs: ['access-log'], configsMode: 'keep' });
  expect((await run()).calls).toEqual(['GetMachineGroup']);
});

test('a mark that is gone by the time the lease is ours stops it', async () => {
  put();
  await configure({ configs: ['access-log'], configsMode: 'keep' });
  // The run reads the group with its mark; the read under the lease is answered by somebody else's group.
  const { faults } = sync.functions.standIn;
  const body = JSON.stringify(
    storedGroup({ groupName: 'web', groupAttribute: { groupTopic: '', externalName: 'wiped' } }),
  );
  faults.add({
    kind: 'raw',
    operation: 'GetMachineGroup',
    skip: 1,
    status: 200,
    contentType: 'application/json',
    body,
  });
  expect((await run()).bindings?.says).toContain('does not carry the mark');
  expect(applied()).toEqual([]);
});

test('while somebody else has the lease nothing is applied, and the next run does it', async () => {
  put();
  await configure({ configs: ['access-log'], configsMode: 'keep' });
  const pending = { removals: [], removed: 0, additions: [], added: 0, weak: 0, digest: '' };
  const now = Date.now();
  const lease = { holder: 'somebody else', since: now, until: now + 120_000, pending };
  const taken = groupChange(undefined, { removed: new Map(), lease });
  if (taken) await table.write(groupId(GROUP), taken, 0, now + 10_000);
  expect((await run()).bindings).toMatchObject({
    missing: ['access-log'],
    says: expect.stringContaining('somebody else writes the group'),
  });
  expect(sync.writes).toEqual([]);
  const fields = (await table.read([groupId(GROUP)], now + 10_000)).get(groupId(GROUP));
  const { item, revision } = seenIn(fields);
  const { lease: _, ...free } = item;
  const given = groupChange(item, free);
  if (given) await table.write(groupId(GROUP), given, revision, now + 10_000);
  expect((await run()).bindings?.applied).toEqual(['access-log']);
});

test('a config that does not exist keeps none of the others back, and says what it is', async () => {
  put();
  await configure({ configs: ['nobody-made-it', 'error-log'], configsMode: 'keep' });
  const { bindings } = await run();
  expect(bindings).toMatchObject({ missing: ['nobody-made-it'], applied: ['error-log'] });
  expect((await itemNow()).verdict).toMatchObject({ is: 'attention', code: 'unbound' });
  expect((await itemNow()).verdict?.says).toMatch(/Config nobody-made-it (?:does )?not exist/);
});

test.each<['GetAppliedConfigs' | 'ApplyConfigToMachineGroup', string, string]>([
  ['GetAppliedConfigs', 'log:GetAppliedConfigs', 'bindings-denied'],
  ['ApplyConfigToMachineGroup', 'log:ApplyConfigToMachineGroup and log:ApplyConfigToGroup', 'unbound'],
])('%s denied: it says which action to grant, and the run goes on', async (operation, action, code) => {
  put();
  await configure({ configs: ['access-log'], configsMode: 'keep' });
  sync.functions.standIn.faults.add({
    kind: 'error',
    operation,
    status: 403,
    code: 'Forbidden',
    times: Number.POSITIVE_INFINITY,
  });
  const { status, bindings } = await run();
  expect(status).toBe('in-sync');
  expect(bindings?.says).toContain(`grant ${action} to the AccessKey`);
  expect((await itemNow()).verdict).toMatchObject({ is: 'attention', code });
  expect((await itemNow()).verdict?.says).toContain(action);
});

test('a look that fails otherwise is made again by the next run, and is no reason to tell anybody', async () => {
  put();
  await configure({ configs: ['access-log'] });
  sync.functions.standIn.faults.add({
    kind: 'error',
    operation: 'GetAppliedConfigs',
    status: 500,
    code: 'InternalServerError',
    times: 2,
  });
  expect((await run()).bindings?.says).toContain('GetAppliedConfigs failed');
  expect((await itemNow()).verdict?.is).toBe('converged');
  expect((await run()).bindings?.missing).toEqual(['access-log']);
});

test('a plan looks at none', async () => {
  put();
  await configure({ configs: ['access-log'], configsMode: 'keep' });
  expect((await run('plan')).calls).toEqual(['GetMachineGroup']);
});
