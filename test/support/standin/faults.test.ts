// Every fault that can be asked for, as a client sees it and as the state is afterwards.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { GROUP, type HandMade, NOW, PROJECT, send } from './hand-made.ts';
import { type Fault, type StandIn, startStandIn } from './index.ts';

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn({ clock: () => NOW });
});
afterEach(() => standIn.close());

const CREATE: HandMade = { method: 'POST', body: GROUP };
const GET: HandMade = { path: `/machinegroups/${GROUP.groupName}` };

const exists = () => standIn.groups(PROJECT).has(GROUP.groupName);
const lastRequest = () => standIn.requests.at(-1);

async function fails(made: HandMade): Promise<NodeJS.ErrnoException> {
  return send(standIn, made).then(
    ({ status }) => Promise.reject(new Error(`answered with ${status}`)),
    (error: NodeJS.ErrnoException) => error,
  );
}

/** Polls a condition; the deadline only bounds a failing run. */
describe('error', () => {
  const throttled = {
    kind: 'error',
    status: 403,
    code: 'MetaOperationQpsLimitExceeded',
    message: 'Qps limit for the meta operation is exceeded.',
  } as const;

  test('answers in the form of the service, without effect', async () => {
    standIn.faults.add({ ...throttled, headers: { 'retry-after': '2' } });
    const reply = await send(standIn, CREATE);
    expect(reply).toMatchObject({ status: 403, code: throttled.code, message: throttled.message });
    expect(reply.headers).toMatchObject({ 'retry-after': '2', 'content-type': 'application/json' });
    expect(reply.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);
    expect(exists()).toBe(false);
    expect(lastRequest()).toMatchObject({ status: 403, errorCode: throttled.code, fault: 'error' });
    expect(await send(standIn, CREATE)).toMatchObject({ status: 200 });
    expect(lastRequest()).not.toHaveProperty('fault');
  });

  test('answers although the operation took effect', async () => {
    standIn.faults.add({ kind: 'error', status: 500, code: 'InternalServerError', effect: true });
    expect(await send(standIn, CREATE)).toMatchObject({ status: 500, code: 'InternalServerError' });
    expect(exists()).toBe(true);
  });

  test('answers without a body', async () => {
    standIn.faults.add({ kind: 'error', status: 503 });
    expect(await send(standIn, GET)).toMatchObject({ status: 503, text: '' });
  });
});

test('a project takes so many calls a second, each project its own', async () => {
  let now = NOW;
  await using limited = await startStandIn({
    clock: () => now,
    callsASecond: 2,
    projects: [PROJECT, 'other'],
  });
  const statuses = async (count: number, made: HandMade = GET) => {
    const all: number[] = [];
    for (let call = 0; call < count; call += 1) all.push((await send(limited, made)).status);
    return all;
  };
  expect(await statuses(4)).toEqual([404, 404, 403, 403]);
  expect(limited.requests.at(-1)).toMatchObject({ errorCode: 'MetaOperationQpsLimitExceeded' });
  expect(await statuses(1, { ...GET, project: 'other' })).toEqual([404]);
  now += 1_000;
  expect(await statuses(2)).toEqual([404, 404]);
});

describe('raw', () => {
  const page = '<html><body>502 Bad Gateway</body></html>';

  test('lets somebody else answer', async () => {
    standIn.faults.add({ kind: 'raw', body: page });
    const reply = await send(standIn, CREATE);
    expect(reply).toMatchObject({ status: 502, text: page });
    expect(reply.headers['content-type']).toBe('text/html');
    expect(exists()).toBe(false);
  });

  test('answers with its own status, type and bytes, after the effect', async () => {
    const body = Buffer.from('{"almost": ');
    standIn.faults.add({ kind: 'raw', status: 200, contentType: 'application/json', body, effect: true });
    const reply = await send(standIn, CREATE);
    expect(reply).toMatchObject({ status: 200, text: '{"almost": ' });
    expect(reply.headers['content-type']).toBe('application/json');
    expect(exists()).toBe(true);
  });
});

describe('reset', () => {
  test.each([
    ['before', false],
    ['after', true],
  ] as const)('ends the connection %s the operation takes effect', async (moment, effect) => {
    standIn.faults.add({ kind: 'reset', moment });
    expect((await fails(CREATE)).code).toBe('ECONNRESET');
    expect(exists()).toBe(effect);
    expect(lastRequest()).toMatchObject({ operation: 'CreateMachineGroup', fault: 'reset' });
    expect(lastRequest()).not.toHaveProperty('status');
  });
});

describe('truncate', () => {
  test('cuts off an answer with a body', async () => {
    await send(standIn, CREATE);
    standIn.faults.add({ kind: 'truncate' });
    expect((await fails(GET)).code).toBe('ECONNRESET');
    expect((await send(standIn, GET)).status).toBe(200);
  });

  test('cuts off an answer without one, after its effect', async () => {
    standIn.faults.add({ kind: 'truncate' });
    expect((await fails(CREATE)).code).toBe('ECONNRESET');
    expect(exists()).toBe(true);
    expect(lastRequest()).toMatchObject({ status: 200, fault: 'truncate' });
  });
});

describe('a wait', () => {
  test('holds the answer until it is let go', async () => {
    const gate = Promise.withResolvers<void>();
    standIn.faults.add({ kind: 'hold', until: gate.promise });
    let answered = false;
    const reply = send(standIn, CREATE).then((result) => {
      answered = true;
      return result;
    });
    await until(exists);
    expect(await send(standIn, GET)).toMatchObject({ status: 200 });
    expect(answered).toBe(false);
    gate.resolve();
    expect(await reply).toMatchObject({ status: 200 });
  });

  test('holds the operation before it takes effect', async () => {
    const gate = Promise.withResolvers<void>();
    standIn.faults.add({ kind: 'hold', until: gate.promise, moment: 'before' });
    const reply = send(standIn, CREATE);
    await until(() => standIn.faults.pending() === 0);
    expect((await send(standIn, GET)).status).toBe(404);
    gate.reject(new Error('however it settles'));
    expect(await reply).toMatchObject({ status: 200 });
    expect(exists()).toBe(true);
  });

  test('has had its effect when a client gives up on a delay', async () => {
    const patience = new AbortController();
    standIn.faults.add({ kind: 'delay', delayMs: 600_000 });
    const reply = fails({ ...CREATE, signal: patience.signal });
    await until(exists);
    patience.abort();
    expect((await reply).name).toBe('AbortError');
  });

  test('ends after the delay', async () => {
    standIn.faults.add({ kind: 'delay', delayMs: 1 });
    expect((await send(standIn, CREATE)).status).toBe(200);
  });

  test('is let go by closing, which ends its connection', async () => {
    standIn.faults.add({ kind: 'hold', until: new Promise(() => {}) });
    standIn.faults.add({ kind: 'delay', delayMs: 600_000, method: 'GET' });
    const waiting = [fails(CREATE), fails(GET)];
    await until(() => standIn.faults.pending() === 0);
    await standIn.close();
    for (const error of await Promise.all(waiting)) expect(error.code).toBe('ECONNRESET');
    await until(() => standIn.requests.length === 2);
  });

  test('lets an answer be late and wrong at once', async () => {
    const gate = Promise.withResolvers<void>();
    standIn.faults.add({ kind: 'error', status: 500, code: 'RequestTimeout' });
    standIn.faults.add({ kind: 'hold', until: gate.promise });
    const reply = send(standIn, GET);
    await until(() => standIn.faults.pending() === 0);
    gate.resolve();
    expect(await reply).toMatchObject({ status: 500, code: 'RequestTimeout' });
  });
});

describe('stale-read', () => {
  test('hides a group that was just created', async () => {
    await send(standIn, CREATE);
    standIn.faults.add({ kind: 'stale-read', times: 2 });
    expect((await send(standIn, GET)).code).toBe('MachineGroupNotExist');
    expect((await send(standIn, {})).json).toMatchObject({ total: 0 });
    expect((await send(standIn, GET)).status).toBe(200);
  });

  test('shows what a group held before the latest update', async () => {
    await send(standIn, CREATE);
    await send(standIn, {
      method: 'PUT',
      path: GET.path ?? '',
      body: { ...GROUP, machineList: ['10.0.0.9'] },
    });
    standIn.faults.add({ kind: 'stale-read' });
    const machines = async () => ((await send(standIn, GET)).json as typeof GROUP).machineList.toSorted();
    expect(await machines()).toEqual(GROUP.machineList);
    expect(await machines()).toEqual(['10.0.0.9']);
  });
});

describe('a fault', () => {
  const error: Fault = { kind: 'error', status: 503, code: 'ServerBusy' };
  const statuses = async (...requests: HandMade[]) => {
    const replies: number[] = [];
    for (const request of requests) replies.push((await send(standIn, request)).status);
    return replies;
  };

  test('hits by operation', async () => {
    standIn.faults.add({ ...error, operation: 'GetMachineGroup' });
    expect(await statuses(CREATE, {}, GET, GET)).toEqual([200, 200, 503, 200]);
  });

  test('hits by method and path', async () => {
    standIn.faults.add({ ...error, method: 'GET', path: /^\/machinegroups\/test-group$/g, times: 2 });
    expect(await statuses(CREATE, {}, GET, GET, GET)).toEqual([200, 200, 503, 503, 200]);
  });

  test('hits by project', async () => {
    standIn.addProject('second');
    standIn.faults.add({ ...error, project: 'second' });
    expect(await statuses({}, { project: 'second' }, { project: 'second' })).toEqual([200, 503, 200]);
  });

  test('hits after some have passed, so many times', async () => {
    standIn.faults.add({ ...error, skip: 1, times: 2 });
    expect(standIn.faults.pending()).toBe(1);
    expect(await statuses({}, {}, {}, {})).toEqual([200, 503, 503, 200]);
    expect(standIn.faults.pending()).toBe(0);
  });

  test('hits always, until it is cleared', async () => {
    standIn.faults.add({ ...error, times: Number.POSITIVE_INFINITY });
    expect(await statuses({}, {}, {})).toEqual([503, 503, 503]);
    standIn.faults.clear();
    expect(await statuses({})).toEqual([200]);
  });

  test('hits one after the other', async () => {
    standIn.faults.add(error);
    standIn.faults.add({ kind: 'error', status: 500, code: 'InternalServerError' });
    expect(await statuses({}, {}, {})).toEqual([503, 500, 200]);
  });

  test('does not count requests that are refused as invalid', async () => {
    standIn.faults.add(error);
    expect((await send(standIn, { unsigned: { authorization: 'LOG test-key-id:AAAA' } })).status).toBe(401);
    expect(standIn.faults.pending()).toBe(1);
    expect(await statuses({})).toEqual([503]);
  });
});

test('closing ends idle connections at once and can be repeated', async () => {
  await send(standIn, GET);
  await Promise.all([standIn.close(), standIn.close()]);
  expect((await fails(GET)).code).toMatch(/ECONNREFUSED|ECONNRESET/);
});
