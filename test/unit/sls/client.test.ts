// The client against the stand-in, over real sockets.
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../../lib/sls/call.ts';
import { SlsError } from '../../../lib/sls/errors.ts';
import { openLoopback } from '../../support/loopback.ts';
import { PROJECT } from '../../support/names.ts';
import { DEFAULT_KEY } from '../../support/standin/index.ts';
import { definition, Setup } from './setup.ts';

let setup: Setup;
beforeEach(async () => {
  setup = await Setup.start();
});
afterEach(() => setup.standIn.close());

/** The SlsError a call ends with. */
async function failure(call: Promise<unknown>): Promise<SlsError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SlsError);
  return error as SlsError;
}

describe.each(['v1', 'v4'] as const)('signed with %s', (signature) => {
  test('creates a group and reads it back', async () => {
    const client = setup.client({ destination: { signature } });
    const created = await client.createMachineGroup(PROJECT, definition);
    expect(created.requestId).toMatch(/^[0-9A-F]{24}$/);
    const { value } = await client.getMachineGroup(PROJECT, 'web');
    expect({ ...value, machineList: [...value.machineList].sort() }).toMatchObject({
      ...definition,
      machineList: ['10.0.0.1', '10.0.0.2'],
    });
    expect(value.createTime).toBeCloseTo(setup.now() / 1000, -2);
    expect(setup.standIn.requests.every((request) => request.signature?.startsWith(signature))).toBe(true);
  });
});

test('a temporary key sends its token', async () => {
  const key = { ...DEFAULT_KEY, securityToken: 'not-a-real-token' };
  setup.standIn.setKeys([key]);
  const client = setup.client({ credentials: { get: async () => key, refresh: async () => undefined } });
  await client.createMachineGroup(PROJECT, definition);
});

describe('errors', () => {
  test.each(['MachineGroup', 'Group'] as const)(
    'both families of names are one kind: %s…',
    async (errorFamily) => {
      await using other = await Setup.start({ errorFamily });
      const client = other.client();
      expect(await failure(client.getMachineGroup(PROJECT, 'web'))).toMatchObject({
        kind: 'group-missing',
        status: 404,
      });
      await client.createMachineGroup(PROJECT, definition);
      expect(await failure(client.createMachineGroup(PROJECT, definition))).toMatchObject({
        kind: 'group-exists',
        status: 400,
      });
    },
  );
  test('carry what an operator searches for', async () => {
    const error = await failure(setup.client().getMachineGroup('no-such-project', 'web'));
    expect(error).toMatchObject({
      name: 'SlsError',
      kind: 'project-missing',
      code: 'ProjectNotExist',
      status: 404,
      operation: 'GetMachineGroup',
      project: 'no-such-project',
      group: 'web',
      requestId: setup.standIn.requests[0]?.requestId,
    });
  });
  test('a page of a proxy keeps its status, type and size, and says nothing about groups', async () => {
    const body = `<html>\r\n<h1>404 Not Found</h1>${'x'.repeat(500)}</html>`;
    setup.standIn.faults.add({ kind: 'raw', status: 404, body });
    const error = await failure(setup.client().getMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'protocol', code: 'NotAnSlsAnswer', status: 404 });
    expect(error.message).toBe(`404, ${body.length} bytes of text/html, not an SLS answer`);
  });
  test.each([
    ['a text', 'ASIA-not-a-real-key', 'text/plain; charset=utf-8', '19 bytes of text/plain'],
    ['JSON of others', '{"Token":"not-a-real-token"}', 'application/json', '28 bytes of application/json'],
    ['a type that says something', 'x', 'not-a-real/secret', '1 bytes of another media type'],
    ['a type in capitals', 'x', 'TEXT/HTML', '1 bytes of text/html'],
    ['nothing at all', '', '', '0 bytes of no media type'],
  ])(
    'an answer that is not of the service is told by its shape: %s',
    async (_what, body, contentType, says) => {
      const headers = { 'x-log-requestid': 'not-a-real-token' };
      setup.standIn.faults.add({ kind: 'raw', status: 418, body, contentType, headers });
      const error = await failure(setup.client().getMachineGroup(PROJECT, 'web'));
      expect(error).toMatchObject({ code: 'NotAnSlsAnswer', requestId: undefined });
      expect(error.message).toBe(`418, ${says}, not an SLS answer`);
      expect(inspect(error, { depth: 10 })).not.toContain('not-a-real');
    },
  );
  test.each([
    ['{"groupName":"web"}', /machineList/],
    ['[]', /body/],
    ['', /body/],
    ['{"groupName":"web","machineIdentifyType":"ip","createTime":1,"lastModifyTime":1}', /machineList/],
    [
      '{"groupName":"web","machineIdentifyType":"ip","machineList":null,"createTime":1,"lastModifyTime":1}',
      /machineList/,
    ],
  ])('a 200 that is no machine group is no empty group: %s', async (body, says) => {
    setup.standIn.faults.add({ kind: 'raw', status: 200, contentType: 'application/json', body });
    const error = await failure(setup.client().getMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'protocol', code: 'AnswerNotUnderstood' });
    expect(error.message).toMatch(says);
  });
  test('a 200 to a write that is not the service’s own is no success', async () => {
    const headers = { 'x-log-requestid': '' };
    setup.standIn.faults.add({ kind: 'raw', status: 200, body: '<html>', headers });
    const error = await failure(setup.client().createMachineGroup(PROJECT, definition));
    expect(error).toMatchObject({ kind: 'protocol', code: 'AnswerNotUnderstood', status: 200 });
    expect(error.message).toMatch(/request id/);
    expect(setup.standIn.groups(PROJECT).size).toBe(0);
  });
  test('unknown fields are no fault, and stay for the next write', async () => {
    const body = JSON.stringify({
      ...definition,
      createTime: 1,
      lastModifyTime: 2,
      groupAttribute: null,
      novel: {},
    });
    setup.standIn.faults.add({ kind: 'raw', status: 200, contentType: 'application/json', body });
    const { value } = await setup.client().getMachineGroup(PROJECT, 'web');
    expect(value).toEqual({
      ...definition,
      createTime: 1,
      lastModifyTime: 2,
      groupAttribute: { groupTopic: '', externalName: '' },
      novel: {},
    });
  });
  test('never quote the key, even where the service does', async () => {
    const { accessKeyId, accessKeySecret } = DEFAULT_KEY;
    const message = `${accessKeyId} ${accessKeySecret}`;
    setup.standIn.faults.add({ kind: 'error', status: 401, code: 'Unauthorized', message });
    const error = await failure(setup.client().getMachineGroup(PROJECT, 'web'));
    expect(error.message).toBe('*** ***');
  });
});

test('a full update writes back every field that was read, those of tomorrow included', async () => {
  const client = setup.client();
  await client.createMachineGroup(PROJECT, definition);
  const novel = {
    ...definition,
    novel: { a: 1 },
    groupAttribute: { groupTopic: 't', externalName: 'e', novel: 2 },
  };
  await client.updateMachineGroup(PROJECT, novel);
  expect(JSON.parse(setup.standIn.requests.at(-1)?.body ?? '')).toEqual(novel);
});

test('members are added and deleted one by one', async () => {
  const client = setup.client();
  await client.createMachineGroup(PROJECT, definition);
  await client.updateMachines(PROJECT, 'web', 'add', ['10.0.0.3']);
  await client.updateMachines(PROJECT, 'web', 'delete', ['10.0.0.1']);
  const { value } = await client.getMachineGroup(PROJECT, 'web');
  expect([...value.machineList].sort()).toEqual(['10.0.0.2', '10.0.0.3']);
});

describe('retries', () => {
  beforeEach(async () => {
    await setup.client().createMachineGroup(PROJECT, definition);
    setup.standIn.forgetRequests();
  });

  test.each([
    { kind: 'error', status: 500, code: 'InternalServerError' },
    { kind: 'error', status: 503, code: 'ServerBusy' },
    { kind: 'raw', status: 502, body: '<html>' },
    { kind: 'raw', status: 504, body: '' },
    { kind: 'reset', moment: 'before' },
    { kind: 'truncate' },
  ] as const)('bring a read through three times $kind $status', async (fault) => {
    setup.standIn.faults.add({ ...fault, times: 3 });
    const { value } = await setup.client().getMachineGroup(PROJECT, 'web');
    expect(value.groupName).toBe('web');
    // Full jitter at one half of 200, 400 and 800 ms.
    expect(setup.waits).toEqual([100, 200, 400]);
  });
  test('end after the last attempt with the last error', async () => {
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', times: 9 });
    const error = await failure(setup.client().getMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'server', code: 'ServerBusy', status: 503 });
    expect(setup.seen).toHaveLength(4);
  });
  test.each([
    [400, 'InvalidParameter'],
    [403, 'ProjectForbidden'],
    [404, 'MachineGroupNotExist'],
    [405, 'InvalidMethod'],
  ])('are not made after %i %s', async (status, code) => {
    setup.standIn.faults.add({ kind: 'error', status, code });
    await failure(setup.client().getMachineGroup(PROJECT, 'web'));
    expect(setup.seen).toHaveLength(1);
  });
  test('let the caller look again before each, and only before those', async () => {
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', times: 2 });
    const waitsBefore: number[] = [];
    const beforeRepeat = async () => void waitsBefore.push(setup.waits.length);
    await setup.client().with({ beforeRepeat }).updateMachineGroup(PROJECT, definition);
    expect(waitsBefore).toEqual([1, 2]);
    await setup.client().with({ beforeRepeat }).updateMachineGroup(PROJECT, definition);
    expect(waitsBefore).toEqual([1, 2]);
  });
  test('end when the caller says so', async () => {
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy' });
    const beforeRepeat = () => Promise.reject(new Error('not any more'));
    const call = setup.client().with({ beforeRepeat }).updateMachineGroup(PROJECT, definition);
    await expect(call).rejects.toThrow('not any more');
    expect(setup.seen).toEqual(['UpdateMachineGroup 503']);
  });
  test('follow throttling, a 403, after 3 seconds at least', async () => {
    setup.standIn.faults.add({ kind: 'error', status: 403, code: 'MetaOperationQpsLimitExceeded' });
    await setup.client({ random: () => 0 }).getMachineGroup(PROJECT, 'web');
    expect(setup.waits).toEqual([3_000]);
  });
  test.each([
    ['7', 7_000],
    ['0', 0],
  ])('wait as Retry-After says: %s', async (value, wait) => {
    const headers = { 'retry-after': value };
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', headers });
    await setup.client({ random: () => 0 }).getMachineGroup(PROJECT, 'web');
    expect(setup.waits).toEqual([wait]);
  });
  test('count Retry-After as a date from the moment of the answer', async () => {
    const headers = { 'retry-after': new Date(setup.now() + 10_000).toUTCString() };
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', headers });
    await setup.client({ random: () => 0 }).getMachineGroup(PROJECT, 'web');
    expect(setup.waits[0]).toBeGreaterThan(8_000);
    expect(setup.waits[0]).toBeLessThanOrEqual(10_000);
  });
  test('begin no wait beyond the deadline', async () => {
    const headers = { 'retry-after': '120' };
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', headers });
    const error = await failure(setup.client().getMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ code: 'ServerBusy', retryAfterMs: 120_000 });
    expect(setup.waits).toEqual([]);
  });
  test('are each signed afresh', async () => {
    setup.standIn.faults.add({
      kind: 'error',
      status: 503,
      code: 'ServerBusy',
      headers: { 'retry-after': '50' },
    });
    // The clock moved 50 s between the attempts; V4 puts the moment into the signed headers.
    await setup.client({ destination: { signature: 'v4' } }).getMachineGroup(PROJECT, 'web');
    const [first, second] = setup.standIn.requests;
    expect(second?.headers['x-log-date']).not.toBe(first?.headers['x-log-date']);
    expect(second?.status).toBe(200);
  });
});

describe('terms', () => {
  test('are told of every attempt, those of one call under one object', async () => {
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy' });
    const outcomes: Outcome[] = [];
    const client = setup.client().with({ observe: (outcome) => outcomes.push(outcome) });
    await client.createMachineGroup(PROJECT, definition);
    await client.getMachineGroup(PROJECT, 'web');
    expect(outcomes).toMatchObject([
      { call: { operation: 'CreateMachineGroup' }, status: 503, error: { code: 'ServerBusy' } },
      { call: { operation: 'CreateMachineGroup' }, status: 200 },
      { call: { operation: 'GetMachineGroup', project: PROJECT, group: 'web' }, status: 200 },
    ]);
    expect(outcomes.map(({ requestId }) => requestId)).toEqual(
      setup.standIn.requests.map(({ requestId }) => requestId),
    );
    expect(outcomes[0]?.call).toBe(outcomes[1]?.call);
    expect(outcomes[1]).not.toHaveProperty('error');
  });
  test('add up, and leave the client as it was', async () => {
    let attempts = 0;
    const client = setup.client();
    const observed = client.with({ observe: () => (attempts += 1) });
    const over = observed.with({ due: setup.now() });
    expect(await failure(over.getMachineGroup(PROJECT, 'web'))).toMatchObject({ code: 'Timeout' });
    expect(setup.seen).toEqual([]);
    const ended = observed.with({ signal: AbortSignal.abort() });
    expect(await failure(ended.getMachineGroup(PROJECT, 'web'))).toMatchObject({ code: 'Aborted' });
    expect(attempts).toBe(1);
    await client.createMachineGroup(PROJECT, definition);
    expect(attempts).toBe(1);
  });
});

describe('deadlines', () => {
  test('an attempt that hangs is given up and tried again', async () => {
    await setup.client().createMachineGroup(PROJECT, definition);
    const until = new Promise(() => {});
    setup.standIn.faults.add({ kind: 'hold', until });
    const client = setup.client({ limits: { attemptTimeoutMs: 100 } });
    expect((await client.getMachineGroup(PROJECT, 'web')).value.groupName).toBe('web');
  });
  test('the whole call ends with a timeout', async () => {
    setup.standIn.faults.add({ kind: 'hold', until: new Promise(() => {}), times: 9 });
    const client = setup.client({ limits: { attemptTimeoutMs: 50, attempts: 2 } });
    const error = await failure(client.getMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'timeout', code: 'Timeout', ambiguous: true });
  });
  test('a caller with less time gets less', async () => {
    setup.standIn.faults.add({ kind: 'hold', until: new Promise(() => {}), times: 9 });
    const error = await failure(
      setup
        .client()
        .with({ due: setup.now() + 60 })
        .getMachineGroup(PROJECT, 'web'),
    );
    expect(error.kind).toBe('timeout');
  });
  test('a caller can abort', async () => {
    const controller = new AbortController();
    const call = setup.client().with({ signal: controller.signal }).getMachineGroup(PROJECT, 'web');
    setup.standIn.faults.add({ kind: 'hold', until: new Promise(() => {}), times: 9 });
    controller.abort();
    expect(await failure(call)).toMatchObject({ kind: 'timeout', code: 'Aborted' });
    expect(
      await failure(setup.client().with({ signal: controller.signal }).getMachineGroup(PROJECT, 'web')),
    ).toMatchObject({
      code: 'Aborted',
    });
  });
  test('nobody there is not ambiguous', async () => {
    await setup.standIn.close();
    const error = await failure(setup.client({ limits: { attempts: 1 } }).getMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'unreachable', code: 'ConnectionFailed', ambiguous: false });
  });
});

describe('a create whose outcome is unknown', () => {
  const lostAnswers = [
    { kind: 'reset', moment: 'after' },
    { kind: 'truncate' },
    { kind: 'error', status: 500, code: 'InternalServerError', effect: true },
    { kind: 'raw', status: 502, body: 'bad gateway', effect: true },
  ] as const;

  test.each(lostAnswers)(
    'succeeds when the group that exists is the one it asked for: $kind',
    async (fault) => {
      setup.standIn.faults.add(fault);
      await setup.client().createMachineGroup(PROJECT, definition);
      expect(setup.seen.at(-2)).toBe('CreateMachineGroup 400');
      expect(setup.seen.at(-1)).toBe('GetMachineGroup 200');
    },
  );
  test('fails when the group that exists is another', async () => {
    await setup.client().createMachineGroup(PROJECT, { ...definition, machineList: ['10.9.9.9'] });
    setup.standIn.faults.add({ kind: 'reset', moment: 'before' });
    const error = await failure(setup.client().createMachineGroup(PROJECT, definition));
    expect(error).toMatchObject({ kind: 'group-exists', ambiguous: true });
  });
  test('is not confirmed by reading when every attempt was refused in so many words', async () => {
    await setup.client().createMachineGroup(PROJECT, definition);
    setup.standIn.faults.add({ kind: 'error', status: 403, code: 'MetaOperationQpsLimitExceeded' });
    const error = await failure(setup.client().createMachineGroup(PROJECT, definition));
    expect(error).toMatchObject({ kind: 'group-exists', ambiguous: false });
    expect(setup.seen).not.toContain('GetMachineGroup 200');
  });
});

describe('a key that SLS refuses', () => {
  const fresh = { accessKeyId: 'test-key-fresh', accessKeySecret: 'not-a-real-secret-either' };

  test('is refreshed once and the call goes on', async () => {
    setup.standIn.setKeys([fresh]);
    const refused: string[] = [];
    const client = setup.client({
      credentials: {
        get: async () => DEFAULT_KEY,
        refresh: async ({ accessKeyId }) => {
          refused.push(accessKeyId);
          return fresh;
        },
      },
    });
    await client.createMachineGroup(PROJECT, definition);
    expect(refused).toEqual([DEFAULT_KEY.accessKeyId]);
    expect(setup.waits).toEqual([]);
  });
  test('is not refreshed twice', async () => {
    setup.standIn.setKeys([]);
    const refresh = vi.fn(async () => fresh);
    const credentials = { get: async () => DEFAULT_KEY, refresh };
    const error = await failure(setup.client({ credentials }).createMachineGroup(PROJECT, definition));
    expect(error.kind).toBe('credentials');
    expect(refresh).toHaveBeenCalledOnce();
    expect(setup.seen).toHaveLength(2);
  });
  test('ends the call when there is no other', async () => {
    setup.standIn.setKeys([]);
    const error = await failure(setup.client().createMachineGroup(PROJECT, definition));
    expect(error).toMatchObject({ kind: 'credentials', status: 401 });
    expect(setup.seen).toHaveLength(1);
  });
  test.each([
    'Unauthorized',
    'InvalidAccessKeyId',
    'SignatureNotMatch',
    'SecurityTokenExpired',
    'SecurityToken.Expired',
  ])('is refreshed after %s', async (code) => {
    setup.standIn.faults.add({ kind: 'error', status: 401, code });
    const refresh = vi.fn(async () => DEFAULT_KEY);
    const credentials = { get: async () => DEFAULT_KEY, refresh };
    await setup.client({ credentials }).createMachineGroup(PROJECT, definition);
    expect(refresh).toHaveBeenCalledOnce();
  });
});

describe('a clock that is wrong', () => {
  test.each([-3_600_000, 3_600_000])('by %i ms is corrected once, and stays corrected', async (skew) => {
    setup.standIn.setSkew(skew);
    const client = setup.client();
    await client.createMachineGroup(PROJECT, definition);
    await client.getMachineGroup(PROJECT, 'web');
    expect(setup.seen).toEqual(['CreateMachineGroup 400', 'CreateMachineGroup 200', 'GetMachineGroup 200']);
    expect(Math.abs(setup.clock.offsetMs - skew)).toBeLessThan(2_000);
    expect(setup.waits).toEqual([]);
  });
  test.each(['RequestTimeExpired', 'RequestTimeTooSkewed'])('is an error after %s twice', async (code) => {
    setup.standIn.faults.add({ kind: 'error', status: 400, code, times: 9 });
    const error = await failure(setup.client().getMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'clock', code });
    expect(setup.standIn.requests).toHaveLength(2);
  });
});

test('connections are kept alive', async () => {
  let connections = 0;
  const server = createServer((_, answer) => answer.writeHead(503).end());
  server.on('connection', () => connections++);
  await using open = await openLoopback(server);
  const client = setup.client({ destination: { connectTo: { host: '127.0.0.1', port: open.port } } });
  await failure(client.getMachineGroup(PROJECT, 'web'));
  expect(setup.waits).toHaveLength(3);
  expect(connections).toBe(1);
});
