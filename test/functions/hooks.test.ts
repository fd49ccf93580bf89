// The entrance for systems that cannot sign with AWS, without a queue: who gets in, who does not, and what either
// learns.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HOOK_KEYS_SPACING_MS, HOOK_KEYS_TTL_MS } from '../../lib/core/time/timeouts.ts';
import { HOOK_BODY_MAX_BYTES } from '../../lib/core/trigger/hook.ts';
import { PROJECT } from '../support/names.ts';
import type { Result } from './events.ts';
import { type Format, gatewayEvent, type HttpCall, lambdaContext } from './events.ts';
import { GENERIC_KEY, genericCall, NETBOX_KEY, netboxBody, netboxCall } from './hook-calls.ts';
import type { Functions } from './setup.ts';
import { SyncFunctions } from './sync-setup.ts';

const NEW_KEY = 'not-a-real-key-of-tomorrow';
const NETBOX_SECRET = 'test/hooks/netbox';
const GENERIC_SECRET = 'test/hooks/cmdb';
const START = Date.parse('2026-03-06T15:11:23.503Z');
const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;

let sync: SyncFunctions;
let handler: Awaited<ReturnType<Functions['load']>>;
let answers: Result[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  sync = await SyncFunctions.start();
  sync.inventory = () => ['10.0.0.1'];
  putKeys();
  const of = (name: string, hook: string) =>
    sync.group(name, {
      sources: [
        { ...sync.httpSource, hook },
        { type: 'static', members: [] },
      ],
    });
  await sync.configure({
    hooks: {
      netbox: { scheme: 'netbox', secretId: NETBOX_SECRET },
      cmdb: { scheme: 'generic', secretId: GENERIC_SECRET },
    },
    groups: [of('web', 'netbox'), of('cache', 'cmdb'), of('api', 'netbox'), sync.group('other')],
  });
  handler = await sync.load('hooks');
  answers = [];
});
afterEach(async () => {
  const said = JSON.stringify([sync.functions.lines, answers]);
  for (const key of [NETBOX_KEY, GENERIC_KEY, NEW_KEY]) {
    for (const form of ['utf8', 'base64', 'hex'] as const) {
      expect(said).not.toContain(Buffer.from(key).toString(form));
    }
  }
  await sync[Symbol.asyncDispose]();
  vi.useRealTimers();
});

function putKeys(netbox: object = { current: NETBOX_KEY }, generic: object = { current: GENERIC_KEY }): void {
  sync.functions.secrets.put(NETBOX_SECRET, JSON.stringify(netbox));
  sync.functions.secrets.put(GENERIC_SECRET, JSON.stringify(generic));
}

async function send(call: HttpCall, format: Format = '2.0'): Promise<Result> {
  const result = await sync.functions.http(handler, call, format);
  answers.push(result);
  return result;
}

const wait = (ms: number) => vi.setSystemTime(Date.now() + ms);
const runs = () => sync.functions.lines.filter(({ event }) => event === 'sync.run');
const runIdOf = ({ body }: Result) => JSON.parse(body).runId as string;

/** Metrics of requests to hooks with their sums. */
function counted(): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of sync.functions.lines) {
    if (!('_aws' in line)) continue;
    for (const [name, value] of Object.entries(line)) {
      if (name.startsWith('Hook')) sums[name] = (sums[name] ?? 0) + (value as number);
    }
  }
  return sums;
}

/** Refused with nothing said, nothing read from the inventory, nothing written, and the reason counted and logged. */
async function expectRefused(calls: readonly HttpCall[], status: number, metric: string, reason: string) {
  const bodies = new Set<string>();
  for (const call of calls) {
    const result = await send(call);
    expect(result.statusCode, JSON.stringify(call.headers)).toBe(status);
    bodies.add(JSON.stringify({ ...result, headers: Object.keys(result.headers) }));
  }
  expect(bodies.size).toBe(1);
  expect(sync.readings).toBe(0);
  expect(sync.functions.standIn.requests).toEqual([]);
  expect(counted()).toEqual({ [metric]: calls.length });
  const lines = sync.functions.lines.filter(({ event }) => event === 'request');
  expect(lines.map(({ error }) => (error as { cause: { code: string } }).cause.code)).toEqual(
    calls.map(() => reason),
  );
}

const UNAUTHORIZED = {
  errorCode: 'Unauthorized',
  errorMessage: 'the request is not authorized.',
  requestId: 'gateway-request-id',
};

describe.each<Format>(['2.0', '1.0'])('in payload format %s', (format) => {
  test.each([
    ['NetBox', () => netboxCall(), 'netbox', ['api', 'web']],
    ['NetBox with a Base64 body', () => netboxCall(netboxBody(), { base64: true }), 'netbox', ['api', 'web']],
    ['another system', () => genericCall(), 'cmdb', ['cache']],
    ['no body', () => genericCall(''), 'cmdb', ['cache']],
    [
      'bytes that are no text',
      () => genericCall(Buffer.from([0, 255, 254, 128, 10]), { base64: true }),
      'cmdb',
      ['cache'],
    ],
  ])('what %s signs syncs the groups that use the source', async (_name, call, hook, groups) => {
    const result = await send(call(), format);
    expect(result).toMatchObject({ statusCode: 202, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(result.body)).toEqual({ runId: expect.stringMatching(RUN_ID) });
    expect([...sync.functions.standIn.groups(PROJECT).keys()].sort()).toEqual(groups);
    for (const name of groups) expect(sync.members(name)).toEqual(['10.0.0.1']);
    const trigger = `hook ${hook}`;
    expect(runs()).toMatchObject([{ runId: runIdOf(result), trigger, caller: trigger, status: 'ok' }]);
    expect(sync.functions.lines.findLast(({ event }) => event === 'request')).toMatchObject({
      caller: trigger,
    });
    expect(counted()).toEqual({ HookAccepted: 1 });
  });
});

test('answers a request that comes again alike and does not run it again', async () => {
  const netbox = netboxCall();
  const generic = genericCall();
  const first = [await send(netbox), await send(generic)];
  wait(299_000);
  const again = [await send(netbox), await send(generic), await send(netbox, '1.0')];
  expect(again.map(({ statusCode, body }) => [statusCode, body])).toEqual(
    [...first, first[0] as Result].map(({ body }) => [202, body]),
  );
  expect(runs()).toHaveLength(2);
  expect(counted()).toEqual({ HookAccepted: 2, HookRepeated: 3 });
});
test('knows a request from a clock ahead for all the time that it counts', async () => {
  const early = genericCall(undefined, { seconds: String(Math.floor(START / 1000) + 300) });
  await send(early);
  wait(599_000);
  expect((await send(early)).statusCode).toBe(202);
  expect(runs()).toHaveLength(1);
  wait(2_000);
  expect((await send(early)).statusCode).toBe(401);
});
test('runs again for another change', async () => {
  const ids = [await send(netboxCall()), await send(genericCall()), await send(genericCall('{"n":2}'))];
  wait(1_000);
  ids.push(await send(netboxCall()), await send(genericCall()));
  expect(new Set(ids.map(runIdOf)).size).toBe(5);
  expect(runs()).toHaveLength(5);
});

describe('answers 401', () => {
  const hex = (length: number) => 'a'.repeat(length);
  const upper = (call: HttpCall, name: string, prefix = '') => ({
    ...call,
    headers: {
      ...call.headers,
      [name]: `${prefix}${call.headers?.[name]?.slice(prefix.length).toUpperCase()}`,
    },
  });
  const without = ({ headers: { ...headers } = {}, ...call }: HttpCall, name: string) => {
    delete headers[name];
    return { ...call, headers };
  };
  const withHeader = (call: HttpCall, name: string, value: string) => ({
    ...call,
    headers: { ...call.headers, [name]: value },
  });

  test('to a request without a signature in the form of the scheme', async () => {
    const netbox = netboxCall();
    const generic = genericCall();
    const signature = generic.headers?.['X-Signature'] as string;
    const netboxSignatures = ['', ' ', hex(127), hex(129), hex(64), `sha512=${hex(128)}`, `${hex(127)}g`];
    const netboxHeader = netbox.headers?.['X-Hook-Signature'] as string;
    const genericSignatures = ['', signature.slice(7), `sha512=${signature.slice(7)}`, `${signature}00`];
    const seconds = Math.floor(START / 1000);
    const times = ['', `${seconds}.0`, `0${seconds}`, `+${seconds}`, `${START}`, '1e9', '-1', 'now', 'NaN'];
    await expectRefused(
      [
        netboxCall(undefined, { headers: {} }),
        netboxCall(undefined, { headers: generic.headers ?? {} }),
        upper(netbox, 'X-Hook-Signature'),
        ...netboxSignatures.map((value) => netboxCall(undefined, { headers: { 'X-Hook-Signature': value } })),
        withHeader(netbox, 'X-Hook-Signature', `${netboxHeader},${netboxHeader}`),
        withHeader(netbox, 'X-Hook-Signature', `${netboxHeader}\n`),
        genericCall(undefined, { headers: {} }),
        genericCall(undefined, { headers: netbox.headers ?? {} }),
        without(generic, 'X-Signature'),
        without(generic, 'X-Signature-Timestamp'),
        upper(generic, 'X-Signature', 'sha256='),
        withHeader(generic, 'X-Signature', signature.slice(0, -1)),
        ...genericSignatures.map((value) => withHeader(generic, 'X-Signature', value)),
        ...times.map((time) => genericCall(undefined, { seconds: time })),
      ],
      401,
      'HookUnsigned',
      'unsigned',
    );
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual(UNAUTHORIZED);
    expect(sync.functions.secrets.requests).toBe(0);
  });

  test('to a signature that no key of the hook made', async () => {
    const body = netboxBody();
    const seconds = Math.floor(START / 1000);
    const flipped = Buffer.from(body);
    flipped[20] = (flipped[20] as number) ^ 1;
    await expectRefused(
      [
        netboxCall(body, { key: 'not-the-key-of-anybody' }),
        netboxCall(body, { key: GENERIC_KEY }),
        netboxCall(body, { key: `${NETBOX_KEY}\n` }),
        netboxCall(body, { sent: flipped }),
        netboxCall(body, { sent: `${body}\n` }),
        netboxCall(body, { sent: '' }),
        netboxCall(body, { sent: Buffer.from(body).toString('base64') }),
        netboxCall(body, { headers: { 'X-Hook-Signature': hex(128) } }),
        genericCall('{}', { key: NETBOX_KEY }),
        genericCall('{}', { sent: '{ }' }),
        withHeader(genericCall('{}'), 'X-Signature-Timestamp', String(seconds + 1)),
        // The dot keeps the time and the body apart.
        withHeader(
          genericCall('5.{}', { seconds: String(seconds).slice(0, 9) }),
          'X-Signature-Timestamp',
          `${seconds}`,
        ),
        genericCall(netboxBody(), { source: 'cmdb', key: NETBOX_KEY }),
      ],
      401,
      'HookForged',
      'forged',
    );
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual(UNAUTHORIZED);
  });

  test('to a signature of too long ago, or of the future', async () => {
    const at = (seconds: number) => String(Math.floor(START / 1000) + seconds);
    const iso = (ms: number) => new Date(START + ms).toISOString();
    await expectRefused(
      [
        genericCall(undefined, { seconds: at(-300) }),
        genericCall(undefined, { seconds: at(302) }),
        genericCall(undefined, { seconds: '1000000000' }),
        genericCall(undefined, { seconds: '9999999999' }),
        netboxCall(netboxBody(iso(-300_001))),
        netboxCall(netboxBody(iso(300_001))),
        netboxCall(netboxBody('2026-03-06T15:11:23+01:00')),
      ],
      401,
      'HookExpired',
      'expired',
    );
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual(UNAUTHORIZED);
  });
  test('not at the very edge, nor for another spelling of the time', async () => {
    wait(-503);
    const iso = (ms: number) => new Date(Date.now() + ms).toISOString();
    const now = Math.floor(Date.now() / 1000);
    const calls = [
      genericCall(undefined, { seconds: String(now - 300) }),
      genericCall(undefined, { seconds: String(now + 300) }),
      netboxCall(netboxBody(iso(-300_000))),
      netboxCall(netboxBody(iso(300_000))),
      netboxCall(netboxBody('2026-03-06T15:11:23.503186+00:00')),
      netboxCall(netboxBody('2026-03-06 15:11:23.503186+00:00')),
      netboxCall(netboxBody('2026-03-06T16:11:23+01:00')),
    ];
    for (const call of calls) expect((await send(call)).statusCode).toBe(202);
    expect(counted()).toEqual({ HookAccepted: calls.length });
  });

  test('when a body of NetBox does not say when it was made', async () => {
    const bodies = ['', 'null', '[]', '"2026-03-06T15:11:23Z"', '{', '{}', '<event/>'];
    const times = [
      null,
      '',
      1_772_809_883,
      ['2026-03-06T15:11:23Z'],
      '2026-03-06',
      '2026-03-06T15:11:23',
      'now',
    ];
    await expectRefused(
      [
        ...bodies.map((body) => netboxCall(body)),
        ...times.map((timestamp) => netboxCall(JSON.stringify({ timestamp }))),
        netboxCall(JSON.stringify({ timestamp: '2026-13-06T15:11:23Z' })),
        netboxCall(`${'['.repeat(200_000)}`),
      ],
      401,
      'HookUndated',
      'undated',
    );
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual(UNAUTHORIZED);
  });
});

test('answers 413 beyond the limit, before anything is read for it', async () => {
  const { requests } = sync.functions.secrets;
  const body = 'x'.repeat(HOOK_BODY_MAX_BYTES + 1);
  await expectRefused(
    [
      genericCall(body),
      genericCall(body, { base64: true }),
      genericCall(body, { source: 'unknown' }),
      // Characters are not bytes.
      genericCall('ü'.repeat(HOOK_BODY_MAX_BYTES / 2 + 1)),
    ],
    413,
    'HookTooLarge',
    'too-large',
  );
  expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({ errorCode: 'PostBodyTooLarge' });
  expect(sync.functions.secrets.requests).toBe(requests);
});
test('takes a body at the limit', async () => {
  expect((await send(genericCall('x'.repeat(HOOK_BODY_MAX_BYTES)))).statusCode).toBe(202);
  expect((await send(genericCall('y'.repeat(HOOK_BODY_MAX_BYTES), { base64: true }))).statusCode).toBe(202);
});

test('answers 404 for a source without a hook, whatever it is called and however it is signed', async () => {
  const names = ['unknown', '__proto__', 'constructor', 'toString', 'NETBOX', 'netbox/', '../netbox', 'n\nx'];
  await expectRefused(
    names.flatMap((source) => [netboxCall(undefined, { source }), genericCall(undefined, { source })]),
    404,
    'HookUnknown',
    'unknown',
  );
  expect(sync.functions.secrets.requests).toBe(0);
  const metrics = JSON.stringify(sync.functions.lines.filter((line) => '_aws' in line));
  for (const name of names) expect(metrics).not.toContain(JSON.stringify(name).slice(1, -1));
  expect(JSON.stringify(sync.functions.lines)).not.toContain('../netbox');
});

describe('keys', () => {
  test('count both while one takes over from the other', async () => {
    putKeys({ current: NEW_KEY, previous: NETBOX_KEY }, { current: NEW_KEY, previous: GENERIC_KEY });
    const bodies = [netboxBody(), netboxBody(new Date(START + 1).toISOString())] as const;
    const calls = [
      netboxCall(bodies[0]),
      netboxCall(bodies[1], { key: NEW_KEY }),
      genericCall('1'),
      genericCall('2', { key: NEW_KEY }),
    ];
    for (const call of calls) expect((await send(call)).statusCode).toBe(202);
  });
  test('are known within seconds when they come, and forgotten within the TTL when they go', async () => {
    expect((await send(netboxCall())).statusCode).toBe(202);
    putKeys({ current: NEW_KEY, previous: NETBOX_KEY });
    wait(HOOK_KEYS_SPACING_MS);
    expect((await send(netboxCall(undefined, { key: NEW_KEY }))).statusCode).toBe(202);
    expect((await send(netboxCall(netboxBody(), { key: NETBOX_KEY }))).statusCode).toBe(202);
    putKeys({ current: NEW_KEY });
    wait(HOOK_KEYS_TTL_MS);
    expect((await send(netboxCall())).statusCode).toBe(401);
    expect((await send(netboxCall(undefined, { key: NEW_KEY }))).statusCode).toBe(202);
  });
  test('are read no more often than every few seconds, however many signatures are wrong', async () => {
    const forge = async (n: number) => {
      for (let i = 0; i < n; i += 1) {
        expect((await send(netboxCall(undefined, { key: `not-the-key-${i}` }))).statusCode).toBe(401);
      }
      await Promise.all(Array.from({ length: n }, () => send(netboxCall(undefined, { key: 'not-the-key' }))));
    };
    await forge(20);
    expect(sync.functions.secrets.requests).toBe(1);
    wait(HOOK_KEYS_SPACING_MS - 1);
    await forge(20);
    expect(sync.functions.secrets.requests).toBe(1);
    wait(1);
    await forge(20);
    expect(sync.functions.secrets.requests).toBe(2);
  });
  test('outlive an outage of Secrets Manager', async () => {
    expect((await send(netboxCall())).statusCode).toBe(202);
    sync.functions.secrets.faults.add({ kind: 'error', status: 500, type: 'InternalServiceError' });
    wait(HOOK_KEYS_TTL_MS);
    expect((await send(netboxCall())).statusCode).toBe(202);
    expect((await send(netboxCall(undefined, { key: 'not-the-key' }))).statusCode).toBe(401);
  });
});

describe('the configuration', () => {
  const renamed = () =>
    sync.configure({
      hooks: { renamed: { scheme: 'generic', secretId: GENERIC_SECRET } },
      groups: [sync.group('cache', { sources: [{ ...sync.httpSource, hook: 'renamed' }] })],
    });
  const statusOf = async (source: string) => (await send(genericCall(undefined, { source }))).statusCode;

  test('is read anew once a minute', async () => {
    expect(await statusOf('cmdb')).toBe(202);
    await renamed();
    wait(59_999);
    expect([await statusOf('cmdb'), await statusOf('renamed')]).toEqual([202, 404]);
    wait(1);
    expect([await statusOf('cmdb'), await statusOf('renamed')]).toEqual([404, 202]);
  });
  test('is read no more often than every few seconds while it is wrong', async () => {
    await sync.configure({ groups: [] });
    handler = await sync.load('hooks');
    expect(await statusOf('renamed')).toBe(503);
    await renamed();
    wait(4_999);
    expect(await statusOf('renamed')).toBe(503);
    wait(1);
    expect(await statusOf('renamed')).toBe(202);
  });
  test('is used on for a while when it cannot be read', async () => {
    const gone = await sync.withoutConfiguration(async () => {
      wait(60_000);
      const known = await send(genericCall('', { source: 'unknown' }));
      const forged = await send(genericCall('', { key: NEW_KEY }));
      wait(3_600_000);
      return [known, forged, await send(genericCall())].map(({ statusCode }) => statusCode);
    });
    expect(gone).toEqual([404, 401, 503]);
    wait(5_000);
    expect(await statusOf('cmdb')).toBe(202);
  });
});

describe('answers 503 without a word on what is wrong with us', () => {
  const says = {
    errorCode: 'ServiceUnavailable',
    errorMessage: 'try again later.',
    requestId: 'gateway-request-id',
  };
  async function expectUnavailable(call: HttpCall, logged: RegExp) {
    const result = await send(call);
    expect({ status: result.statusCode, body: JSON.parse(result.body) }).toEqual({ status: 503, body: says });
    expect(JSON.stringify(sync.functions.lines)).toMatch(logged);
    expect(counted()).toEqual({ HookFailed: 1 });
    expect(sync.readings).toBe(0);
  }

  test.each([
    ['no JSON', NETBOX_KEY, /the secret is not JSON/],
    ['no keys', '{}', /wrong or missing: current/],
    ['a short key', JSON.stringify({ current: 'x'.repeat(15) }), /wrong or missing: current/],
    [
      'a key that a copy may change',
      JSON.stringify({ current: `${NETBOX_KEY}\n` }),
      /wrong or missing: current/,
    ],
    ['an empty key', JSON.stringify({ current: NETBOX_KEY, previous: '' }), /wrong or missing: previous/],
  ])('for a secret with %s', async (_name, text, logged) => {
    sync.functions.secrets.put(NETBOX_SECRET, text);
    await expectUnavailable(netboxCall(), logged);
  });
  test('for a secret that is not there, or not for us', async () => {
    sync.functions.secrets.remove(NETBOX_SECRET);
    await expectUnavailable(netboxCall(), /SecretNotFound/);
  });
  test('for a configuration that breaks a rule', async () => {
    await sync.configure({ groups: [] });
    handler = await sync.load('hooks');
    await expectUnavailable(netboxCall(), /groups: must be at least 1 entry long/);
  });
  test('for an environment without a configuration', async () => {
    handler = await sync.load('hooks', { SYNC_CONFIG: '' });
    await expectUnavailable(netboxCall(), /SYNC_CONFIG: is required/);
  });
  test('and runs the same request once it can', async () => {
    handler = await sync.load('hooks', { SLS_ENDPOINT: '' });
    const call = netboxCall();
    await expectUnavailable(call, /SLS_ENDPOINT: is required/);
    handler = await sync.load('hooks');
    expect((await send(call)).statusCode).toBe(202);
    expect(runs()).toHaveLength(1);
  });
});

test('answers for a run that fails as for the run that was asked for', async () => {
  sync.inventory = () => 500;
  const result = await send(genericCall());
  expect(result.statusCode).toBe(202);
  expect(runs()).toMatchObject([{ runId: runIdOf(result), status: 'failed' }]);
});

test('lets nobody in who invokes the function with something else', async () => {
  const { body, headers } = netboxCall();
  const event = { source: 'netbox', headers, body };
  await expect(handler(event, lambdaContext)).rejects.toMatchObject({ name: 'InvalidParameter' });
  const unrouted = { ...gatewayEvent('2.0', netboxCall()), pathParameters: undefined };
  expect(await handler(unrouted, lambdaContext)).toMatchObject({ statusCode: 404 });
  expect(runs()).toEqual([]);
});
