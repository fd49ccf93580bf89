// GET /status as the function answers it, from a memory that runs have written.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { deploymentChange, newDeployment, readDeployment } from '../../lib/core/memory/deployment.ts';
import { DEPLOYMENT_ID } from '../../lib/core/memory/known.ts';
import { revisionOf } from '../../lib/core/memory/table.ts';
import { HOUR } from '../../lib/core/removal/settings.ts';
import { pageHeaders } from '../../lib/core/status/page.ts';
import type { Status } from '../../lib/core/status/status.ts';
import { addresses } from '../support/addresses.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { lambdaContext, SCHEDULE } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

type Handler = Awaited<ReturnType<SyncFunctions['load']>>;

const MEMBERS = addresses(12);
let sync: SyncFunctions;
let dynamo: LocalDynamo;
let memory: Record<string, string>;
let handler: Handler;
let asked: string[];
const count = (message: unknown) => {
  const { request } = message as { request: ClientRequest };
  asked.push(
    String(request.getHeader('x-amz-target') ?? `${request.method} ${request.host}`).replace(/^.*\./, ''),
  );
};

const get = (query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  sync.functions.http(handler, { method: 'GET', path: '/status', query, headers });
const status = async (): Promise<Status> => JSON.parse((await get()).body);

beforeAll(async () => {
  [sync, dynamo] = await Promise.all([SyncFunctions.start(), startDynamo()]);
  memory = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    SYNC_TABLE: TABLE,
    POWERTOOLS_SERVICE_NAME: 'sls-machine-groups-test',
  };
  const groups = sync.functions.standIn.groups(PROJECT);
  for (const [name, externalName] of [
    ['web', MARK],
    ['foreign', 'somebody-else'],
  ] as const)
    groups.set(name, {
      ...{ groupName: name, groupType: '', machineIdentifyType: 'ip', machineList: [...MEMBERS] },
      groupAttribute: { groupTopic: '', externalName },
      ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
    });
  sync.inventory = () => MEMBERS;
  await sync.configure({ groups: ['web', 'foreign', 'made'].map((name) => sync.group(name)) });
  handler = await sync.load('status', memory);
  subscribe('http.client.request.start', count);
});
afterAll(async () => {
  unsubscribe('http.client.request.start', count);
  await Promise.all([sync?.[Symbol.asyncDispose](), dynamo?.[Symbol.asyncDispose]()]);
});
beforeEach(() => {
  asked = [];
});

test('before any run all groups wait', async () => {
  expect(await status()).toMatchObject({
    deployment: 'sls-machine-groups-test',
    counts: { groups: 3, attention: 0, waiting: 3, converged: 0, members: 0 },
    runs: [],
  });
});

describe('after runs', () => {
  beforeAll(async () => {
    const run = await sync.load('sync-from-inventory', memory);
    for (let at = 0; at < 2; at += 1) await run(SCHEDULE, lambdaContext);
  });

  test('it tells how each stands, and the last runs; a run that found the same is no news', async () => {
    const { counts, groups, runs, scheduled } = await status();
    expect(counts).toMatchObject({ groups: 3, attention: 1, waiting: 0, converged: 2, members: 36 });
    expect(groups.map(({ group, is, code, members }) => ({ group, is, code, now: members?.now }))).toEqual([
      { group: `${PROJECT}/foreign`, is: 'attention', code: 'left-alone foreign', now: 12 },
      { group: `${PROJECT}/made`, is: 'converged', code: undefined, now: 12 },
      { group: `${PROJECT}/web`, is: 'converged', code: undefined, now: 12 },
    ]);
    // The first one made a group, and found what needs a person.
    expect(runs).toEqual([
      expect.objectContaining({ trigger: 'the schedule', status: 'ok', added: 12, groups: 3 }),
    ]);
    expect(scheduled).toMatchObject({ trigger: 'the schedule', added: 0, groups: 3 });
    expect(scheduled?.runId).not.toBe(runs[0]?.runId);
  });

  test('one call reads the memory, and nobody else is asked', async () => {
    const before = [sync.readings, sync.functions.standIn.requests.length];
    await status();
    expect(asked).toEqual(['BatchGetItem']);
    expect([sync.readings, sync.functions.standIn.requests.length]).toEqual(before);
  });

  test.each<[string, Record<string, string>, Record<string, string>, 'json' | 'html']>([
    ['a program', {}, {}, 'json'],
    ['curl', {}, { accept: '*/*' }, 'json'],
    [
      'a browser',
      {},
      { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8' },
      'html',
    ],
    ['who takes both and likes JSON', {}, { accept: 'text/html;q=0.5, application/json' }, 'json'],
    ['who takes no HTML', {}, { accept: 'text/html;q=0, application/json;q=0.1' }, 'json'],
    ['who says html', { format: 'html' }, { accept: 'application/json' }, 'html'],
    ['a browser that says json', { format: 'json' }, { accept: 'text/html' }, 'json'],
  ])('%s gets what it wants', async (_, query, headers, format) => {
    const result = await get(query, headers);
    expect(result.statusCode).toBe(200);
    expect(result.headers).toMatchObject(pageHeaders());
    expect(result.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; /,
    );
    if (format === 'json') {
      expect(result.headers['content-type']).toBe('application/json');
      expect(JSON.parse(result.body)).toMatchObject({ counts: { groups: 3 } });
    } else {
      expect(result.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(result.body).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(result.body).toContain(`<h3>${PROJECT}/foreign</h3>`);
    }
  });

  test('a direct invocation gets the value', async () => {
    expect(await handler({ format: 'html' }, lambdaContext)).toMatchObject({ counts: { groups: 3 } });
  });

  test('what is frozen is told', async () => {
    const table = openTable({
      table: TABLE,
      now: Date.now,
      random: Math.random,
      sleep: async () => {},
      client: dynamo.client,
    });
    const due = Date.now() + 10_000;
    const fields = (await table.read([DEPLOYMENT_ID], due)).get(DEPLOYMENT_ID);
    const read = fields ? readDeployment(fields) : undefined;
    const before = read?.readable ? read.item : newDeployment(0);
    const freeze = { group: `${PROJECT}/web`, who: 'ann', reason: 'a migration', until: Date.now() + HOUR };
    const change = deploymentChange(before, { ...before, freezes: [freeze] });
    if (change) await table.write(DEPLOYMENT_ID, change, revisionOf(fields), due);
    table.close();
    expect(await status()).toMatchObject({
      counts: { frozen: 1 },
      freezes: { count: 1, shown: [{ group: `${PROJECT}/web`, who: 'ann', reason: 'a migration' }] },
    });
  });

  test('a memory that gives no answer is 503, and one that nobody can read is told', async () => {
    const gone = await sync.load('status', { ...memory, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    const result = await sync.functions.http(gone, { method: 'GET', path: '/status' });
    expect([result.statusCode, JSON.parse(result.body).errorCode]).toEqual([503, 'MemoryUnavailable']);
    const none = await sync.load('status', { ...memory, SYNC_TABLE: '' });
    const without = await sync.functions.http(none, { method: 'GET', path: '/status' });
    expect(JSON.parse(without.body).errorMessage).toContain(
      'SYNC_TABLE: is required, since the status is kept in it',
    );
  });
});

test('ten thousand groups are read with a hundred and one calls, and the page stays small', {
  timeout: 120_000,
}, async () => {
  vi.stubEnv('SYNC_TABLE', TABLE);
  const document = Array.from({ length: 10_000 }, (_, at) => ({
    ...{ project: PROJECT, name: `g${at}`, identify: 'ip' },
    sources: [{ type: 'static', members: ['10.0.0.1'] }],
  }));
  await sync.configure({ groups: document });
  const large = await sync.load('status', memory);
  const result = await sync.functions.http(large, {
    method: 'GET',
    path: '/status',
    query: { format: 'html' },
  });
  expect(result.statusCode).toBe(200);
  expect(asked).toEqual(Array(101).fill('BatchGetItem'));
  expect(result.body.length).toBeLessThan(100_000);
  expect(result.body).toContain('No room for 9900 under “Waits”.');
});
