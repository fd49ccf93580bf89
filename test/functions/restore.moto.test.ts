// Restores end to end: a run goes wrong, its way back is planned, approved and gone, and the next run does not undo it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { readDeployment } from '../../lib/core/memory/deployment.ts';
import { DEPLOYMENT_ID, groupId } from '../../lib/core/memory/known.ts';
import { revisionOf } from '../../lib/core/memory/table.ts';
import { DAY, HOUR } from '../../lib/core/removal/settings.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { describeWithMoto } from '../support/moto.ts';
import { MARK, OWNER, PROJECT } from '../support/names.ts';
import { callOf, codeOf, jsonOf, storedGroup } from './api-calls.ts';
import { History } from './history-setup.ts';
import { SyncFunctions } from './sync-setup.ts';

const ANN = 'arn:aws:iam::123456789012:user/ann';
const BOB = 'arn:aws:iam::123456789012:user/bob';
const WEB = `${PROJECT}/web`;
const REASON = 'the inventory was wrong';

describeWithMoto('with moto', (moto) => {
  let sync: SyncFunctions;
  let history: History;
  let dynamo: LocalDynamo;
  let env: Record<string, string>;
  beforeEach(async () => {
    history = await History.start(moto);
    [sync, dynamo] = await Promise.all([SyncFunctions.start(), startDynamo()]);
    env = { ...history.environment, SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url };
    await sync.configure({ groups: [sync.group('web'), sync.group('db')] });
    sync.inventory = () => ['10.0.0.1'];
    stored('web', ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });
  afterEach(async () => {
    await sync[Symbol.asyncDispose]();
    await dynamo[Symbol.asyncDispose]();
    history[Symbol.dispose]();
  });

  const stored = (name: string, machineList: string[], changes: object = {}) =>
    sync.functions.standIn.groups(PROJECT).set(
      name,
      storedGroup({
        groupName: name,
        groupAttribute: { groupTopic: '', externalName: MARK },
        machineList,
        ...changes,
      }),
    );
  const ask = async (body: object, { caller = ANN, more = {} }: { caller?: string; more?: object } = {}) =>
    sync.functions.http(await sync.load('restore', { ...env, ...more }), {
      ...callOf('restore', { query: {}, body: { group: WEB, ...body } }),
      caller,
    });
  /** Members change by the API, as by a person's mistake. @returns the run in the history */
  const change = async (action: 'add' | 'delete', machines: string[]): Promise<string> => {
    const call = callOf('update-machines', {
      parameters: { groupName: 'web' },
      query: { projectName: PROJECT, action, owner: OWNER },
      body: machines,
    });
    const result = await sync.functions.http(await sync.functions.load('update-machines', env), call);
    expect(result.statusCode, result.body).toBe(200);
    return (await history.records())[0]?.run ?? '';
  };
  const freezes = async () => {
    const { now } = Date;
    const table = openTable({
      table: TABLE,
      now,
      random: Math.random,
      sleep: async () => {},
      client: dynamo.client,
    });
    const fields = (await table.read([DEPLOYMENT_ID], now() + 10_000)).get(DEPLOYMENT_ID);
    table.close();
    const read = fields && readDeployment(fields);
    return read?.readable ? read.item.freezes : [];
  };

  test('is planned first, and writes nothing then', async () => {
    const run = await change('delete', ['10.0.0.2', '10.0.0.3']);
    const before = sync.writes.length;
    const plan = jsonOf(await ask({ run }));
    expect(plan).toMatchObject({
      group: WEB,
      run,
      what: 'UpdateMachineGroupMachine',
      members: 1,
      membersThen: 3,
      additions: { count: 2, members: ['10.0.0.2', '10.0.0.3'] },
      removals: { count: 0 },
      leftOut: { count: 0 },
      makesGroup: false,
      applied: false,
      next: 'approve',
    });
    expect(sync.writes).toHaveLength(before);
    expect(await freezes()).toEqual([]);
  });

  test('with its fingerprint it freezes the group, writes, and stands in the history by itself', async () => {
    await change('delete', ['10.0.0.2']);
    const run = await change('add', ['10.0.0.9']);
    const { fingerprint, removals } = jsonOf(await ask({ run }));
    expect(removals).toEqual({ count: 1, members: ['10.0.0.9'] });
    const result = await ask({ run, fingerprint, reason: REASON, hours: 48 });
    expect(result.statusCode, result.body).toBe(200);
    const { frozenUntil, ...done } = jsonOf(result);
    expect(done).toMatchObject({ applied: true, next: 'done' });
    expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.3']);
    const [freeze] = await freezes();
    expect(freeze).toMatchObject({ group: WEB, who: ANN, reason: REASON, until: Date.parse(frozenUntil) });
    expect(Math.abs(Date.parse(frozenUntil) - Date.now() - 2 * DAY)).toBeLessThan(HOUR);
    const [record] = await history.records();
    expect(record).toMatchObject({
      what: 'RestoreMachineGroup',
      who: ANN,
      reason: REASON,
      restores: run,
      changes: [{ group: WEB, outcome: 'written', went: ['10.0.0.9'], came: [] }],
    });
    // There and back: a restore can be restored.
    expect(jsonOf(await ask({ run: record?.run }))).toMatchObject({ additions: { members: ['10.0.0.9'] } });
    expect(jsonOf(await ask({ run }))).toMatchObject({ applied: false, next: 'nothing' });
  });

  test('what comes back is approved no more: nothing takes it away when the freeze is lifted', async () => {
    const approved = await sync.functions.http(await sync.load('approve-removals', env), {
      ...callOf('approve-removals', {
        query: {},
        body: { group: WEB, removals: ['10.0.0.2', '10.0.0.3'], reason: 'a mistake' },
      }),
      caller: ANN,
    });
    expect(approved.statusCode, approved.body).toBe(200);
    const call = { ...callOf('sync', { query: {}, body: { mode: 'apply', groups: [WEB] } }), caller: BOB };
    const run = async () => jsonOf(await sync.functions.http(await sync.load('sync', env), call));
    await run();
    expect(sync.members('web')).toEqual(['10.0.0.1']);
    const [record] = await history.records();
    const { fingerprint } = jsonOf(await ask({ run: record?.run }));
    await ask({ run: record?.run, fingerprint, reason: REASON });
    expect(sync.members('web')).toHaveLength(3);
    const lift = callOf('unfreeze', { query: { groups: WEB } });
    await sync.functions.http(await sync.load('unfreeze', env), { ...lift, caller: ANN });
    for (const _ of ['first', 'second', 'third'])
      expect((await run()).groups[0]).toMatchObject({ status: 'withheld' });
    expect(sync.members('web')).toHaveLength(3);
  });

  test('goes although nobody can read what the memory holds of the group', async () => {
    const run = await change('delete', ['10.0.0.2']);
    const { fingerprint } = jsonOf(await ask({ run }));
    const table = openTable({
      ...{ table: TABLE, now: Date.now, random: Math.random, sleep: async () => {} },
      client: dynamo.client,
    });
    const due = Date.now() + 5_000;
    const id = groupId(WEB);
    const revision = revisionOf((await table.read([id], due)).get(id));
    await table.write(id, { set: { version: 99 }, remove: [] }, revision, due);
    table.close();
    expect(jsonOf(await ask({ run, fingerprint, reason: REASON }))).toMatchObject({ applied: true });
    expect(sync.members('web')).toContain('10.0.0.2');
  });

  test('a fingerprint of anything else writes nothing', async () => {
    const run = await change('delete', ['10.0.0.2']);
    const { fingerprint } = jsonOf(await ask({ run }));
    await change('delete', ['10.0.0.3']);
    const refused = await ask({ run, fingerprint, reason: REASON });
    expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'RestoreChanged']);
    expect(sync.members('web')).toEqual(['10.0.0.1']);
    expect(await freezes()).toEqual([]);
  });

  test('an address that another machine reports by now is named and stays out', async () => {
    const run = await change('delete', ['10.0.0.2', '10.0.0.3']);
    stored('db', ['10.0.0.2'], { lastModifyTime: Math.floor(Date.now() / 1_000) + 5 });
    sync.functions.standIn.setHeartbeats(PROJECT, 'db', [
      {
        ip: '10.0.0.2',
        'machine-uniqueid': 'unit-of-db',
        'userdefined-id': '',
        'host-id': 'host-of-db',
        lastHeartbeatTime: Math.floor(Date.now() / 1_000),
      },
    ]);
    const plan = jsonOf(await ask({ run }));
    expect(plan).toMatchObject({ additions: { members: ['10.0.0.3'] }, notAsked: 0 });
    expect(plan.leftOut).toEqual({
      count: 1,
      members: [
        { member: '10.0.0.2', says: expect.stringContaining('machine host-of-db reports under it in group') },
      ],
    });
    await ask({ run, fingerprint: plan.fingerprint, reason: REASON });
    expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.3']);
  });

  test('a group that was deleted is made anew', async () => {
    const call = callOf('delete-group', {
      parameters: { groupName: 'web' },
      query: { projectName: PROJECT, owner: OWNER },
    });
    await sync.functions.http(await sync.functions.load('delete-group', env), call);
    const run = (await history.records())[0]?.run;
    const plan = jsonOf(await ask({ run }));
    expect(plan).toMatchObject({ makesGroup: true, additions: { count: 3 } });
    await ask({ run, fingerprint: plan.fingerprint, reason: REASON });
    expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    expect(sync.functions.standIn.groups(PROJECT).get('web')?.groupAttribute.externalName).toBe(MARK);
    expect((await history.records())[0]).toMatchObject({ what: 'RestoreMachineGroup', restores: run });
  });

  test('where two people have to approve removals, two of them send it', async () => {
    const more = { SYNC_APPROVERS: '2' };
    const run = await change('add', ['10.0.0.9']);
    const { fingerprint } = jsonOf(await ask({ run }, { more }));
    const word = { run, fingerprint, reason: REASON };
    // The inventory lists what is to go: a run between the two takes nobody's word away.
    sync.inventory = () => ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.9'];
    const runAgain = {
      ...callOf('sync', { query: {}, body: { mode: 'apply', groups: [WEB] } }),
      caller: BOB,
    };
    for (const _ of ['once', 'again']) {
      expect(jsonOf(await ask(word, { more }))).toMatchObject({ applied: false, next: 'second-approver' });
      await sync.functions.http(await sync.load('sync', env), runAgain);
    }
    expect(sync.members('web')).toContain('10.0.0.9');
    expect(jsonOf(await ask(word, { more, caller: BOB }))).toMatchObject({ applied: true });
    expect(sync.members('web')).not.toContain('10.0.0.9');
  });

  test('a group that a family makes is frozen as well: the next run would undo it', async () => {
    const ecs = { type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true };
    const family = {
      project: PROJECT,
      name: 'w{rest}',
      by: { rest: 'tag:rest' },
      identify: 'ip',
      sources: [ecs],
    };
    const run = await change('delete', ['10.0.0.2']);
    await sync.configure({ groups: [], families: [family] });
    const { fingerprint } = jsonOf(await ask({ run }));
    expect(jsonOf(await ask({ run, fingerprint, reason: REASON }))).toMatchObject({ applied: true });
    expect(await freezes()).toMatchObject([{ group: WEB, reason: REASON }]);
  });

  test('a group of somebody else takes its owner', async () => {
    await sync.configure({ groups: [sync.group('db')] });
    const run = await change('delete', ['10.0.0.2']);
    const refused = await ask({ run });
    expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'MachineGroupOwned']);
    expect((await ask({ run, owner: OWNER })).statusCode).toBe(200);
  });

  test('a run of the sync is taken back, and what its report says is who asked', async () => {
    stored('web', []);
    const call = { ...callOf('sync', { query: {}, body: { mode: 'apply', groups: [WEB] } }), caller: BOB };
    await sync.functions.http(await sync.load('sync', env), call);
    const [record] = await history.records();
    const plan = jsonOf(await ask({ run: record?.run }));
    expect(plan).toMatchObject({ who: BOB, removals: { members: ['10.0.0.1'] }, membersThen: 0 });
    expect(
      jsonOf(await ask({ run: record?.run, fingerprint: plan.fingerprint, reason: REASON })),
    ).toMatchObject({
      applied: true,
    });
    expect(sync.members('web')).toEqual([]);
  });

  test.each<[string, object, number, string?]>([
    ['a run that nobody knows', { run: 'nobody' }, 404, 'RunNotExist'],
    ['a run without end', { run: 'x'.repeat(10_000) }, 400],
    ['a run with a path in it', { run: '../../x' }, 400],
    ['no run', {}, 400],
    ['a group that is none', { run: 'x', group: 'web' }, 400],
    ['a fingerprint without a reason', { run: 'x', fingerprint: '0'.repeat(32) }, 400],
    ['a fingerprint that is none', { run: 'x', fingerprint: 'x', reason: REASON }, 400],
    ['a freeze without end', { run: 'x', hours: 721 }, 400],
  ])('refuses %s', async (_, body, status, code) => {
    const result = await ask(body);
    expect(result.statusCode, result.body).toBe(status);
    if (code !== undefined) expect(codeOf(result)).toBe(code);
    expect(sync.writes).toEqual([]);
  });

  test('a group of another kind by now is not restored, and what to do is said', async () => {
    const run = await change('delete', ['10.0.0.2']);
    stored('web', ['web-id'], { machineIdentifyType: 'userdefined' });
    const refused = await ask({ run });
    expect([refused.statusCode, jsonOf(refused)]).toMatchObject([
      409,
      {
        errorCode: 'KindChanged',
        errorMessage: `group ${WEB} holds user-defined ids now and held addresses before that run: it cannot be restored; change its kind back first.`,
      },
    ]);
  });

  test('a group that the run made has no before', async () => {
    sync.functions.standIn.groups(PROJECT).clear();
    const call = callOf('create-group', {
      body: { groupName: 'fresh', machineIdentifyType: 'ip', machineList: ['10.0.0.1'] },
    });
    await sync.functions.http(await sync.functions.load('create-group', env), call);
    const run = (await history.records())[0]?.run;
    const refused = await ask({ run, group: `${PROJECT}/fresh` });
    expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'NothingBefore']);
  });
});
