// The local gateway as an entrance: with IAM=on, no route but the hooks' lets anybody in without a signature, and nobody
// gets there from another machine.
import { platform } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../../lib/build/openapi.ts';
import { HTTP_SAMPLES } from '../../attack/samples.ts';
import { genericCall } from '../../functions/hook-calls.ts';
import { PROJECT } from '../../support/names.ts';
import { needs } from '../../support/needs.ts';
import { signedHeaders, type Unsigned } from './aws-signer.ts';
import { arnOf, CALLER, SCOPE, scopeOf } from './gateway-iam.ts';
import type { Scope } from './iam.ts';
import {
  listening,
  reachable,
  type Started,
  secretsSaid,
  shell,
  startReady,
  TEST_MS,
} from './start-process.ts';
import { FILE_GROUP, HOOK_KEY, MACHINES } from './sync-files.ts';

const HOOKS = 'POST /hooks/{source}';

/** A good request for each route, in an order in which all are served: the group is there until the end. */
const LAST = 'delete-group';
const ORDER = [...Object.keys(HTTP_SAMPLES).filter((name) => name !== LAST), LAST];
const GROUP = 'web';
const CHANGES: Readonly<Record<string, { readonly body?: object; readonly query?: Record<string, string> }>> =
  {
    'create-group': {
      body: { projectName: PROJECT, groupName: GROUP, machineIdentifyType: 'ip', machineList: [] },
    },
    sync: { body: { mode: 'plan' } },
    plan: { body: {} },
    'approve-removals': {
      body: { group: `${PROJECT}/${FILE_GROUP}`, removals: ['10.9.9.9'], reason: 'tried' },
    },
    'list-approvals': { query: {} },
    'get-coverage': { query: {} },
    'revoke-approval': { query: { group: `${PROJECT}/${FILE_GROUP}` } },
    freeze: {
      body: {
        groups: [`${PROJECT}/${FILE_GROUP}`],
        until: new Date(Date.now() + 3_600_000).toISOString(),
        reason: 'tried',
      },
    },
    unfreeze: { query: { groups: `${PROJECT}/${FILE_GROUP}` } },
    explain: { query: { group: `${PROJECT}/${FILE_GROUP}`, machine: MACHINES[0] as string } },
  };

/** Nothing is missing at first, and nothing is approved. */
const STATUS: Readonly<Record<string, number>> = {
  'approve-removals': 409,
  'revoke-approval': 404,
  ack: 404,
  unack: 404,
  retire: 404,
  restore: 404,
};

let base: string;
let gateway: Started;
let line: string;

function requestOf(name: string): Unsigned {
  const [sample] = HTTP_SAMPLES[name] ?? [];
  if (!sample) throw new Error(`no sample of ${name}`);
  const { method, route, parameters = {}, headers } = sample;
  const { query = sample.query, body = sample.body } = CHANGES[name] ?? {};
  const path = route.replace(/\{(\w+)\}/g, (_, parameter: string) => parameters[parameter] ?? '');
  return {
    method,
    url: `${base}${path}${query ? `?${new URLSearchParams(query)}`.replaceAll('+', '%20') : ''}`,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    }),
  };
}

async function send({ method, url, body }: Unsigned, headers: Record<string, string> = {}) {
  const { host: _, ...others } = headers;
  const response = await fetch(url, { method, headers: others, ...(body !== undefined && { body }) });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

beforeAll(async () => {
  const { run, port, line: ready } = await startReady({ IAM: 'on' });
  gateway = run;
  base = `http://127.0.0.1:${port}`;
  line = ready;
}, TEST_MS);
afterAll(async () => {
  gateway?.child.kill('SIGTERM');
  await gateway?.ended;
  expect(secretsSaid(gateway)).toEqual([]);
});

/** Requests that reached a function. */
const served = () => gateway.stdout().match(/"event":"request"/g)?.length ?? 0;

test('the gateway has the routes that the template has, and no others', async () => {
  const { status, text } = await send({ method: 'GET', url: `${base}/none` });
  expect(status).toBe(404);
  const routes = (JSON.parse(text) as { existingRoutes: string[] }).existingRoutes;
  expect(routes.map((route) => route.replace(' - ', ' ').toUpperCase()).sort()).toEqual(
    // The first leads to the status page, and is of the local run alone.
    ['GET /', ...ROUTES.map(({ method, path }) => `${method} ${path}`.toUpperCase())].sort(),
  );
  const checked = ROUTES.filter(({ method, path }) => `${method} ${path}` !== HOOKS);
  expect(checked.map(({ function: name }) => name).sort()).toEqual([...ORDER].sort());
});

test('the front door leads to the status, which wants a signature like the rest', async () => {
  const door = await fetch(`${base}/`, { redirect: 'manual' });
  expect([door.status, door.headers.get('location')]).toEqual([302, '/status']);
  expect((await fetch(`${base}/`)).status).toBe(403);
});

/** Requests that are good but for one thing, each with the headers they are sent with. */
const ATTACKS: Readonly<Record<string, (good: Unsigned) => Promise<[Unsigned, Record<string, string>]>>> = {
  'no signature': async (good) => [good, { ...good.headers }],
  'a wrong secret': bySigningFor({ key: { ...CALLER, secretAccessKey: 'another' } }),
  'a wrong key': bySigningFor({ key: { ...CALLER, accessKeyId: 'test-aws-key-id' } }),
  'another service': bySigningFor({ service: 'lambda' }),
  'another region': bySigningFor({ region: 'us-east-1' }),
  'an old date': bySigningFor({}, -301_000),
  'a date ahead': bySigningFor({}, 310_000),
  'another path than was signed': async (good) => [
    good,
    await signedHeaders({ ...good, url: good.url.replace(/(?=\?|$)/, '/more') }, SCOPE),
  ],
  'a query that was not signed': async (good) => [
    { ...good, url: `${good.url}${good.url.includes('?') ? '&' : '?'}dryRun=true` },
    await signedHeaders(good, SCOPE),
  ],
  'another method than was signed': async (good) => [
    good,
    await signedHeaders({ ...good, method: good.method === 'GET' ? 'DELETE' : 'GET' }, SCOPE),
  ],
  'another body than was signed': async (good) => {
    // A body with a GET is dropped by the gateway; what was signed is refused all the same.
    const signed = await signedHeaders({ ...good, body: `${good.body ?? ''} ` }, SCOPE);
    return [good, signed];
  },
  'credentials in clear': async (good) => [
    good,
    { ...good.headers, authorization: `Basic ${btoa(`${CALLER.accessKeyId}:${CALLER.secretAccessKey}`)}` },
  ],
  'a token': async (good) => [good, { ...good.headers, authorization: 'Bearer e30.e30.e30' }],
  'an authorizer of its own': async (good) => [
    good,
    { ...good.headers, 'sls-offline-authorizer-override': '{"iam":{"accessKey":"any"}}' },
  ],
};

function bySigningFor(changes: Partial<Scope>, offsetMs = 0) {
  return async (good: Unsigned): Promise<[Unsigned, Record<string, string>]> => {
    const at = new Date(Date.now() + offsetMs);
    return [good, await signedHeaders(good, { ...SCOPE, ...changes }, at)];
  };
}

describe('every route but the hooks', () => {
  test.each(Object.entries(ATTACKS))('answers 403 to %s', async (_, attack) => {
    const before = served();
    for (const name of ORDER) {
      const { status, text, headers } = await send(...(await attack(requestOf(name))));
      expect({ name, status, text }).toEqual({ name, status: 403, text: '{"message":"Forbidden"}' });
      expect(headers.get('content-type')).toMatch(/^application\/json\b/);
    }
    expect(served()).toBe(before);
  });
  test('is not reached by a spelling of its path, or by another method, without a signature', async () => {
    for (const path of ['/machinegroups/', '//machinegroups', '/x/../machinegroups', '/%6dachinegroups']) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const { status } = await send({ method, url: `${base}${path}` });
        expect([403, 404], `${method} ${path}`).toContain(status);
      }
    }
    expect((await send({ method: 'HEAD', url: `${base}/openapi.json` })).status).toBe(403);
    expect((await send({ method: 'OPTIONS', url: `${base}/sync` })).status).toBe(404);
  });
  test('serves the caller who signs', async () => {
    for (const name of ORDER) {
      const good = requestOf(name);
      const before = served();
      const { status, text } = await send(good, await signedHeaders(good, SCOPE));
      const expected = STATUS[name] ?? 200;
      expect({ name, status, ...(status === expected ? {} : { text }) }).toEqual({ name, status: expected });
      await expect.poll(served, { timeout: 10_000 }).toBe(before + 1);
    }
  });
  test('tells the function who signs, whatever the request says of it', async () => {
    const good = requestOf('plan');
    const headers = { ...good.headers, 'sls-offline-authorizer-override': '{"iam":{"userArn":"any"}}' };
    const { text } = await send(good, { ...headers, ...(await signedHeaders(good, SCOPE)) });
    expect(JSON.parse(text)).toMatchObject({ caller: arnOf(CALLER) });
  });
  test.each([
    ['Plan', ['plan', 'explain', 'list-approvals']],
    ['Apply', ['plan', 'explain', 'list-approvals', 'sync']],
    ['Approve', ['plan', 'explain', 'list-approvals', 'approve-removals', 'revoke-approval']],
  ])(
    'serves who has the policy %s of the documentation what that says, and nothing else',
    async (sid, opened) => {
      const served: string[] = [];
      for (const name of ORDER) {
        const good = requestOf(name);
        const { status } = await send(good, await signedHeaders(good, scopeOf(sid)));
        if (status !== 403) served.push(name);
      }
      expect(served.sort()).toEqual(opened.toSorted());
    },
  );
  test('serves the commands that the start prints', () => {
    const answers = shell(line.replace(/^.*ready: /, ''));
    expect(answers.match(/^HTTP\/1\.1 200 OK/gm)).toHaveLength(2);
    const printed = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(gateway.stdout())?.[1] ?? '';
    expect(shell(printed('plan'))).toMatch(/^## Machine groups: plan, ok$/m);
    expect(JSON.parse(shell(printed('explain')))).toMatchObject({ next: 'added' });
    expect(shell(printed('hook'))).toMatch(/^HTTP\/1\.1 202 /);
  });
});

describe('the route of hooks', () => {
  const post = async (headers: Record<string, string>, body = '{"changed":"machines"}') =>
    (await send({ method: 'POST', url: `${base}/hooks/cmdb`, body }, headers)).status;
  test('lets nobody in without the signature of a hook', async () => {
    const byIam = { method: 'POST', url: `${base}/hooks/cmdb`, body: '{"changed":"machines"}' };
    expect(await post({})).toBe(401);
    expect(await post(await signedHeaders(byIam, SCOPE))).toBe(401);
    expect(await post(genericCall('{}', { key: 'not-a-real-other-key' }).headers ?? {}, '{}')).toBe(401);
    expect(await post(genericCall('{}', { key: HOOK_KEY }).headers ?? {}, '{"a":1}')).toBe(401);
  });
  test('lets in who has one', async () => {
    expect(await post(genericCall('{}', { key: HOOK_KEY }).headers ?? {}, '{}')).toBe(202);
  });
});

describe('a caller on another machine', () => {
  test('finds no address that answers', async () => {
    expect(await reachable(Number(new URL(base).port))).toEqual(['127.0.0.1']);
  });
  const notLinux = platform() === 'linux' ? undefined : 'only Linux tells where a process listens';
  test('finds no process that listens', needs(notLinux), () => {
    // The gateway, SLS, Secrets Manager, DynamoDB, S3 and the start page.
    expect(listening(gateway.child.pid as number)).toEqual(Array(6).fill('127.0.0.1'));
  });
});
