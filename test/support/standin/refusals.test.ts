// Every refusal of the stand-in, met by a hand-made request that is wrong in one thing.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basicIso, exchange, GROUP, type HandMade, NOW, PROJECT, send } from './hand-made.ts';
import { DEFAULT_KEY, type StandIn, type StandInOptions, startStandIn } from './index.ts';

const MINUTE = 60_000;
const STS = {
  accessKeyId: 'test-sts-key-id',
  accessKeySecret: 'not-a-real-sts-secret',
  securityToken: 'not-a-real-token',
  expiresAt: NOW + 60 * MINUTE,
};
const KEYS = [
  DEFAULT_KEY,
  STS,
  { ...STS, accessKeyId: 'test-expired-key-id', expiresAt: NOW },
  { ...DEFAULT_KEY, accessKeyId: 'test-disabled-key-id', disabled: true },
];

const at = (ms: number) => new Date(NOW + ms);

async function ask(made: HandMade, options: StandInOptions = {}) {
  await using standIn = await startStandIn({ clock: () => NOW, keys: KEYS, ...options });
  return { ...(await send(standIn, made)), requests: [...standIn.requests] };
}

let shared: StandIn;
beforeAll(async () => {
  shared = await startStandIn({ clock: () => NOW, keys: KEYS });
  shared.groups(PROJECT).set(GROUP.groupName, { ...GROUP, createTime: 1, lastModifyTime: 1 });
});
afterAll(() => shared.close());

interface Case {
  readonly says: string;
  readonly made: HandMade;
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
}

function table(cases: readonly Case[]): void {
  test.each(cases.map((row) => [row.says, row] as const))(
    'a request is refused: %s',
    async (_, { made, status, code, message }) => {
      const reply = await send(shared, made);
      expect({ status: reply.status, code: reply.code }).toEqual({ status, code });
      if (message !== undefined) expect(reply.message).toBe(message);
      if (code === undefined) return;
      expect(reply.headers['content-type']).toBe('application/json');
      expect(Object.keys(reply.json as object).sort()).toEqual(['errorCode', 'errorMessage']);
      expect(reply.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);
    },
  );
}

const list = (made: HandMade = {}): HandMade => ({ method: 'GET', path: '/machinegroups', ...made });
const create = (body: HandMade['body'], made: HandMade = {}): HandMade => ({ method: 'POST', body, ...made });

describe('what is right is accepted', () => {
  table([
    { says: 'V1 with hmac-sha1', made: list(), status: 200 },
    { says: 'V1 with hmac-sha256', made: list({ form: 'v1-sha256' }), status: 200 },
    { says: 'V4', made: list({ form: 'v4' }), status: 200 },
    { says: 'a query of odd characters', made: list({ query: { groupName: "a b+c*~/%&='é" } }), status: 200 },
    {
      says: 'the same under V4, by a signer that escapes as documented',
      made: list({ form: 'v4', query: { groupName: 'a b%&=é' } }),
      status: 200,
    },
    {
      says: 'a space that is sent as a plus',
      made: list({ query: { groupName: 'a b' }, target: '/machinegroups?groupName=a+b' }),
      status: 200,
    },
    { says: 'a temporary key with its token', made: list({ key: STS }), status: 200 },
    { says: 'the same under V4', made: list({ key: STS, form: 'v4' }), status: 200 },
    {
      says: 'a host without a port',
      made: list({ host: `${PROJECT}.cn-hangzhou.log.aliyuncs.com` }),
      status: 200,
    },
    {
      says: 'a content type without a body',
      made: list({ headers: { 'content-type': 'application/x-protobuf' } }),
      status: 200,
    },
    {
      says: 'an empty Content-MD5 without a body',
      made: list({ headers: { 'content-md5': '' } }),
      status: 200,
    },
    {
      says: 'x-log-date put in by a client that signed Date',
      made: list({ unsigned: { 'x-log-date': at(0).toUTCString() } }),
      status: 200,
    },
    {
      says: 'x-log-date that differs from the signed Date',
      made: list({ unsigned: { 'x-log-date': at(MINUTE).toUTCString() } }),
      status: 200,
    },
    {
      says: 'x-log-date where a proxy dropped Date',
      made: list({ unsigned: { date: undefined, 'x-log-date': at(0).toUTCString() } }),
      status: 200,
    },
    {
      says: 'a raw size of 0 with a body, as in the published sample',
      made: create({ ...GROUP, groupName: 'raw-size' }, { headers: { 'x-log-bodyrawsize': '0' } }),
      status: 200,
    },
    {
      says: 'a content type with a charset',
      made: create(
        { ...GROUP, groupName: 'charset' },
        { headers: { 'content-type': 'application/json; charset=utf-8' } },
      ),
      status: 200,
    },
  ]);
});

describe('host', () => {
  const invalid = (host: string): Case => ({
    says: `"${host}"`,
    made: list({ host }),
    status: 400,
    code: 'InvalidHost',
    message: `Host header ${host} is invalid.`,
  });
  table([
    invalid('ali-test-project.cn-shanghai.log.aliyuncs.com'),
    invalid('cn-hangzhou.log.aliyuncs.com'),
    invalid('a.b.cn-hangzhou.log.aliyuncs.com'),
    invalid('ali-test-projectcn-hangzhou.log.aliyuncs.com'),
    invalid('127.0.0.1'),
    { says: 'none at all', made: list({ headers: { host: undefined } }), status: 400, code: 'InvalidHost' },
    {
      says: 'a project that is not there',
      made: list({ project: 'no-such-project' }),
      status: 404,
      code: 'ProjectNotExist',
      message: 'The Project does not exist : no-such-project',
    },
  ]);

  test('is taken when it is a further endpoint', async () => {
    const made = { host: `${PROJECT}.cn-hangzhou-intranet.log.aliyuncs.com` };
    expect((await ask(made)).code).toBe('InvalidHost');
    expect((await ask(made, { otherEndpoints: ['cn-hangzhou-intranet.log.aliyuncs.com'] })).status).toBe(200);
  });

  test('is taken when its project is added later', async () => {
    await using standIn = await startStandIn({ clock: () => NOW });
    expect((await send(standIn, { project: 'second' })).code).toBe('ProjectNotExist');
    standIn.addProject('second');
    expect((await send(standIn, { project: 'second' })).status).toBe(200);
  });
});

describe('common headers', () => {
  const without = (name: string, code = 'MissingParameter', made: HandMade = {}): Case => ({
    says: `without ${name}${made.form ? ` (${made.form})` : ''}`,
    made: { ...made, headers: { [name]: undefined } },
    status: 400,
    code,
    ...(code === 'MissingParameter' && { message: `Missing http extend header key : ${name}.` }),
  });
  const wrong = (name: string, value: string, code = 'ParameterInvalid', made: HandMade = {}): Case => ({
    says: `${name}: ${value}`,
    made: { ...made, headers: { [name]: value } },
    status: 400,
    code,
  });
  const body = create(GROUP);
  table([
    without('x-log-apiversion', 'MissingAPIVersion'),
    wrong('x-log-apiversion', '0.4.0', 'InvalidAPIVersion'),
    without('x-log-bodyrawsize'),
    wrong('x-log-bodyrawsize', 'many'),
    wrong('x-log-bodyrawsize', '-1'),
    wrong('x-log-bodyrawsize', '10485760'),
    wrong('x-log-bodyrawsize', '1'),
    wrong('x-log-bodyrawsize', '7', 'ParameterInvalid', body),
    wrong('x-log-compresstype', 'lz4', 'ParameterInvalid', body),
    without('x-log-signaturemethod'),
    wrong('x-log-signaturemethod', 'hmac-md5'),
    without('x-log-content-sha256', 'MissingParameter', { form: 'v4' }),
    {
      says: 'without x-log-date (v4)',
      made: list({ form: 'v4', unsigned: { 'x-log-date': undefined } }),
      status: 400,
      code: 'MissingParameter',
      message: 'Missing http extend header key : x-log-date.',
    },
    {
      says: 'without any date',
      made: list({ unsigned: { date: undefined } }),
      status: 400,
      code: 'MissingParameter',
      message: 'Missing http extend header key : x-log-date.',
    },
    {
      says: 'without authorization',
      made: list({ unsigned: { authorization: undefined } }),
      status: 400,
      code: 'MissingParameter',
    },
    {
      says: 'authorization of no known scheme',
      made: list({ unsigned: { authorization: 'SLS test-key-id:AAAA' } }),
      status: 400,
      code: 'ParameterInvalid',
    },
    {
      says: 'authorization without a key',
      made: list({ unsigned: { authorization: 'LOG AAAA' } }),
      status: 400,
      code: 'ParameterInvalid',
    },
    without('content-type', 'MissingContentType', body),
    wrong('content-type', 'application/x-protobuf', 'InvalidContentType', body),
    wrong('content-type', 'application/jsonp', 'InvalidContentType', body),
  ]);

  test('have to hold x-log-bodyrawsize with compressed bodies only, when told so', async () => {
    const made = { headers: { 'x-log-bodyrawsize': undefined } };
    expect((await ask(made, { requireBodyRawSize: false })).status).toBe(200);
  });
});

describe('request time', () => {
  const off = (says: string, ms: number, form: 'v1' | 'v4', expired: boolean): Case => ({
    says: `${says} under ${form}`,
    made: { form, date: at(ms) },
    status: expired ? 400 : 200,
    ...(expired && { code: 'RequestTimeExpired' }),
  });
  const invalid = (date: string): Case => ({
    says: date,
    made: { headers: { date } },
    status: 400,
    code: 'InvalidRequestTime',
    message: `Request time ${date} not follow RFC822 spec.`,
  });
  table([
    ...(['v1', 'v4'] as const).flatMap((form) => [
      off('15 minutes late', -15 * MINUTE, form, false),
      off('15 minutes early', 15 * MINUTE, form, false),
      off('a second more than 15 minutes late', -15 * MINUTE - 1000, form, true),
      off('a second more than 15 minutes early', 15 * MINUTE + 1000, form, true),
    ]),
    {
      says: 'both times are told',
      made: { date: at(-60 * MINUTE) },
      status: 400,
      code: 'RequestTimeExpired',
      message:
        'Request time Thu, 15 Jan 2026 11:30:45 GMT has been expired while server time is Thu, 15 Jan 2026 12:30:45 GMT.',
    },
    {
      says: 'x-log-date counts where there are both',
      made: { unsigned: { 'x-log-date': at(-60 * MINUTE).toUTCString() } },
      status: 400,
      code: 'RequestTimeExpired',
    },
    invalid('2026-01-15T12:30:45Z'),
    invalid('Thu, 15 jan. 2026 12:30:45 GMT'),
    invalid('Do, 15 Jan 2026 12:30:45 GMT'),
    invalid('Thu, 32 Jan 2026 12:30:45 GMT'),
    invalid('Thu, 15 Jan 2026 25:30:45 GMT'),
    invalid('Thu, 15 Jan 2026 12:30:45 CET'),
    {
      says: 'RFC 1123 under V4',
      made: { form: 'v4', unsigned: { 'x-log-date': at(0).toUTCString() } },
      status: 400,
      code: 'InvalidRequestTime',
    },
    {
      says: 'a month 13 under V4',
      made: { form: 'v4', unsigned: { 'x-log-date': '20261315T123045Z' } },
      status: 400,
      code: 'InvalidRequestTime',
    },
  ]);

  test('is judged by the clock of a skewed server, which tells it', async () => {
    await using standIn = await startStandIn({ clock: () => NOW });
    standIn.setSkew(-20 * MINUTE);
    const refused = await send(standIn, {});
    expect(refused).toMatchObject({ status: 400, code: 'RequestTimeExpired' });
    const serverTime = refused.headers.date ?? '';
    expect(serverTime).toBe('Thu, 15 Jan 2026 12:10:45 GMT');
    expect((await send(standIn, { date: new Date(serverTime) })).status).toBe(200);
    standIn.setSkew(0);
    expect((await send(standIn, {})).headers.date).toBe('Thu, 15 Jan 2026 12:30:45 GMT');
  });
});

describe('keys and signatures', () => {
  const other = { accessKeyId: 'no-such-key-id', accessKeySecret: 'not-a-real-secret' };
  const wrongSecret = { ...DEFAULT_KEY, accessKeySecret: 'another-unreal-secret' };
  const signed = (says: string, made: HandMade): Case[] =>
    (['v1', 'v1-sha256', 'v4'] as const).map((form) => ({
      says: `${says} (${form})`,
      made: { ...made, form },
      status: 401,
      code: 'SignatureNotMatch',
    }));
  const sent = create(GROUP);
  table([
    {
      says: 'a key that is not there',
      made: { key: other },
      status: 401,
      code: 'Unauthorized',
      message: 'AccessKeyId not found: no-such-key-id',
    },
    { says: 'the same under V4', made: { key: other, form: 'v4' }, status: 401, code: 'Unauthorized' },
    {
      says: 'a disabled key',
      made: { key: { ...DEFAULT_KEY, accessKeyId: 'test-disabled-key-id' } },
      status: 401,
      code: 'Unauthorized',
      message: 'AccessKeyId is disabled: test-disabled-key-id',
    },
    {
      says: 'a temporary key without its token',
      made: { key: STS, headers: { 'x-acs-security-token': undefined } },
      status: 401,
      code: 'Unauthorized',
      message: 'The security token you provided is invalid.',
    },
    {
      says: 'a temporary key with another token',
      made: { key: { ...STS, securityToken: 'other' } },
      status: 401,
      code: 'Unauthorized',
      message: 'The security token you provided is invalid.',
    },
    {
      says: 'a lasting key with a token',
      made: { key: { ...DEFAULT_KEY, securityToken: 'other' } },
      status: 401,
      code: 'Unauthorized',
      message: 'The security token you provided is invalid.',
    },
    {
      says: 'a temporary key at its end',
      made: { key: { ...STS, accessKeyId: 'test-expired-key-id' } },
      status: 401,
      code: 'Unauthorized',
      message: 'The security token you provided has expired.',
    },
    ...signed('a wrong secret', { key: wrongSecret }),
    ...signed('another path than was signed', { path: '/machinegroups/a', target: '/machinegroups/b' }),
    ...signed('a header changed after signing', {
      unsigned: { 'x-log-apiversion': '0.6.0', 'x-acs-extra': 'x' },
    }),
    {
      says: 'a Date changed after signing',
      made: { unsigned: { date: at(1000).toUTCString() } },
      status: 401,
      code: 'SignatureNotMatch',
    },
    {
      says: 'a content type changed after signing',
      made: { ...sent, unsigned: { 'content-type': 'application/json;charset=utf-8' } },
      status: 401,
      code: 'SignatureNotMatch',
    },
    {
      says: 'the same under V4',
      made: { ...sent, form: 'v4', unsigned: { 'content-type': 'application/json;charset=utf-8' } },
      status: 401,
      code: 'SignatureNotMatch',
    },
    {
      says: 'a host changed after signing under V4',
      made: { form: 'v4', unsigned: { host: `other.cn-hangzhou.log.aliyuncs.com` } },
      status: 401,
      code: 'SignatureNotMatch',
    },
    {
      says: 'another body than was hashed under V4',
      made: {
        ...sent,
        form: 'v4',
        headers: { 'x-log-content-sha256': createHash('sha256').update('other').digest('hex') },
      },
      status: 401,
      code: 'SignatureNotMatch',
    },
    {
      says: 'another body than was hashed under V1',
      made: { ...sent, headers: { 'content-md5': '0'.repeat(32) } },
      status: 400,
      code: 'ParameterInvalid',
      message: `Http extend content-md5 : ${'0'.repeat(32)} pair is invalid.`,
    },
    {
      says: 'the MD5 of the body in lower case',
      made: {
        ...sent,
        headers: { 'content-md5': createHash('md5').update(JSON.stringify(GROUP)).digest('hex') },
      },
      status: 400,
      code: 'ParameterInvalid',
    },
    {
      says: 'a region that is not this one',
      made: { form: 'v4', region: 'cn-shanghai' },
      status: 400,
      code: 'ParameterInvalid',
      message: 'The signing region in credential is invalid',
    },
    {
      says: 'a scope of another service',
      made: {
        form: 'v4',
        unsigned: {
          authorization: `SLS4-HMAC-SHA256 Credential=test-key-id/20260115/cn-hangzhou/oss/aliyun_v4_request,Signature=${'0'.repeat(64)}`,
        },
      },
      status: 400,
      code: 'ParameterInvalid',
    },
    {
      says: 'a scope of another day',
      made: {
        form: 'v4',
        unsigned: {
          authorization: `SLS4-HMAC-SHA256 Credential=test-key-id/20260114/cn-hangzhou/sls/aliyun_v4_request,Signature=${'0'.repeat(64)}`,
        },
      },
      status: 400,
      code: 'ParameterInvalid',
      message: 'The signing date in credential is invalid',
    },
    {
      says: 'x-log-date changed after signing under V4',
      made: { form: 'v4', unsigned: { 'x-log-date': basicIso(at(1000)) } },
      status: 401,
      code: 'SignatureNotMatch',
    },
  ]);

  test('are refused in V1 by an endpoint that takes V4 only', async () => {
    expect(await ask({}, { allowV1: false })).toMatchObject({
      status: 400,
      code: 'SignatureVersionNotSupported',
    });
    expect((await ask({ form: 'v1-sha256' }, { allowV1: false })).code).toBe('SignatureVersionNotSupported');
    expect((await ask({ form: 'v4' }, { allowV1: false })).status).toBe(200);
  });

  test('have to name the region of the endpoint', async () => {
    const endpoint = 'eu-central-1-internal.log.aliyuncs.com';
    expect((await ask({ form: 'v4', region: 'eu-central-1' }, { endpoint })).status).toBe(200);
    const global = { endpoint: 'log-global.aliyuncs.com', region: 'cn-beijing' };
    expect((await ask({ form: 'v4', region: 'cn-beijing' }, global)).status).toBe(200);
  });

  test('are refused with the other codes that are documented', async () => {
    expect(await ask({ key: other }, { unknownKeyCode: 'InvalidAccessKeyId' })).toMatchObject({
      status: 401,
      code: 'InvalidAccessKeyId',
    });
    const expired = { key: { ...STS, accessKeyId: 'test-expired-key-id' } };
    expect(await ask(expired, { tokenExpiredCode: 'SecurityTokenExpired' })).toMatchObject({
      status: 401,
      code: 'SecurityTokenExpired',
    });
  });

  test('are replaced while it runs', async () => {
    await using standIn = await startStandIn({ clock: () => NOW });
    standIn.setKeys([wrongSecret]);
    expect((await send(standIn, {})).code).toBe('SignatureNotMatch');
    expect((await send(standIn, { key: wrongSecret })).status).toBe(200);
  });

  test('are recorded with who signed how, without credentials', async () => {
    const { requests } = await ask({ key: STS, form: 'v1-sha256', query: { size: '5' } });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      at: NOW,
      operation: 'ListMachineGroup',
      method: 'GET',
      path: '/machinegroups',
      query: { size: '5' },
      project: PROJECT,
      status: 200,
      signature: 'v1-sha256',
    });
    expect(JSON.stringify(requests)).not.toMatch(/not-a-real|authorization/);
    const refused = await ask({ key: wrongSecret, form: 'v4' });
    expect(refused.requests[0]).toMatchObject({
      status: 401,
      errorCode: 'SignatureNotMatch',
      signature: 'v4',
    });
    expect(refused.requests[0]?.requestId).toBe(refused.headers['x-log-requestid']);
  });

  test('fill a record that is bounded and can be emptied', async () => {
    await using standIn = await startStandIn({ clock: () => NOW, requestLog: 2 });
    for (const size of ['1', '2', '3']) await send(standIn, { query: { size } });
    expect(standIn.requests.map(({ query }) => query.size)).toEqual(['2', '3']);
    standIn.forgetRequests();
    expect(standIn.requests).toEqual([]);
  });
});

describe('route', () => {
  const invalid = (method: string, path: string): Case => ({
    says: `${method} ${path}`,
    made: { method, path },
    status: 405,
    code: 'InvalidMethod',
    message: `Invalid request method : ${path}`,
  });
  table([
    invalid('GET', '/'),
    invalid('GET', '/machinegroups/'),
    invalid('DELETE', '/machinegroups'),
    invalid('PATCH', '/machinegroups/test-group'),
    invalid('GET', '/machinegroups//machines'),
    invalid('GET', '/machinegroups/test-group/configs/a'),
    invalid('GET', '/logstores'),
  ]);
});

describe('body', () => {
  const notJson = (says: string, body: HandMade['body'], made: HandMade = {}): Case => ({
    says,
    made: create(body, made),
    status: 400,
    code: 'PostBodyInvalid',
    message: 'The request body is not valid JSON object.',
  });
  const notGroup = (says: string, change: object): Case => ({
    says,
    made: create(JSON.stringify({ ...GROUP, ...change })),
    status: 400,
    code: 'InvalidParameter',
    message: 'invalid group resource json',
  });
  table([
    notJson('nothing', undefined),
    notJson('not JSON', '{"groupName":'),
    notJson(
      'not UTF-8',
      Buffer.from(JSON.stringify({ ...GROUP, groupAttribute: { groupTopic: 'é' } }), 'latin1'),
    ),
    notJson('an array', '[]'),
    notJson('null', 'null'),
    notJson('a string', '"group"'),
    notGroup('no name', { groupName: undefined }),
    notGroup('a name of two characters', { groupName: 'ab' }),
    notGroup('a name of 129 characters', { groupName: 'a'.repeat(129) }),
    notGroup('a name in upper case', { groupName: 'Test-group' }),
    notGroup('a name that begins with a hyphen', { groupName: '-test' }),
    notGroup('a name that ends with an underscore', { groupName: 'test_' }),
    notGroup('a name that is a number', { groupName: 12345 }),
    notGroup('no identify type', { machineIdentifyType: undefined }),
    notGroup('an identify type in upper case', { machineIdentifyType: 'IP' }),
    notGroup('no machine list', { machineList: undefined }),
    notGroup('a machine list that is a string', { machineList: '10.0.0.1' }),
    notGroup('a machine that is a number', { machineList: ['10.0.0.1', 7] }),
    notGroup('a group type that is a number', { groupType: 7 }),
    notGroup('an attribute that is null', { groupAttribute: null }),
    notGroup('a topic that is a number', { groupAttribute: { groupTopic: 7 } }),
    notGroup('an external name that is null', { groupAttribute: { externalName: null } }),
  ]);

  test('is read to its end and refused when it is too large', async () => {
    const limit = 1000;
    await using standIn = await startStandIn({ clock: () => NOW, bodyLimit: limit });
    const sized = (bytes: number) => create('x'.repeat(bytes));
    expect(await send(standIn, sized(limit))).toMatchObject({
      status: 413,
      code: 'PostBodyTooLarge',
      message: 'Body size 1000 must little than 1000.',
    });
    expect((await send(standIn, sized(limit - 1))).code).toBe('PostBodyInvalid');
    expect((await send(standIn, sized(limit * 1000))).code).toBe('PostBodyTooLarge');
  });

  test('is limited to 10485760 bytes unless that is set', async () => {
    expect((await ask(create('x'.repeat(10_485_760)))).code).toBe('PostBodyTooLarge');
    expect((await ask(create('x'.repeat(10_485_759)))).code).toBe('PostBodyInvalid');
  });
});

test('what is not HTTP ends the connection with 400', async () => {
  const reply = await exchange(
    shared.port,
    'GET',
    '/machinegroups',
    { 'content-length': 'many' },
    Buffer.alloc(0),
  ).catch((error: Error) => error);
  expect(reply).toMatchObject({ status: 400, text: '' });
});
