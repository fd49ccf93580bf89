// The sync end to end: handlers as Lambda loads them, a real inventory server, the stand-in of SLS.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SLS_POLICIES } from '../../lib/build/ram.ts';
import { addresses } from '../support/addresses.ts';
import { MARK, PROJECT } from '../support/names.ts';
import type { StoredGroup } from '../support/standin/index.ts';
import { until } from '../support/until.ts';
import { lambdaContext, SCHEDULE } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

let sync: SyncFunctions;
beforeEach(async () => {
  sync = await SyncFunctions.start();
});
afterEach(async () => {
  // What no RAM policy for the sync allows would fail where that policy is used.
  const called = sync.functions.standIn.requests.flatMap(({ operation }) => operation ?? []);
  await sync[Symbol.asyncDispose]();
  expect(SLS_POLICIES.sync).toEqual(expect.arrayContaining(called));
});

const apply = { mode: 'apply' };
const plan = { mode: 'plan' };

/** Puts a group into the stand-in as if somebody had made it in the console. */
function put(name: string, changes: Partial<StoredGroup> = {}): StoredGroup {
  const group: StoredGroup = {
    groupName: name,
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: '', externalName: MARK },
    machineList: [],
    createTime: 1_700_000_000,
    lastModifyTime: 1_700_000_000,
    ...changes,
  };
  sync.functions.standIn.groups(PROJECT).set(name, group);
  return group;
}

test('costs one call a group, three more for one that changes, and one for the witness where something goes', async () => {
  const wanted = addresses(20);
  const groups = ['same-1', 'same-2', 'same-3', 'grown', 'shrunk', 'new', 'topic'];
  for (const name of ['same-1', 'same-2', 'same-3', 'topic']) put(name, { machineList: wanted });
  put('grown', { machineList: wanted.slice(1) });
  put('shrunk', { machineList: [...wanted, '172.16.0.1'] });
  await sync.remember('shrunk', ['172.16.0.1']);
  const changes: Record<string, object> = { topic: { topic: 'other' } };
  await sync.configure({ groups: groups.map((name) => sync.group(name, changes[name])) });
  sync.inventory = () => wanted;

  const { report } = await sync.sync(await sync.load('sync'), apply);
  expect(report.status).toBe('ok');
  const calls = report.groups.map(({ group, requests }) => [group.split('/')[1], requests.length]);
  const changed = ['grown', 'shrunk', 'new', 'topic'];
  const cost = (name: string) => (name === 'shrunk' ? 5 : changed.includes(name) ? 4 : 1);
  expect(calls).toEqual(groups.map((name) => [name, cost(name)]));
  expect(sync.functions.standIn.requests).toHaveLength(groups.length + 3 * changed.length + 1);
});

test('a batch of messages makes a run that writes', async () => {
  await sync.configure({ groups: [sync.group('web')] });
  sync.inventory = () => ['10.0.0.1'];
  const handler = await sync.load('sync-from-inventory');
  const record = { messageId: 'm', eventSource: 'aws:sqs', body: JSON.stringify(apply) };
  expect(await handler({ Records: [record] }, lambdaContext)).toEqual({ batchItemFailures: [] });
  expect(sync.members('web')).toEqual(['10.0.0.1']);
});

describe('a run', () => {
  test('plans without writing, applies, and then finds nothing to do', async () => {
    await sync.configure({ groups: [sync.group('web', { topic: 'front' })] });
    sync.inventory = () => ['10.0.0.2', '10.0.0.1', '10.0.0.2'];
    const handler = await sync.load('sync');

    const planned = await sync.sync(handler, plan);
    expect(planned.result.statusCode).toBe(200);
    expect(planned.report.groups[0]).toMatchObject({
      group: `${PROJECT}/web`,
      status: 'planned',
      changes: ['create'],
      additions: { count: 2, members: ['10.0.0.1', '10.0.0.2'] },
    });
    expect(sync.writes).toEqual([]);

    const applied = await sync.sync(handler, apply);
    expect(applied.report).toMatchObject({ status: 'ok', counts: { added: 2, removed: 0 } });
    expect(applied.report.groups[0]?.status).toBe('written');
    expect(applied.report.groups[0]?.requests.map(({ operation }) => operation)).toEqual([
      'GetMachineGroup',
      'GetMachineGroup',
      'CreateMachineGroup',
      'GetMachineGroup',
    ]);
    expect(sync.functions.standIn.groups(PROJECT).get('web')).toMatchObject({
      machineIdentifyType: 'ip',
      groupAttribute: { groupTopic: 'front', externalName: MARK },
    });
    expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.2']);

    const again = await sync.sync(handler, apply);
    expect(again.report.groups[0]?.status).toBe('in-sync');
    expect(sync.writes).toEqual(['CreateMachineGroup']);
  });

  test('adds and removes within the limits, and every other field survives', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    const groupAttribute = { groupTopic: 'kept', externalName: MARK };
    put('web', { groupType: 'Armory', groupAttribute, machineList: addresses(10) });
    await sync.remember('web', addresses(10).slice(0, 3));
    sync.inventory = () => [...addresses(10).slice(3), '10.9.9.9'];
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report).toMatchObject({ status: 'ok', counts: { added: 1, removed: 3 } });
    expect(sync.members('web')).toEqual([...addresses(10).slice(3), '10.9.9.9'].sort());
    expect(sync.functions.standIn.groups(PROJECT).get('web')).toMatchObject({
      groupType: 'Armory',
      groupAttribute,
    });
    expect(sync.writes).toEqual(['UpdateMachineGroup']);
  });

  test('plans and judges once more upon what somebody else wrote meanwhile', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    const before = put('web', { machineList: addresses(10) });
    await sync.remember('web', addresses(2));
    sync.inventory = () => addresses(10).slice(2);
    const { faults } = sync.functions.standIn;
    const wrote = Promise.withResolvers<void>();
    // The witness is asked between the look at the group and the write.
    faults.add({ kind: 'hold', operation: 'ListMachines', until: wrote.promise });
    const run = sync.sync(await sync.load('sync'), apply);
    await until(() => faults.pending() === 0);
    put('web', { ...before, machineList: [...addresses(10).slice(1), '10.7.7.7'] });
    wrote.resolve();
    const { report } = await run;
    // What another removed is not counted as removed by us; what another added waits like anything else.
    expect(report.groups[0]).toMatchObject({
      status: 'written',
      removals: { members: addresses(10).slice(1, 2) },
      withheld: [{ by: 'patience', members: ['10.7.7.7'] }],
    });
    expect(report.counts).toMatchObject({ removed: 1 });
    expect(sync.members('web')).toEqual([...addresses(10).slice(2), '10.7.7.7'].sort());
  });

  test('of one group goes on when another fails', async () => {
    await sync.configure({ groups: [sync.group('web'), sync.group('db', { project: 'no-such-project' })] });
    sync.inventory = () => ['10.0.0.1'];
    const { result, report } = await sync.sync(await sync.load('sync'), apply);
    expect(result.statusCode).toBe(502);
    expect(report.groups.map(({ status }) => status)).toEqual(['written', 'failed']);
    expect(report.groups[1]?.error).toMatchObject({ code: 'ProjectNotExist', requestId: expect.any(String) });
  });

  test('only looks at the groups it is asked for, and knows the ones it is not configured for', async () => {
    await sync.configure({ groups: [sync.group('web'), sync.group('db')] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync');
    const { report } = await sync.sync(handler, { ...plan, groups: [`${PROJECT}/db`] });
    expect(report.groups.map(({ group }) => group)).toEqual([`${PROJECT}/db`]);
    const { result } = await sync.sync(handler, { ...plan, groups: [`${PROJECT}/cache`] });
    expect(result.statusCode).toBe(404);
  });
});

describe('a sync', () => {
  const full = addresses(20);

  test('removes nothing when the inventory cannot be read', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: full });
    const handler = await sync.load('sync');
    for (const status of [403, 404, 500]) {
      sync.inventory = () => status;
      const { result, report } = await sync.sync(handler, apply);
      expect(result.statusCode).toBe(502);
      expect(report.groups[0]?.status).toBe('failed');
    }
    expect(sync.writes).toEqual([]);
  });
  test('removes nothing when the inventory is empty', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: full });
    await sync.remember('web', full);
    sync.inventory = () => [];
    const { result, report } = await sync.sync(await sync.load('sync'), apply);
    expect(result.statusCode).toBe(409);
    expect(report.groups[0]).toMatchObject({ status: 'refused', refusals: [{ code: 'empty' }] });
    expect(sync.members('web')).toEqual([...full].sort());
  });
  test('removes nothing that an incomplete reading does not show, and adds what it shows', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: full });
    sync.inventory = () => [...full.slice(2), '10.9.9.9', 'not-an-address'];
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups[0]).toMatchObject({
      status: 'written',
      additions: { count: 1 },
      removals: { count: 0 },
      withheld: [{ action: 'remove', by: 'incomplete', count: 2 }],
    });
    expect(sync.members('web')).toEqual([...full, '10.9.9.9'].sort());
  });
  test('removes nothing that has only just gone missing, and adds', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: full });
    await sync.remember('web', []);
    sync.inventory = () => [...full.slice(2), '10.9.9.9'];
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups[0]).toMatchObject({ status: 'written', withheld: [{ by: 'patience', count: 2 }] });
    expect(sync.members('web')).toEqual([...full, '10.9.9.9'].sort());
  });
  test('removes nothing without a memory, and adds', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: full });
    sync.inventory = () => [...full.slice(2), '10.9.9.9'];
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups[0]).toMatchObject({ status: 'written', withheld: [{ by: 'memory', count: 2 }] });
    expect(sync.members('web')).toEqual([...full, '10.9.9.9'].sort());
  });
  test('removes nothing that still sends heartbeats, and says of what it has heard nothing', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: full });
    await sync.remember('web', full.slice(0, 2));
    const reports = full.slice(1).map((ip) => ({ ip, lastHeartbeatTime: Math.floor(Date.now() / 1_000) }));
    sync.functions.standIn.setHeartbeats(PROJECT, 'web', reports);
    sync.inventory = () => full.slice(2);
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups[0]).toMatchObject({
      status: 'written',
      leaving: [{ class: 'unheard', weak: 1, members: [full[0]] }],
      withheld: [{ by: 'alive', members: [full[1]] }],
    });
    expect(sync.members('web')).toEqual(full.slice(1).sort());
  });
  test('says how to let it hear heartbeats, where it may not', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: full });
    await sync.remember('web', full.slice(0, 2));
    sync.functions.standIn.faults.add({
      kind: 'error',
      operation: 'ListMachines',
      status: 401,
      code: 'Unauthorized',
      times: Number.POSITIVE_INFINITY,
    });
    sync.inventory = () => full.slice(2);
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups[0]).toMatchObject({ status: 'written', leaving: [{ class: 'unheard', weak: 2 }] });
    expect(report.groups[0]?.leaving[0]?.says).toContain('grant log:ListMachines');
  });
  test('adds, and removes no more than the limit but for what is approved', async () => {
    await sync.configure({ groups: [sync.group('web'), sync.group('db')] });
    put('web', { machineList: full });
    put('db', { machineList: full });
    const gone = full.slice(0, 10);
    const now = Date.now();
    const approval = { id: 'a1', removals: gone, who: 'ann', reason: 'night', at: now, until: now + 60_000 };
    await sync.remember('web', gone, [approval]);
    await sync.remember('db', gone);
    sync.inventory = () => [...full.slice(10), '10.9.9.9'];
    const handler = await sync.load('sync');
    const { result, report } = await sync.sync(handler, apply);
    expect(result.statusCode).toBe(409);
    expect(report.groups).toMatchObject([
      { status: 'written', approvals: [{ id: 'a1', who: 'ann', reason: 'night' }], removals: { count: 10 } },
      {
        status: 'refused',
        change: 'written',
        additions: { count: 1 },
        refusals: [{ code: 'day-limit' }],
        figures: { members: 20, unproven: 10, day: { limit: 6 } },
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    expect(sync.members('web')).toEqual([...full.slice(10), '10.9.9.9'].sort());
    expect(sync.members('db')).toEqual([...full, '10.9.9.9'].sort());

    // Good for what was approved: whatever is missing besides waits.
    sync.inventory = () => full.slice(19);
    const { report: later } = await sync.sync(handler, { ...apply, groups: [`${PROJECT}/web`] });
    expect(later.groups[0]?.removals.count).toBe(0);
  });
  test('removes nothing of a group that carries no mark or another one', async () => {
    await sync.configure({ groups: [sync.group('unmarked'), sync.group('foreign'), sync.group('other')] });
    put('unmarked', { machineList: full, groupAttribute: { groupTopic: '', externalName: '' } });
    put('foreign', { machineList: full, groupAttribute: { groupTopic: '', externalName: 'armory-7' } });
    put('other', {
      machineList: full,
      groupAttribute: { groupTopic: '', externalName: 'sls-machine-groups/them' },
    });
    sync.inventory = () => full.slice(1);
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups.map(({ status }) => status)).toEqual(['left-alone', 'left-alone', 'left-alone']);
    expect(sync.writes).toEqual([]);
  });
  test('removes nothing by the policy upsert-only, and says what it held back', async () => {
    await sync.configure({ policy: 'upsert-only', groups: [sync.group('web')] });
    put('web', { machineList: full });
    sync.inventory = () => [...full.slice(1), '10.9.9.9'];
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups[0]).toMatchObject({ status: 'written', withheld: [{ by: 'policy', count: 1 }] });
    expect(sync.members('web')).toEqual([...full, '10.9.9.9'].sort());
  });
  test('writes nothing by the policy observe', async () => {
    await sync.configure({ policy: 'observe', groups: [sync.group('web')] });
    put('web', { machineList: full });
    await sync.remember('web', full.slice(0, 1));
    sync.inventory = () => [...full.slice(1), '10.9.9.9'];
    const { report } = await sync.sync(await sync.load('sync'), apply);
    expect(report.groups[0]).toMatchObject({
      status: 'recorded',
      additions: { count: 1 },
      removals: { count: 1 },
    });
    expect(sync.writes).toEqual([]);
  });
});

test('adoption marks a group once and keeps the rest of it', async () => {
  await sync.configure({ groups: [sync.group('web', { adopt: true })] });
  put('web', { machineList: ['10.0.0.1'], groupAttribute: { groupTopic: 'kept', externalName: '' } });
  sync.inventory = () => ['10.0.0.1'];
  const handler = await sync.load('sync');
  expect((await sync.sync(handler, apply)).report.groups[0]?.changes).toEqual(['adopt']);
  expect(sync.functions.standIn.groups(PROJECT).get('web')?.groupAttribute).toEqual({
    groupTopic: 'kept',
    externalName: MARK,
  });
  expect((await sync.sync(handler, apply)).report.groups[0]?.status).toBe('in-sync');
});

test('a write that the service shows late is waited for', async () => {
  await sync.configure({ groups: [sync.group('web')] });
  put('web', { machineList: ['10.0.0.1'] });
  sync.inventory = () => ['10.0.0.1', '10.0.0.2'];
  // Reads: for the plan, before the write, then back.
  sync.functions.standIn.faults.add({ kind: 'stale-read', operation: 'GetMachineGroup', skip: 2 });
  const { report } = await sync.sync(await sync.load('sync'), apply);
  expect(report.groups[0]?.status).toBe('written');
  expect(report.groups[0]?.requests).toHaveLength(5);
});

describe('POST /sync', () => {
  test('answers Markdown for a chat or a pull request', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    sync.inventory = () => ['10.0.0.1'];
    const { result } = await sync.sync(await sync.load('sync'), plan, { accept: 'text/markdown' });
    expect(result.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(result.body).toContain(`${PROJECT}/web`);
    expect(result.body).toContain('10.0.0.1');
  });
  test.each([
    [{}, /mode: is missing/],
    [{ mode: 'force' }, /mode: must be/],
    [{ mode: 'apply', approve: 'a'.repeat(32) }, /approve: is not a field any more: .*POST \/approvals/],
    [{ mode: 'apply', groups: ['web'] }, /groups\[0\]/],
    [{ mode: 'apply', dryRun: true }, /dryRun: is not a known field/],
  ])('answers 400 to %j', async (request, says) => {
    await sync.configure({ groups: [sync.group('web')] });
    const { result } = await sync.sync(await sync.load('sync'), request);
    expect(result.statusCode).toBe(400);
    expect(JSON.parse(result.body).errorMessage).toMatch(says);
  });
  test('answers 500 with path and rule for a configuration that is wrong', async () => {
    await sync.configure({ policy: undefined, groups: [sync.group('web', { sources: [] })] });
    const { result } = await sync.sync(await sync.load('sync'), plan);
    expect(result.statusCode).toBe(500);
    expect(JSON.parse(result.body)).toMatchObject({
      errorCode: 'SyncConfigInvalid',
      errorMessage: expect.stringMatching(/policy: .*groups\[0\]\.sources/),
    });
  });
  test('answers 500 for a configuration that is not there', async () => {
    const handler = await sync.load('sync', { SYNC_CONFIG: 'file:///no/such/file.json' });
    const { result } = await sync.sync(handler, plan);
    expect(JSON.parse(result.body).errorCode).toBe('SyncConfigUnreadable');
  });
});

describe('sync-from-inventory', () => {
  test('answers a schedule with the report', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory');
    expect(await handler(SCHEDULE, lambdaContext)).toMatchObject({ mode: 'apply', status: 'ok' });
    expect(sync.members('web')).toEqual(['10.0.0.1']);
  });
  test('answers the same object as the HTTP body', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory');
    expect(await handler(plan, lambdaContext)).toMatchObject({
      mode: 'plan',
      groups: [{ status: 'planned', additions: { count: 1 } }],
    });
    expect(sync.writes).toEqual([]);
  });
  test('throws at the end when anything failed, after the healthy groups are written', async () => {
    await sync.configure({ groups: [sync.group('web'), sync.group('db', { project: 'no-such-project' })] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory');
    await expect(handler(SCHEDULE, lambdaContext)).rejects.toMatchObject({
      name: 'SyncFailed',
      message: expect.stringMatching(/1 of 2 groups failed \(no-such-project\/db: ProjectNotExist\)/),
    });
    expect(sync.members('web')).toEqual(['10.0.0.1']);
  });
  test('[14] invoked directly, gives its report and fails as well when a group failed', async () => {
    await sync.configure({ groups: [sync.group('web'), sync.group('db', { project: 'no-such-project' })] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory');
    const error = (await handler(apply, lambdaContext).catch((reason: unknown) => reason)) as Error;
    expect(error.name).toBe('SyncFailed');
    expect(JSON.parse(error.message)).toMatchObject({
      status: 'failed',
      groups: [{ status: 'written' }, { status: 'failed', error: { code: 'ProjectNotExist' } }],
    });
    expect(sync.members('web')).toEqual(['10.0.0.1']);
  });
  test('does not throw for a refusal: trying again would not help', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    put('web', { machineList: addresses(20) });
    await sync.remember('web', addresses(20));
    const handler = await sync.load('sync-from-inventory');
    expect(await handler(SCHEDULE, lambdaContext)).toMatchObject({ status: 'refused' });
  });
  test.each([[{}], [[]], ['text'], [{ 'detail-type': 'Scheduled Event' }]])('refuses %j', async (event) => {
    await sync.configure({ groups: [sync.group('web')] });
    const handler = await sync.load('sync-from-inventory');
    await expect(handler(event, lambdaContext)).rejects.toMatchObject({ name: 'UnknownEvent' });
  });
  test('leaves figures in the log as EMF, and one line a run', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory');
    await handler(SCHEDULE, lambdaContext);
    const { lines } = sync.functions;
    expect(lines.filter(({ event }) => event === 'sync.run')).toHaveLength(1);
    expect(lines.find((line) => '_aws' in line)).toMatchObject({
      Succeeded: 1,
      Added: 1,
      ApiCalls: 4,
      Refused: 0,
    });
  });
});

describe('explain', () => {
  const ask = async (machine: string, group = `${PROJECT}/web`) => {
    const handler = await sync.load('explain');
    const call = { method: 'GET', path: '/explain', query: { group, machine } };
    const result = await sync.functions.http(handler, call);
    return { status: result.statusCode, body: JSON.parse(result.body) };
  };
  beforeEach(async () => {
    await sync.configure({ groups: [sync.group('web', { deny: ['10.66.0.0/16'] })] });
    put('web', { machineList: ['10.0.0.1', '10.0.0.2', '::ffff:10.0.0.3'] });
    await sync.remember('web', ['10.0.0.2']);
    sync.inventory = () => ['10.0.0.1', '10.0.0.3', '10.0.0.9', '10.66.0.1'];
  });

  test.each([
    ['10.0.0.1', { inGroup: true, wanted: true, next: 'stays-in' }],
    ['10.0.0.2', { inGroup: true, wanted: false, next: 'removed' }],
    ['10.0.0.3', { inGroup: true, wanted: true, spellings: ['::ffff:10.0.0.3'], next: 'stays-in' }],
    [' ::ffff:10.0.0.9', { machine: '10.0.0.9', inGroup: false, wanted: true, next: 'added' }],
    [
      '10.66.0.1',
      { inGroup: false, wanted: false, next: 'stays-out', dropped: [{ reason: 'denied by 10.66.0.0/16' }] },
    ],
    ['10.77.0.1', { inGroup: false, wanted: false, next: 'stays-out' }],
  ])('tells of the machine %s', async (machine, expected) => {
    const { status, body } = await ask(machine);
    expect(status).toBe(200);
    expect(body).toMatchObject({ group: `${PROJECT}/web`, owner: { marked: MARK }, ...expected });
    expect(body.says.length).toBeGreaterThan(1);
    expect(sync.writes).toEqual([]);
  });
  test('says what it cannot know', async () => {
    expect((await ask('10.0.0.1', `${PROJECT}/cache`)).status).toBe(404);
    sync.inventory = () => 403;
    expect(await ask('10.0.0.1')).toMatchObject({ status: 502, body: { errorCode: 'InventoryUnreadable' } });
    expect((await ask('')).status).toBe(400);
  });
});
