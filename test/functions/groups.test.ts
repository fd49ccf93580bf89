// create-group and get-group, from event to answer: real handlers, real SDK client, real sockets.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT } from '../support/names.ts';
import { DEFAULT_KEY } from '../support/standin/index.ts';
import { lambdaContext, type Result } from './events.ts';
import { Functions, SECRET_ID } from './setup.ts';

/** The sample request of the CreateMachineGroup page, to the letter. */
const SAMPLE =
  '{"projectName":"ali-test-project","groupName":"test-machine-group","machineIdentifyType":"ip","groupAttribute":{"groupTopic":"testtopic","externalName":"testgroup"},"machineList":[],"groupType":""}';
const JSON_HEADERS = { 'Content-Type': 'application/json' };

const post = (body: string, headers: Record<string, string> = JSON_HEADERS) => ({
  method: 'POST',
  path: '/machinegroups',
  headers,
  body,
});
const get = (groupName: string, query: Record<string, string> = { projectName: PROJECT }) => ({
  method: 'GET',
  path: `/machinegroups/${groupName}`,
  parameters: { groupName },
  query,
});
const problem = (result: Result) => JSON.parse(result.body);
const group = (changes: object = {}) => JSON.stringify({ ...JSON.parse(SAMPLE), ...changes });

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
});
afterEach(() => functions[Symbol.asyncDispose]());

describe.each(['2.0', '1.0'] as const)('payload format %s', (format) => {
  test('creates a group from the sample of the documentation, and reads it back', async () => {
    const created = await functions.http(await functions.load('create-group'), post(SAMPLE), format);
    expect(created).toMatchObject({ statusCode: 200, body: '' });
    expect(created.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);

    const read = await functions.http(await functions.load('get-group'), get('test-machine-group'), format);
    expect(read.statusCode).toBe(200);
    expect(read.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(read.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);
    expect(JSON.parse(read.body)).toEqual({
      groupName: 'test-machine-group',
      groupType: '',
      groupAttribute: { externalName: 'testgroup', groupTopic: 'testtopic' },
      machineIdentifyType: 'ip',
      machineList: [],
      createTime: expect.any(Number),
      lastModifyTime: expect.any(Number),
    });
  });
  test('takes a body in base64', async () => {
    const call = { ...post(Buffer.from(SAMPLE).toString('base64')), base64: true };
    expect((await functions.http(await functions.load('create-group'), call, format)).statusCode).toBe(200);
  });
});

describe('direct invocation with the bare request object', () => {
  test('answers with plain values', async () => {
    const create = await functions.load('create-group');
    expect(await create(JSON.parse(SAMPLE), lambdaContext)).toEqual({ requestId: expect.any(String) });
    const read = await functions.load('get-group');
    const input = { projectName: PROJECT, groupName: 'test-machine-group' };
    expect(await read(input, lambdaContext)).toMatchObject({ groupName: 'test-machine-group' });
  });
  test('fails with the documented code as the error type, and nothing else on it', async () => {
    const read = await functions.load('get-group');
    const error = (await read({ projectName: PROJECT, groupName: 'gone' }, lambdaContext).catch(
      (e) => e,
    )) as Error;
    expect(error).toMatchObject({ name: 'GroupNotExist', stack: '' });
    expect(error.message).toMatch(/^group gone does not exist\. \(request [0-9A-F]{24}\)$/);
    expect(error.cause).toBeUndefined();
  });
});

test('sends SLS the documented body, without projectName and with members normalised', async () => {
  const machineList = ['10.0.0.2', '::ffff:10.0.0.1', ' 10.0.0.2 ', '2001:DB8::0:1'];
  await functions.http(await functions.load('create-group'), post(group({ machineList })));
  expect(functions.standIn.requests.at(-1)?.body).toBe(
    '{"groupName":"test-machine-group","groupType":"","machineIdentifyType":"ip","groupAttribute":{"groupTopic":"testtopic","externalName":"testgroup"},"machineList":["10.0.0.2","10.0.0.1","2001:db8::1"]}',
  );
});

test('sends the documented defaults for what is left out', async () => {
  const body =
    '{"projectName":"ali-test-project","groupName":"abc","machineIdentifyType":"userdefined","machineList":["a b"]}';
  await functions.http(await functions.load('create-group'), post(body));
  expect(functions.standIn.requests.at(-1)?.body).toBe(
    '{"groupName":"abc","groupType":"","machineIdentifyType":"userdefined","groupAttribute":{"groupTopic":"","externalName":""},"machineList":["a b"]}',
  );
});

test('uses the default project where none is given', async () => {
  const env = { SLS_PROJECT: PROJECT };
  const created = await functions.http(
    await functions.load('create-group', env),
    post(group({ projectName: undefined })),
  );
  expect(created.statusCode).toBe(200);
  const read = await functions.http(await functions.load('get-group', env), get('test-machine-group', {}));
  expect(read.statusCode).toBe(200);
});

describe('an error of SLS', () => {
  test('is answered as 400 MachineGroupAlreadyExist', async () => {
    const create = await functions.load('create-group');
    await functions.http(create, post(SAMPLE));
    const result = await functions.http(create, post(SAMPLE));
    expect(result.statusCode).toBe(400);
    expect(problem(result)).toEqual({
      errorCode: 'MachineGroupAlreadyExist',
      errorMessage: 'groupName already exists.',
      requestId: result.headers['x-log-requestid'],
    });
    expect(problem(result).requestId).toBe(functions.standIn.requests.at(-1)?.requestId);
  });
  test('is answered as 404 ProjectNotExist by both functions', async () => {
    const projectName = 'no-such-project';
    for (const result of [
      await functions.http(await functions.load('create-group'), post(group({ projectName }))),
      await functions.http(await functions.load('get-group'), get('abc', { projectName })),
    ]) {
      expect(result.statusCode).toBe(404);
      expect(problem(result)).toMatchObject({
        errorCode: 'ProjectNotExist',
        errorMessage: 'Project no-such-project does not exist.',
      });
    }
  });
  test('is answered as 404 GroupNotExist', async () => {
    const result = await functions.http(await functions.load('get-group'), get('gone'));
    expect(result.statusCode).toBe(404);
    expect(problem(result)).toMatchObject({
      errorCode: 'GroupNotExist',
      errorMessage: 'group gone does not exist.',
    });
  });
  test.each([
    ['get-group', get('gone')],
    ['delete-group', { ...get('gone'), method: 'DELETE' }],
  ])(
    'of a missing group is told to %s as SDKs compare it, where the deployer says so',
    async (name, call) => {
      const handler = await functions.load(name, { SLS_ERROR_NAMES: 'sdk' });
      const result = await functions.http(handler, call);
      expect(result.statusCode).toBe(404);
      expect(problem(result)).toMatchObject({
        errorCode: 'MachineGroupNotExist',
        errorMessage: 'MachineGroup gone does not exist.',
        requestId: functions.standIn.requests.at(-1)?.requestId,
      });
      const elsewhere = await functions.http(handler, {
        ...call,
        query: { projectName: 'no-such-project' },
      });
      expect(problem(elsewhere).errorCode).toBe('ProjectNotExist');
    },
  );
  test('is answered as 502 AnswerNotUnderstood for a group of a kind that no body can carry', async () => {
    const group = {
      groupName: 'abc',
      groupType: '',
      groupAttribute: { groupTopic: '', externalName: '' },
      machineIdentifyType: 'hostname',
      machineList: ['web-1'],
      createTime: 1_447_178_253,
      lastModifyTime: 1_447_178_253,
    };
    functions.standIn.groups(PROJECT).set('abc', group as never);
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect([result.statusCode, problem(result).errorCode]).toEqual([502, 'AnswerNotUnderstood']);
    expect(problem(result).errorMessage).toContain('machineIdentifyType');
  });
  test('is answered as 500 InternalServerError', async () => {
    functions.standIn.faults.add({ kind: 'error', status: 500, code: 'InternalServerError', times: 9 });
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result.statusCode).toBe(500);
    expect(problem(result).errorCode).toBe('InternalServerError');
  });
  test('is answered as 400 InvalidParameter with the words of the service', async () => {
    functions.standIn.faults.add({
      kind: 'error',
      status: 400,
      code: 'InvalidParameter',
      message: 'no luck',
    });
    const result = await functions.http(await functions.load('create-group'), post(SAMPLE));
    expect(problem(result)).toMatchObject({
      errorCode: 'InvalidParameter',
      errorMessage: 'invalid group resource json. no luck',
    });
  });
});

describe('before anything is sent', () => {
  test.each([
    [
      'name too short',
      { groupName: 'ab' },
      /groupName: must be 3 to 128 characters.*is text of 2 characters/,
    ],
    ['name too long', { groupName: 'a'.repeat(129) }, /groupName: .*is text of 129 characters/],
    ['upper case in a name', { groupName: 'Web' }, /groupName/],
    ['a name that ends in a hyphen', { groupName: 'web-' }, /groupName/],
    ['a name that is missing', { groupName: undefined }, /groupName: is missing/],
    ['another identify type', { machineIdentifyType: 'IP' }, /machineIdentifyType: .*"ip".*"userdefined"/],
    ['octal addresses', { machineList: ['10.0.0.1', '010.0.0.1'] }, /machineList\[1\]: .*leading zeros/],
    ['addresses with a mask', { machineList: ['10.0.0.0/8'] }, /machineList\[0\]: .*mask/],
    ['no addresses', { machineList: ['web-1'] }, /machineList\[0\]: .*address/],
    [
      'blank ids',
      { machineIdentifyType: 'userdefined', machineList: [' '] },
      /machineList\[0\]: .*not blank/,
    ],
    ['control characters', { machineIdentifyType: 'userdefined', machineList: ['a\nb'] }, /machineList\[0\]/],
    [
      'control characters in a topic',
      { groupAttribute: { groupTopic: '\u0007' } },
      /groupAttribute\.groupTopic/,
    ],
    ['a list that is missing', { machineList: undefined }, /machineList: is missing/],
    ['a list that is text', { machineList: '10.0.0.1' }, /machineList: must be a list/],
    ['unknown fields', { machinelist: [] }, /machinelist: is not a known field/],
    [
      'unknown fields further in',
      { groupAttribute: { topic: '' } },
      /groupAttribute\.topic: is not a known field/,
    ],
    ['a type of group that is no text', { groupType: 1 }, /groupType/],
    ['a project that is no host label', { projectName: 'evil.example/' }, /projectName/],
    ['no project at all', { projectName: undefined }, /projectName: is required/],
  ])('refuses with 400 InvalidParameter: %s', async (_, changes, says) => {
    const result = await functions.http(await functions.load('create-group'), post(group(changes)));
    expect(result.statusCode).toBe(400);
    expect(problem(result).errorCode).toBe('InvalidParameter');
    expect(problem(result).errorMessage).toMatch(/^invalid group resource json\. /);
    expect(problem(result).errorMessage).toMatch(says);
    expect(problem(result).requestId).toBe('gateway-request-id');
    expect(functions.standIn.requests).toEqual([]);
  });
  test.each(['ab', 'Web', 'a_', '-'])(
    'accepts in reads a name that may exist from older days: %s',
    async (name) => {
      const result = await functions.http(await functions.load('get-group'), get(name));
      expect(problem(result).errorCode).toBe('GroupNotExist');
    },
  );
  test.each([
    [get('a b'), /groupName/],
    [get('..'), /groupName/],
    [get('abc', { projectName: 'a.b' }), /projectName/],
    [get('abc', { project: PROJECT }), /project: is not a known field/],
    [get('abc', {}), /projectName: is required/],
  ])('refuses in reads a name that cannot exist: %j', async (call, says) => {
    const result = await functions.http(await functions.load('get-group'), call);
    expect(result.statusCode).toBe(400);
    expect(problem(result).errorMessage).toMatch(says);
  });
  test.each(['', '{', 'null x', '\u0000'])('refuses with 400 PostBodyInvalid: %j', async (body) => {
    const result = await functions.http(await functions.load('create-group'), post(body));
    expect(result.statusCode).toBe(400);
    expect(problem(result).errorCode).toBe('PostBodyInvalid');
  });
  test('refuses with 400 PostBodyInvalid bytes that are not UTF-8', async () => {
    const call = { ...post(Buffer.from([0x22, 0xff, 0x22]).toString('base64')), base64: true };
    const result = await functions.http(await functions.load('create-group'), call);
    expect(problem(result)).toMatchObject({
      errorCode: 'PostBodyInvalid',
      errorMessage: expect.stringMatching(/UTF-8/),
    });
  });
  test.each(['null', '[]', '7', '"text"'])(
    'refuses with 400 InvalidParameter a body that is %s',
    async (body) => {
      const result = await functions.http(await functions.load('create-group'), post(body));
      expect(result.statusCode).toBe(400);
      expect(problem(result).errorMessage).toMatch(/document: must be an object/);
    },
  );
  test.each([
    {},
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json; charset="utf-8' },
    { 'content-type': 'application/json; version=1' },
  ])('refuses with 415 the content type %j', async (headers) => {
    const result = await functions.http(await functions.load('create-group'), post(SAMPLE, headers));
    expect(result.statusCode).toBe(415);
    expect(problem(result).errorCode).toBe('InvalidContentType');
  });
  test.each([
    'Application/JSON; charset="UTF-8"',
    'application/json;charset=utf8',
    'application/json; charset="Utf8"',
    'application/json;',
    'application/json; charset=UTF-8 ;',
  ])('accepts a charset that is UTF-8: %s', async (type) => {
    const headers = { 'CONTENT-TYPE': type };
    expect(
      (await functions.http(await functions.load('create-group'), post(SAMPLE, headers))).statusCode,
    ).toBe(200);
  });
  test('refuses with 413 a body over the limit', async () => {
    const result = await functions.http(
      await functions.load('create-group'),
      post(`"${'x'.repeat(3_145_728)}"`),
    );
    expect(result.statusCode).toBe(413);
    expect(problem(result).errorCode).toBe('PostBodyTooLarge');
  });
});

describe('a failure of SLS', () => {
  test('is answered as 429 with Retry-After when it throttles', async () => {
    const headers = { 'retry-after': '40' };
    const fault = { kind: 'error', status: 403, code: 'MetaOperationQpsLimitExceeded', headers } as const;
    functions.standIn.faults.add({ ...fault, times: 9 });
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result).toMatchObject({ statusCode: 429, headers: { 'retry-after': '40' } });
    expect(problem(result).errorCode).toBe('MetaOperationQpsLimitExceeded');
  });
  test('is answered as 502 when nobody answers', async () => {
    await functions.standIn.close();
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result.statusCode).toBe(502);
    expect(problem(result)).toMatchObject({ errorCode: 'ConnectionFailed', requestId: 'gateway-request-id' });
  });
  test('is answered as 504 when the answer does not come', async () => {
    functions.standIn.faults.add({ kind: 'hold', until: new Promise(() => {}), times: 9 });
    const handler = await functions.load('get-group', {
      SLS_ATTEMPT_TIMEOUT_MS: '100',
      SLS_TIMEOUT_MS: '150',
    });
    const result = await functions.http(handler, get('abc'));
    expect(result.statusCode).toBe(504);
    expect(problem(result).errorCode).toBe('Timeout');
  });
  test('is answered as 502 when something else answers', async () => {
    functions.standIn.faults.add({ kind: 'raw', status: 200, body: '<html>' });
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result.statusCode).toBe(502);
  });
  test('keeps the status 503 and gets a Retry-After', async () => {
    functions.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', times: 9 });
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result).toMatchObject({ statusCode: 503, headers: { 'retry-after': '3' } });
  });
});

describe('the AccessKey', () => {
  test('is read once for many requests, however they arrive', async () => {
    const read = await functions.load('get-group');
    await Promise.all([1, 2, 3].map(() => functions.http(read, get('abc'))));
    await functions.http(read, get('abc'));
    expect(functions.secrets.requests).toBe(1);
  });
  test('starts loading with the module, before the first request', async () => {
    await functions.load('get-group');
    await expect.poll(() => functions.secrets.requests).toBe(1);
  });
  test('is refreshed once when SLS refuses it', async () => {
    const read = await functions.load('get-group');
    await functions.http(read, get('abc'));
    const fresh = { accessKeyId: 'test-key-fresh', accessKeySecret: 'not-a-real-secret-either' };
    functions.standIn.setKeys([fresh]);
    functions.secrets.put(SECRET_ID, JSON.stringify(fresh));
    expect(problem(await functions.http(read, get('abc'))).errorCode).toBe('GroupNotExist');
    expect(functions.secrets.requests).toBe(2);
  });
  test('is answered as a 502 of ours when it stays refused, not as a 401 of the caller', async () => {
    functions.standIn.setKeys([]);
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result.statusCode).toBe(502);
    expect(problem(result).errorCode).toBe('Unauthorized');
  });
  test('is answered as a 500 that says so when it does not exist', async () => {
    const read = await functions.load('get-group', { SLS_SECRET_ID: 'no-such-secret' });
    const result = await functions.http(read, get('abc'));
    expect(result.statusCode).toBe(500);
    expect(problem(result).errorCode).toBe('SecretNotFound');
  });
  test('is answered as a 500 that names the field and shows nothing when it is malformed', async () => {
    functions.secrets.put(SECRET_ID, '{"accessKeyId":"marker-of-a-secret"}');
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result.statusCode).toBe(500);
    expect(problem(result)).toMatchObject({
      errorCode: 'SecretMalformed',
      errorMessage: expect.stringMatching(/accessKeySecret/),
    });
    expect(JSON.stringify([result, functions.lines])).not.toContain('marker-of-a-secret');
  });
  test('is answered as a 503 with Retry-After when its store is down', async () => {
    await functions.secrets.close();
    const result = await functions.http(await functions.load('get-group'), get('abc'));
    expect(result.statusCode).toBe(503);
    expect(problem(result).errorCode).toBe('SecretUnavailable');
    expect(result.headers['retry-after']).toBe('10');
  });
  test('is not waited for by a request that is refused anyway', async () => {
    await functions.secrets.close();
    const result = await functions.http(await functions.load('create-group'), post('{'));
    expect(result.statusCode).toBe(400);
  });
});

test('answers a wrong environment with a 500 that names the variable', async () => {
  const result = await functions.http(await functions.load('get-group', { SLS_ENDPOINT: '' }), get('abc'));
  expect(result.statusCode).toBe(500);
  expect(problem(result)).toMatchObject({
    errorCode: 'ConfigurationInvalid',
    errorMessage: expect.stringMatching(/SLS_ENDPOINT/),
  });
});

describe('the log', () => {
  test('has one line a request, with the ids under which SLS logged it', async () => {
    functions.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy' });
    const read = await functions.load('get-group');
    await functions.http(read, get('abc'));
    await functions.http(read, get('abc'));
    const lines = functions.lines.filter(({ event }) => event === 'request');
    const [busy, missing] = functions.standIn.requests.map(({ requestId }) => requestId);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      function: 'GetMachineGroup',
      status: 404,
      errorCode: 'GroupNotExist',
      project: PROJECT,
      group: 'abc',
      slsRequests: [`ServerBusy ${busy}`, `MachineGroupNotExist ${missing}`],
      requestId: 'gateway-request-id',
      invocation: 'http',
      coldStart: true,
    });
    expect(lines[1]).toMatchObject({ coldStart: false });
  });
  test('has no credential, on any path', async () => {
    const create = await functions.load('create-group');
    await functions.http(create, post(SAMPLE));
    functions.standIn.setKeys([]);
    await functions.http(create, post(SAMPLE));
    await functions.standIn.close();
    await functions.http(create, post(SAMPLE));
    const text = JSON.stringify(functions.lines);
    expect(functions.lines.length).toBeGreaterThanOrEqual(3);
    expect(text).not.toContain(DEFAULT_KEY.accessKeyId);
    expect(text).not.toContain(DEFAULT_KEY.accessKeySecret);
  });
});
