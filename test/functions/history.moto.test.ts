// The history end to end: runs and requests leave one object each in a bucket that moto plays, and GET /history answers from it.
import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { putNew } from '../../lib/aws/small-calls.ts';
import { keyOf } from '../../lib/core/history/key.ts';
import type { HistoryRecord } from '../../lib/core/history/record.ts';
import { readHistoryEnvironment } from '../../lib/runtime/environment.ts';
import { keepRecord, put } from '../../lib/runtime/history/keep.ts';
import type { Log } from '../../lib/runtime/log.ts';
import { openLoopback } from '../support/loopback.ts';
import { describeWithMoto } from '../support/moto.ts';
import { MARK, OWNER, PROJECT } from '../support/names.ts';
import { DEFAULT_KEY } from '../support/standin/index.ts';
import { callOf, GROUP, jsonOf, storedGroup } from './api-calls.ts';
import { lambdaContext, type Result, SCHEDULE } from './events.ts';
import { BUCKET, History } from './history-setup.ts';
import { SyncFunctions } from './sync-setup.ts';

const ANN = 'arn:aws:iam::123456789012:user/ann';
const WEB = `${PROJECT}/web`;

describeWithMoto('with moto', (moto) => {
  let sync: SyncFunctions;
  let history: History;
  beforeEach(async () => {
    history = await History.start(moto);
    sync = await SyncFunctions.start();
    await sync.configure({ groups: [sync.group('web')] });
    sync.inventory = () => ['10.0.0.1', '10.0.0.2'];
  });
  afterEach(async () => {
    await sync[Symbol.asyncDispose]();
    history[Symbol.dispose]();
  });

  const load = (name: Parameters<SyncFunctions['load']>[0], env = history.environment) =>
    sync.load(name, env);
  const apply = async (env = history.environment) => {
    const call = { ...callOf('sync', { query: {}, body: { mode: 'apply' } }), caller: ANN };
    return sync.functions.http(await load('sync', env), call);
  };
  const ask = async (query: Record<string, string> = {}): Promise<Result> =>
    sync.functions.http(await sync.functions.load('history', history.environment), {
      method: 'GET',
      path: '/history',
      query,
    });
  const entries = async (query: Record<string, string> = {}) => jsonOf(await ask(query)).entries;
  const put_ = (name: string, changes: object) =>
    sync.functions.standIn.groups(PROJECT).set(name, storedGroup({ groupName: name, ...changes }));
  const marked = { groupAttribute: { groupTopic: '', externalName: MARK } };
  const lines = (event: string) => sync.functions.lines.filter((line) => line.event === event);

  describe('a run of the sync', () => {
    test('that wrote leaves one object: who, what, digest of the configuration, members before and after', async () => {
      put_('web', { ...marked, machineList: ['10.0.0.1'] });
      const report = jsonOf(await apply());
      const [record, ...others] = await history.records();
      expect(others).toEqual([]);
      expect(record).toMatchObject({
        run: report.runId,
        who: ANN,
        what: 'a request to apply',
        config: createHash('sha256')
          .update(await sync.configuration())
          .digest('hex'),
        changes: [
          {
            group: WEB,
            outcome: 'written',
            before: { identify: 'ip', mark: MARK },
            members: ['10.0.0.1'],
            after: { identify: 'ip', mark: MARK },
            came: ['10.0.0.2'],
            went: [],
          },
        ],
        report: { runId: report.runId, groups: [{ group: WEB, status: 'written' }] },
      });
      expect(lines('history.waits')).toEqual([]);
    });
    test('that made a group says that there was none', async () => {
      await apply();
      expect((await history.records())[0]?.changes).toMatchObject([
        { group: WEB, before: null, members: [], came: ['10.0.0.1', '10.0.0.2'] },
      ]);
      expect(await entries()).toMatchObject([{ changes: [{ was: 'made', before: 0 }] }]);
    });
    test('that was refused leaves one with the reason', async () => {
      put_('web', { ...marked, machineIdentifyType: 'userdefined', machineList: ['a'] });
      await apply();
      const [entry] = await entries({ group: WEB });
      expect(entry).toMatchObject({ changes: [{ group: WEB, outcome: 'refused', came: { count: 0 } }] });
      expect(entry.changes[0].says.join()).toContain('identifies machines by');
    });
    test('whose write failed, or may have taken effect, leaves one', async () => {
      put_('web', { ...marked, machineList: ['10.0.0.1'] });
      sync.functions.standIn.faults.add({
        kind: 'error',
        operation: 'UpdateMachineGroup',
        times: 9,
        status: 500,
        code: 'InternalServerError',
      });
      expect((await apply()).statusCode).toBe(502);
      const [entry] = await entries();
      expect(['unconfirmed', 'failed']).toContain(entry.changes[0].outcome);
      expect(entry.changes[0].came).toEqual({ count: 1, members: ['10.0.0.2'] });
    });
    test('that found all as it should be, or only planned, leaves none', async () => {
      put_('web', { ...marked, machineList: ['10.0.0.1', '10.0.0.2'] });
      await apply();
      put_('web', { ...marked, machineList: [] });
      await sync.sync(await load('sync'), { mode: 'plan' });
      await sync.sync(await load('plan'), {});
      expect(await history.records()).toEqual([]);
    });
    test('of the schedule leaves one without a name', async () => {
      await (await load('sync-from-inventory'))(SCHEDULE, lambdaContext);
      const [record] = await history.records();
      expect(record).toMatchObject({ what: 'the schedule', changes: [{ group: WEB }] });
      expect(record).not.toHaveProperty('who');
    });
    test('holds no secret', async () => {
      await apply();
      const [text = ''] = (await history.texts()).values();
      expect(text).toContain(WEB);
      for (const secret of [DEFAULT_KEY.accessKeySecret, DEFAULT_KEY.accessKeyId, 'not-a-real-secret'])
        expect(text).not.toContain(secret);
    });
  });

  describe('while the bucket cannot be written to', () => {
    test('the run goes on, its record waits in the queue, and is put later', async () => {
      const away = { ...history.environment, HISTORY_BUCKET: 'history-away' };
      expect((await apply(away)).statusCode).toBe(200);
      expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.2']);
      expect(lines('history.waits')).toMatchObject([{ level: 'warn', groups: 1 }]);
      const event = await history.waiting();
      expect(event.Records).toHaveLength(1);

      const later = await sync.functions.load('keep-history', away);
      const failures = event.Records.map(({ messageId }) => ({ itemIdentifier: messageId }));
      expect(await later(event, lambdaContext)).toEqual({ batchItemFailures: failures });
      await history.makeBucket('history-away');
      for (const _ of ['once', 'again'])
        expect(await later(event, lambdaContext)).toEqual({ batchItemFailures: [] });
      expect(await history.records('history-away')).toMatchObject([
        { who: ANN, changes: [{ group: WEB, came: ['10.0.0.1', '10.0.0.2'] }] },
      ]);
    });
    test('and with nobody there at all nothing else stops, and the log says what is lost', async () => {
      const nobody = 'http://127.0.0.1:9';
      const away = {
        ...history.environment,
        AWS_ENDPOINT_URL_S3: nobody,
        HISTORY_QUEUE_URL: `${nobody}/123456789012/history`,
      };
      expect((await apply(away)).statusCode).toBe(200);
      expect(lines('history.lost')).toMatchObject([{ level: 'error', groups: 1 }]);
    });
    const DENIED = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    test.each<[string, RequestListener, number, string]>([
      ['never answers', () => {}, 2, 'TimeoutError'],
      ['denies it', (_, answer) => answer.writeHead(403).end(DENIED), 1, 'AccessDenied'],
      ['fails', (_, answer) => answer.writeHead(503).end(), 2, '503'],
    ])('one that %s leaves it to the queue', async (_, answers, attempts, says) => {
      let asked = 0;
      await using bucket = await openLoopback(
        createServer((request, answer) => {
          asked += 1;
          if (request.headers['if-none-match'] !== '*') answer.writeHead(400).end();
          answers(request, answer);
        }),
      );
      const away = { ...history.environment, AWS_ENDPOINT_URL_S3: `http://${bucket.address}` };
      await load('sync', away);
      const place = readHistoryEnvironment({ ...away, AWS_REGION: 'eu-central-1' });
      const record: HistoryRecord = {
        version: 1,
        run: 'run-1',
        at: '2026-02-03T04:05:06.789Z',
        what: 'a test',
        changes: [],
      };
      const told = (error: unknown) => String(error);
      const events: unknown[] = [];
      const log: Log = (_level, event, { error }) => void events.push([event, error]);
      await keepRecord(record, Date.now() + 6_000, { place, log, now: Date.now, told });
      expect(events).toEqual([['history.waits', expect.stringContaining(says)]]);
      expect(asked).toBe(attempts);
      expect((await history.waiting()).Records).toHaveLength(1);
    });
    test('a message that is no record is told and dropped', async () => {
      const later = await sync.functions.load('keep-history', history.environment);
      const key = 'runs/../elsewhere.json.gz';
      for (const body of ['{', '{}', JSON.stringify({ key, object: 'AAAA' })])
        expect(await later({ Records: [{ messageId: 'm', body }] }, lambdaContext)).toEqual({
          batchItemFailures: [],
        });
      expect(lines('history.lost')).toHaveLength(3);
      expect(await history.texts()).toEqual(new Map());
    });
  });

  test('of two writers of one object the first one stays', async () => {
    const place = { bucket: BUCKET, queueUrl: undefined, region: 'eu-central-1', endpoint: moto.url };
    await load('sync');
    const record: HistoryRecord = {
      version: 1,
      run: 'run-1',
      at: '2026-02-03T04:05:06.789Z',
      what: 'a test',
      changes: [],
    };
    const key = keyOf(record);
    expect(await putNew(place, key, Buffer.from('first'), 5_000)).toBe(true);
    expect(await putNew(place, key, Buffer.from('second'), 5_000)).toBe(false);
    await put(key, Buffer.from('third'), Date.now() + 5_000, { place, now: Date.now });
    const { Body } = await history.s3.send(
      new (await import('@aws-sdk/client-s3')).GetObjectCommand({ Bucket: BUCKET, Key: key }),
    );
    expect(await Body?.transformToString()).toBe('first');
  });

  describe('a write of the API leaves one too', () => {
    const call = async (name: string, parts: Parameters<typeof callOf>[1]) => {
      const result = await sync.functions.http(await sync.functions.load(name, history.environment), {
        ...callOf(name, parts),
        caller: ANN,
      });
      const [record] = await history.records();
      return { result, record };
    };
    const definition = {
      groupName: GROUP,
      machineIdentifyType: 'ip',
      groupAttribute: { groupTopic: 'other', externalName: '' },
      machineList: ['10.0.0.2', '10.0.0.3'],
    };
    const key = `${PROJECT}/${GROUP}`;

    test('create-group', async () => {
      const { result, record } = await call('create-group', { body: definition });
      expect(result.statusCode, result.body).toBe(200);
      expect(record).toMatchObject({
        what: 'CreateMachineGroup',
        who: ANN,
        changes: [
          { group: key, outcome: 'written', before: null, members: [], came: definition.machineList },
        ],
      });
      // A second one is refused by SLS, and has changed nothing.
      expect((await call('create-group', { body: definition })).result.statusCode).toBe(400);
      expect(await history.records()).toHaveLength(1);
    });
    test.each([
      ['update-group', { body: definition }, 'UpdateMachineGroup'],
      ['patch-group', { body: { machineList: definition.machineList } }, 'PatchMachineGroup'],
    ] as const)('%s', async (name, parts, what) => {
      put_(GROUP, {});
      expect((await call(name, parts)).record).toMatchObject({
        what,
        changes: [
          {
            group: key,
            outcome: 'written',
            members: ['10.0.0.1', '10.0.0.2'],
            came: ['10.0.0.3'],
            went: ['10.0.0.1'],
          },
        ],
      });
    });
    test('update-machines', async () => {
      put_(GROUP, {});
      const parts = { query: { projectName: PROJECT, action: 'delete' }, body: ['10.0.0.1'] };
      expect((await call('update-machines', parts)).record).toMatchObject({
        what: 'UpdateMachineGroupMachine',
        changes: [{ group: key, members: ['10.0.0.1', '10.0.0.2'], came: [], went: ['10.0.0.1'] }],
      });
      expect(await entries({ machine: '10.0.0.1' })).toHaveLength(1);
      expect(await entries({ machine: '10.0.0.2' })).toHaveLength(0);
    });
    test('delete-group', async () => {
      put_(GROUP, {});
      expect((await call('delete-group', {})).record).toMatchObject({
        what: 'DeleteMachineGroup',
        changes: [
          {
            group: key,
            outcome: 'written',
            members: ['10.0.0.1', '10.0.0.2'],
            went: ['10.0.0.1', '10.0.0.2'],
          },
        ],
      });
    });
    test('a group that a sync keeps is read again after the write', async () => {
      await sync.remember('web', []);
      put_('web', { ...marked, machineList: ['10.0.0.1'] });
      const add = await sync.functions.load('update-machines', { ...history.environment, ...sync.memoryEnv });
      const parts = {
        parameters: { groupName: 'web' },
        query: { projectName: PROJECT, action: 'add', owner: OWNER },
        body: ['10.0.0.9'],
      };
      const result = await sync.functions.http(add, callOf('update-machines', parts));
      expect(result.statusCode, result.body).toBe(200);
      expect((await history.records())[0]?.changes).toMatchObject([
        {
          group: WEB,
          outcome: 'written',
          members: ['10.0.0.1'],
          after: { mark: MARK },
          came: ['10.0.0.9'],
          went: [],
        },
      ]);
    });
    test('retire, with who and why', async () => {
      await sync.configure({ groups: [sync.group('web')] });
      await sync.remember('web', []);
      put_('gone', { ...marked, machineList: ['10.0.0.1'] });
      const handler = await sync.load('retire', history.environment);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({
        group: `${PROJECT}/gone`,
        reason: 'the team is gone',
        stillReporting: true,
      });
      const result = await sync.functions.http(handler, { method: 'POST', path: '/retire', headers, body });
      expect(result.statusCode, result.body).toBe(200);
      expect(await history.records()).toMatchObject([
        {
          what: 'Retire',
          who: 'a direct invocation',
          reason: 'the team is gone',
          changes: [
            { group: `${PROJECT}/gone`, outcome: 'written', members: ['10.0.0.1'], went: ['10.0.0.1'] },
          ],
        },
      ]);
    });
    test('a read, and a write that changes nothing, leave none', async () => {
      put_(GROUP, {});
      await call('get-group', {});
      await call('patch-group', { body: { machineList: ['10.0.0.1', '10.0.0.2'] } });
      expect(await history.records()).toEqual([]);
    });
  });

  describe('GET /history', () => {
    test('answers the latest first, by group, machine and time, with where to go on', async () => {
      await sync.configure({ groups: [sync.group('web'), sync.group('cache')] });
      for (const last of [1, 2, 3]) {
        sync.inventory = () => Array.from({ length: last }, (_, n) => `10.0.0.${n + 1}`);
        await apply();
      }
      const all = await entries();
      expect(all.map(({ changes }: { changes: object[] }) => changes.length)).toEqual([2, 2, 2]);
      expect(all.map(({ changes }: { changes: { before: number }[] }) => changes[0]?.before)).toEqual([
        2, 1, 0,
      ]);
      const runs = (some: { run: string }[]) => some.map(({ run }) => run);
      expect(runs(await entries({ machine: '10.0.0.3' }))).toEqual(runs(all.slice(0, 1)));
      expect(runs(await entries({ machine: '10.0.0.3', group: `${PROJECT}/nobody` }))).toEqual([]);
      const [web] = await entries({ group: WEB });
      expect(web).toMatchObject({ more: 1, changes: [{ group: WEB }] });
      expect(runs(await entries({ since: all[1].at }))).toEqual(runs(all.slice(0, 2)));
      expect(await entries({ since: '2200-01-01T00:00:00Z' })).toEqual([]);

      const first = jsonOf(await ask({ limit: '2' }));
      expect(runs(first.entries)).toEqual(runs(all.slice(0, 2)));
      const rest = jsonOf(await ask({ limit: '2', next: first.next }));
      expect(runs(rest.entries)).toEqual(runs(all.slice(2)));
      expect(rest).not.toHaveProperty('next');
    });
    test('passes over what is no record', async () => {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      await apply();
      const [record] = await history.records();
      const own = keyOf({ ...(record as HistoryRecord), run: 'broken' });
      for (const Key of ['runs/readme.txt', own])
        await history.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'not gzip' }));
      expect(jsonOf(await ask())).toMatchObject({ entries: [{ run: record?.run }], unreadable: 1 });
    });
    test('says that the bucket cannot be read', async () => {
      history.environment.HISTORY_BUCKET = 'history-away';
      expect(await ask()).toMatchObject({ statusCode: 503 });
    });
    test.each<[string, Record<string, string>]>([
      ['a group that is none', { group: 'web' }],
      ['a group of another world', { group: `${PROJECT}/${'x'.repeat(10_000)}` }],
      ['a machine without end', { machine: 'x'.repeat(10_000) }],
      ['a machine of control characters', { machine: 'a\u0000b' }],
      ['no time', { since: 'yesterday' }],
      ['a limit beyond all', { limit: '100000' }],
      ['a token of its own', { next: '../../etc/passwd' }],
      ['a field that nobody knows', { run: 'x' }],
    ])('refuses %s', async (_, query) => {
      expect((await ask(query)).statusCode).toBe(400);
    });
  });
});
