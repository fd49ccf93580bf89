// Who asks: in the line of every request, in the report and the line of every run, and never from what a request says.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noticeOf } from '../../lib/core/report/notice.ts';
import { callOf, jsonOf } from './api-calls.ts';
import { type Format, gatewayEvent, lambdaContext } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

const ANN = 'arn:aws:iam::123456789012:user/ann';
const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:sync-from-inventory';

let sync: SyncFunctions;
beforeEach(async () => {
  sync = await SyncFunctions.start();
  await sync.configure({ groups: [sync.group('web')] });
  sync.inventory = () => ['10.0.0.1'];
});
afterEach(() => sync[Symbol.asyncDispose]());

const lineOf = (name: string) => sync.functions.lines.findLast(({ event }) => event === name);
const planCall = { ...callOf('plan', { query: {}, body: {} }), caller: ANN };

describe.each<Format>(['2.0', '1.0'])('in payload format %s', (format) => {
  test('the ARN that the gateway passes on names a request, its run, and its report', async () => {
    const call = { ...callOf('sync', { query: {}, body: { mode: 'apply' } }), caller: ANN };
    const report = jsonOf(await sync.functions.http(await sync.load('sync'), call, format));
    expect(report).toMatchObject({ trigger: 'a request to apply', caller: ANN });
    expect(lineOf('request')).toMatchObject({ caller: ANN });
    expect(lineOf('sync.run')).toMatchObject({ caller: ANN });
    expect(noticeOf(report, '--stage prod').message).toContain(
      `asked for by \`a request to apply\` of \`${ANN}\``,
    );
  });
  test('it names requests of the machine-group API, those that fail included', async () => {
    const call = { ...callOf('get-group'), caller: ANN };
    const result = await sync.functions.http(await sync.functions.load('get-group'), call, format);
    expect(result.statusCode).toBe(404);
    expect(lineOf('request')).toMatchObject({ caller: ANN, errorCode: 'GroupNotExist' });
  });
  test('nothing that the request says of itself does', async () => {
    const event = gatewayEvent(format, {
      ...callOf('plan', { query: {}, body: {} }),
      headers: { 'content-type': 'application/json', 'x-caller': ANN, authorization: `Bearer ${ANN}` },
    });
    await (await sync.load('plan'))(event, lambdaContext);
    expect(lineOf('request')).toMatchObject({ status: 200 });
    expect(lineOf('request')?.caller).toBeUndefined();
    expect(lineOf('sync.run')?.caller).toBeUndefined();
  });
  test('one that is too long is cut', async () => {
    const call = { ...planCall, caller: `${ANN}${'x'.repeat(10_000)}` };
    const report = jsonOf(await sync.functions.http(await sync.load('plan'), call, format));
    expect(report.caller).toHaveLength(640);
    expect(report.caller.startsWith(ANN)).toBe(true);
  });
});

test('a body that names a caller is refused', async () => {
  const call = { ...planCall, body: JSON.stringify({ caller: ANN }) };
  expect((await sync.functions.http(await sync.load('plan'), call)).statusCode).toBe(400);
});

test('a direct invocation says so, and which function it was of', async () => {
  const context = { ...lambdaContext, invokedFunctionArn: FUNCTION };
  const handler = await sync.load('sync-from-inventory');
  expect(await handler({ mode: 'plan' }, context)).toMatchObject({
    caller: `a direct invocation of ${FUNCTION}`,
  });
  await (await sync.load('plan'))({}, context);
  expect(lineOf('request')).toMatchObject({ caller: `a direct invocation of ${FUNCTION}` });
});

test('nobody asks for a run of the schedule', async () => {
  const schedule = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
  await (await sync.load('sync-from-inventory'))(schedule, {
    ...lambdaContext,
    invokedFunctionArn: FUNCTION,
  });
  expect(lineOf('sync.run')).toMatchObject({ trigger: 'the schedule' });
  expect(lineOf('sync.run')).not.toHaveProperty('caller');
});

describe('POST /plan', () => {
  test('answers as POST /sync does with mode "plan", and writes nothing', async () => {
    const { report } = await sync.sync(await sync.load('sync'), { mode: 'plan' });
    const planned = jsonOf(await sync.functions.http(await sync.load('plan'), planCall));
    const same = ({ mode, status, counts, groups }: typeof report) => ({
      mode,
      status,
      counts,
      groups: groups.map((group) => ({ ...group, durationMs: 0, requests: [], reading: null })),
    });
    expect(same(planned)).toEqual(same(report));
    expect(sync.writes).toEqual([]);
  });
  test('takes no mode: it can do nothing but plan', async () => {
    for (const mode of ['plan', 'apply']) {
      const call = callOf('plan', { query: {}, body: { mode } });
      expect((await sync.functions.http(await sync.load('plan'), call)).statusCode).toBe(400);
    }
    expect(sync.writes).toEqual([]);
  });
  test('speaks Markdown where that is asked for', async () => {
    const headers = { 'content-type': 'application/json', accept: 'text/markdown' };
    const result = await sync.functions.http(await sync.load('plan'), { ...planCall, headers });
    expect(result.body).toMatch(/^## Machine groups: plan, ok$/m);
  });
});
