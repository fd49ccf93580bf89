// What holds for every function of the machine-group API: documented errors, the default project, both payload
// formats, direct invocation, and nothing read that nobody asked for.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROUTES } from '../../lib/build/openapi.ts';
import {
  DOCUMENTED_ERRORS,
  type DocumentedKind,
  OPERATIONS,
  type Operation,
  type OperationName,
  routeOf,
} from '../../lib/sls/operations.ts';
import { PROJECT } from '../support/names.ts';
import { CONFIG, callOf, codeOf, GROUP, jsonOf, messageOf, storedGroup } from './api-calls.ts';
import { lambdaContext } from './events.ts';
import { Functions } from './setup.ts';

/** What functions need beside the names in their paths. */
const PARTS: Record<string, { query?: Record<string, string>; body?: object; input?: object }> = {
  'create-group': { body: { groupName: 'new-group', machineIdentifyType: 'ip', machineList: [] } },
  'patch-group': { body: { groupAttribute: { groupTopic: 'another' } } },
  'update-group': { body: { groupName: GROUP, machineIdentifyType: 'ip', machineList: ['10.0.0.9'] } },
  'update-machines': { query: { action: 'add' }, body: ['10.0.0.3'], input: { machines: ['10.0.0.3'] } },
};

const routes = ROUTES.filter(({ tag }) => ['groups', 'machines', 'configs'].includes(tag));

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
  functions.standIn.groups(PROJECT).set(GROUP, storedGroup());
  functions.standIn.configs(PROJECT).add(CONFIG);
});
afterEach(() => functions[Symbol.asyncDispose]());

/** A request that succeeds, with changes. */
function working(name: string, { query = {}, body = {}, parameters = {} } = {}) {
  const parts = PARTS[name] ?? {};
  const given =
    parts.body === undefined
      ? {}
      : { body: Array.isArray(parts.body) ? parts.body : { ...parts.body, ...body } };
  return callOf(name, { parameters, query: { projectName: PROJECT, ...parts.query, ...query }, ...given });
}

/** Makes the request meet an error of SLS. */
function arrange(kind: DocumentedKind, name: string, operation: OperationName) {
  switch (kind) {
    case 'project-missing':
      return working(name, { query: { projectName: 'no-such-project' } });
    case 'group-missing':
      functions.standIn.groups(PROJECT).clear();
      return working(name);
    case 'config-missing':
      functions.standIn.configs(PROJECT).clear();
      return working(name);
    case 'group-exists':
      functions.standIn.groups(PROJECT).set('new-group', storedGroup({ groupName: 'new-group' }));
      return working(name);
    case 'invalid-parameter': {
      const refusal = { status: 400, code: 'InvalidParameter', message: 'no luck' };
      functions.standIn.faults.add({ kind: 'error', ...refusal, operation });
      return working(name);
    }
    case 'server':
      functions.standIn.faults.add({ kind: 'error', status: 500, code: 'InternalServerError', times: 9 });
      return working(name);
  }
}

test('every function that serves an operation of SLS under its own path is here', () => {
  const serving = ROUTES.filter(({ path, operations }) =>
    operations.some((operation) => routeOf(operation).path === path),
  );
  expect(routes).toEqual(serving);
  expect(Object.keys(PARTS).filter((name) => !routes.some((route) => route.function === name))).toEqual([]);
});

describe.each(routes)('$function', ({ function: name, operations, method }) => {
  const served = operations.at(-1) as (typeof operations)[number];
  const { errors } = OPERATIONS[served] as Operation;

  test.each(['2.0', '1.0'] as const)('answers to payload format %s', async (format) => {
    const result = await functions.http(await functions.load(name), working(name), format);
    expect(result.statusCode, result.body).toBe(200);
    expect(result.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);
    expect(functions.standIn.requests.map(({ operation }) => operation)).toContain(served);
    if (method === 'GET') expect(jsonOf(result)).toBeTypeOf('object');
    else expect(result.body).toBe('');
  });

  test('answers to a direct invocation as over HTTP', async () => {
    const { query, parameters, body } = working(name);
    const input = { ...query, ...parameters, ...(PARTS[name]?.input ?? JSON.parse(body ?? '{}')) };
    const value = await (await functions.load(name))(input, lambdaContext);
    if (method !== 'GET') expect(value).toEqual({ requestId: expect.stringMatching(/^[0-9A-F]{24}$/) });
    else expect(value).toEqual(jsonOf(await functions.http(await functions.load(name), working(name))));
  });

  test('takes the default project, and says what is missing without one', async () => {
    const call = { ...working(name), query: PARTS[name]?.query ?? {} };
    const result = await functions.http(await functions.load(name, { SLS_PROJECT: PROJECT }), call);
    expect(result.statusCode, result.body).toBe(200);
    const refused = await functions.http(await functions.load(name), call);
    expect([refused.statusCode, codeOf(refused)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(refused)).toMatch(/projectName: is required/);
  });

  test('refuses a query that it does not read, by name, and sends nothing', async () => {
    const result = await functions.http(
      await functions.load(name),
      working(name, { query: { colour: 'red' } }),
    );
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(/"?colour"?: is not a known field/);
    expect(functions.standIn.requests).toEqual([]);
  });

  test('refuses names that cannot be', async () => {
    const wrong = { projectName: 'a.b', groupName: '..', configName: '..' };
    const { parameters = {}, query = {} } = working(name);
    for (const field of [...Object.keys(parameters), 'projectName']) {
      const place = field in parameters ? { parameters: { [field]: wrong[field as 'groupName'] } } : {};
      const call = working(name, { ...place, ...(field in query && { query: { projectName: 'a.b' } }) });
      const result = await functions.http(await functions.load(name), call);
      expect([result.statusCode, codeOf(result)], field).toEqual([400, 'InvalidParameter']);
      expect(messageOf(result)).toMatch(new RegExp(`${field}: must be`));
    }
    expect(functions.standIn.requests).toEqual([]);
  });

  test.each(errors)('answers as documented: %s', async (kind) => {
    const { status, code, message } = DOCUMENTED_ERRORS[kind];
    const call = arrange(kind, name, served);
    const result = await functions.http(await functions.load(name), call);
    expect(result.statusCode).toBe(status);
    const names = { projectName: 'no-such-project', groupName: GROUP, configName: CONFIG };
    const words = message.replace(/\{(\w+)\}/, (_, place: keyof typeof names) => names[place]);
    expect(jsonOf(result)).toEqual({
      errorCode: code,
      errorMessage: kind === 'invalid-parameter' ? `${words} no luck` : words,
      requestId: result.headers['x-log-requestid'],
    });
    expect(jsonOf(result).requestId).toMatch(/^[0-9A-F]{24}$/);
  });

  test.each([
    [{ status: 403, code: 'MetaOperationQpsLimitExceeded' }, 429],
    [{ status: 403, code: 'ProjectForbidden' }, 403],
    [{ status: 401, code: 'Unauthorized' }, 502],
    [{ status: 503, code: 'ServerBusy' }, 503],
  ])('answers what SLS says in general: %o', async (refusal, status) => {
    // Told to wait no longer than it takes, so that the test does not.
    const headers = { 'retry-after': '0' };
    functions.standIn.faults.add({ kind: 'error', ...refusal, headers, times: 9 });
    const result = await functions.http(await functions.load(name), working(name));
    expect([result.statusCode, codeOf(result)]).toEqual([status, refusal.code]);
  });

  test('logs a line that names what it was about and the requests it took', async () => {
    await functions.http(await functions.load(name), working(name));
    const line = functions.lines.find(({ event }) => event === 'request');
    expect(line).toMatchObject({ level: 'info', status: 200, project: PROJECT });
    const requests = [...((line?.slsRequests ?? []) as string[])];
    expect(requests.toSorted()).toEqual(
      functions.standIn.requests.map(({ requestId }) => requestId).toSorted(),
    );
  });
});
