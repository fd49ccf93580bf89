// Listing groups and machines: pages as SLS has them, everything at once, and never part of a listing as the whole.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT } from '../support/names.ts';
import type { Heartbeat } from '../support/standin/index.ts';
import { callOf, codeOf, GROUP, jsonOf, messageOf, storedGroup } from './api-calls.ts';
import { Functions } from './setup.ts';

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
});
afterEach(() => functions[Symbol.asyncDispose]());

async function get(name: string, query: Record<string, string> = {}, env: Record<string, string> = {}) {
  const handler = await functions.load(name, env);
  return functions.http(handler, callOf(name, { query: { projectName: PROJECT, ...query } }));
}

/** Queries of the requests that SLS got. */
const queries = () => functions.standIn.requests.map(({ query }) => query);

/** Answers the next request for a page with this. */
function answerWith(page: object, skip = 0) {
  const body = JSON.stringify(page);
  functions.standIn.faults.add({ kind: 'raw', status: 200, contentType: 'application/json', body, skip });
}

function makeGroups(...names: string[]) {
  const groups = functions.standIn.groups(PROJECT);
  for (const groupName of names) groups.set(groupName, storedGroup({ groupName }));
}

/** `group-0000` and so on. */
const named = (count: number) =>
  Array.from({ length: count }, (_, n) => `group-${String(n).padStart(4, '0')}`);

describe('list-groups', () => {
  test('answers one page, and always sends size and offset', async () => {
    makeGroups('db-1', 'web-1', 'web-2', 'web-3');
    const result = await get('list-groups', { offset: '1', size: '2' });
    expect(jsonOf(result)).toEqual({ machinegroups: ['web-1', 'web-2'], count: 2, total: 4 });
    await get('list-groups');
    expect(queries()).toEqual([
      { offset: '1', size: '2' },
      { offset: '0', size: '500' },
    ]);
  });
  test('answers groups whose name holds a part', async () => {
    makeGroups('db-1', 'web-1', 'web-2');
    const result = await get('list-groups', { groupName: 'web' });
    expect(jsonOf(result)).toEqual({ machinegroups: ['web-1', 'web-2'], count: 2, total: 2 });
    expect(queries()).toEqual([{ groupName: 'web', offset: '0', size: '500' }]);
  });
  test('answers no group without an error, and a page past the end, too', async () => {
    expect(jsonOf(await get('list-groups'))).toEqual({ machinegroups: [], count: 0, total: 0 });
    expect(jsonOf(await get('list-groups', { all: 'true' }))).toEqual({
      machinegroups: [],
      count: 0,
      total: 0,
    });
    makeGroups('web-1');
    expect(jsonOf(await get('list-groups', { offset: '7' }))).toEqual({
      machinegroups: [],
      count: 0,
      total: 1,
    });
  });
  test.each([1, 499, 500, 501, 1000, 1203])('reads all of %i groups, page after page', async (count) => {
    makeGroups(...named(count));
    const result = await get('list-groups', { all: 'true' });
    expect(jsonOf(result)).toEqual({ machinegroups: named(count), count, total: count });
    expect(queries()).toEqual(
      Array.from({ length: Math.ceil(count / 500) }, (_, n) => ({ offset: String(n * 500), size: '500' })),
    );
  });
  test('reads all groups whose name holds a part', async () => {
    makeGroups(...named(600), 'other');
    const result = await get('list-groups', { all: 'true', groupName: 'group-' });
    expect(jsonOf(result)).toMatchObject({ count: 600, total: 600 });
    expect(queries()).toHaveLength(2);
  });

  describe('answers 502 ListingInconsistent for', () => {
    const first = named(500);
    test.each([
      [
        'the total grows',
        { machinegroups: ['new'], count: 1, total: 602 },
        /there were 601 rows, now there are 602/,
      ],
      [
        'the total shrinks',
        { machinegroups: ['new'], count: 1, total: 501 },
        /there were 601 rows, now there are 501/,
      ],
      ['a row comes twice', { machinegroups: [first[499]], count: 1, total: 601 }, /a row came twice/],
      [
        'a page is empty',
        { machinegroups: [], count: 0, total: 601 },
        /no row came from 500 on, there are 601/,
      ],
      ['the count is another', { machinegroups: ['new'], count: 2, total: 601 }, /holds 1 rows and counts 2/],
      [
        'there are rows beyond the total',
        { machinegroups: ['a', 'b'], count: 2, total: 501 },
        /rows up to 502/,
      ],
      [
        'more came than asked for',
        { machinegroups: named(501), count: 501, total: 9_000 },
        /500 rows were asked for, 501/,
      ],
    ])('%s', async (_, second, says) => {
      makeGroups(...named(601));
      answerWith(second, 1);
      const result = await get('list-groups', { all: 'true' });
      expect([result.statusCode, codeOf(result)]).toEqual([502, 'ListingInconsistent']);
      expect(messageOf(result)).toMatch(says);
      expect(jsonOf(result).requestId).toBe(functions.standIn.requests.at(-1)?.requestId);
    });
    test('a single page that contradicts itself', async () => {
      answerWith({ machinegroups: ['a'], count: 2, total: 2 });
      const result = await get('list-groups', { size: '2' });
      expect([result.statusCode, codeOf(result)]).toEqual([502, 'ListingInconsistent']);
    });
  });

  test.each([
    { machinegroups: ['a'], count: 1 },
    { count: 0, total: 0 },
    { machinegroups: null, count: 0, total: 0 },
    [],
  ])('answers 502 AnswerNotUnderstood for the page %j', async (page) => {
    answerWith(page);
    const result = await get('list-groups', { all: 'true' });
    expect([result.statusCode, codeOf(result)]).toEqual([502, 'AnswerNotUnderstood']);
  });

  test('tries a page that fails again, and not the others', async () => {
    makeGroups(...named(1200));
    functions.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', skip: 1 });
    expect(jsonOf(await get('list-groups', { all: 'true' })).count).toBe(1200);
    expect(queries().map(({ offset }) => offset)).toEqual(['0', '500', '500', '1000']);
  });

  test('shares the time of one request among the pages', async () => {
    makeGroups(...named(1200));
    functions.standIn.faults.add({ kind: 'hold', until: new Promise(() => {}), skip: 1, times: 9 });
    const result = await get(
      'list-groups',
      { all: 'true' },
      { SLS_TIMEOUT_MS: '300', SLS_ATTEMPT_TIMEOUT_MS: '300' },
    );
    expect([result.statusCode, codeOf(result)]).toEqual([504, 'Timeout']);
  });
});

describe.each(['list-groups', 'list-machines'])('%s refuses', (name) => {
  test.each([
    [{ size: '0' }, /size: must be at least 1/],
    [{ size: '501' }, /size: must be at most 500/],
    [{ size: '-1' }, /size: must be a /],
    [{ size: '1.5' }, /size: must be a /],
    [{ size: '1e2' }, /size: must be a /],
    [{ size: '' }, /size: must be a /],
    [{ size: '10,20' }, /size: must be a /],
    [{ offset: '-1' }, /offset: must be a /],
    [{ offset: 'x' }, /offset: must be a /],
    [{ offset: '2147483648' }, /offset: must be at most 2147483647/],
    [{ offset: '9007199254740991' }, /offset: must be /],
    [{ all: 'yes' }, /all: must be true or false/],
    [{ all: 'true', size: '10' }, /all: reads every page: leave out offset and size/],
    [{ all: 'true', offset: '0' }, /all: reads every page/],
  ])('the query %j', async (query, says) => {
    const result = await get(name, query);
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(says);
    expect(functions.standIn.requests).toEqual([]);
  });
});

describe('list-machines', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const heartbeat = (ip: string, age: number, more: Partial<Heartbeat> = {}): Heartbeat => ({
    ip,
    'machine-uniqueid': `uuid-${ip}`,
    lastHeartbeatTime: age === Number.POSITIVE_INFINITY ? 0 : now() - age,
    ...more,
  });
  function arrange(group: object, heartbeats: readonly Heartbeat[]) {
    functions.standIn.groups(PROJECT).set(GROUP, storedGroup(group));
    functions.standIn.setHeartbeats(PROJECT, GROUP, heartbeats);
  }
  const statuses = (result: Parameters<typeof jsonOf>[0]) =>
    jsonOf(result).machines.map(({ ip, status, ...rest }: Record<string, string>) => [
      ip || rest['userdefined-id'],
      status,
    ]);

  test('tells ok, stale and never apart', async () => {
    arrange({ machineList: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'] }, [
      heartbeat('10.0.0.1', 10),
      heartbeat('10.0.0.2', 1_000),
      heartbeat('10.0.0.4', Number.POSITIVE_INFINITY),
    ]);
    const result = await get('list-machines');
    expect(statuses(result)).toEqual([
      ['10.0.0.1', 'ok'],
      ['10.0.0.2', 'stale'],
      ['10.0.0.4', 'never'],
      ['10.0.0.3', 'never'],
    ]);
    expect(jsonOf(result)).toMatchObject({ count: 4, total: 4 });
  });
  test('answers the documented fields under the names of the wire', async () => {
    const seen = heartbeat('10.0.0.1', 0, { 'host-id': 'host-1', 'userdefined-id': 'id-1' });
    arrange({ machineList: ['10.0.0.1'] }, [seen]);
    expect(jsonOf(await get('list-machines')).machines).toEqual([{ ...seen, status: 'ok' }]);
    arrange({ machineList: ['10.0.0.1'] }, []);
    expect(jsonOf(await get('list-machines')).machines).toEqual([
      { ip: '10.0.0.1', 'machine-uniqueid': '', 'userdefined-id': '', lastHeartbeatTime: 0, status: 'never' },
    ]);
  });
  test.each([
    [{}, {}, ['ok', 'stale']],
    [{ staleSeconds: '60' }, {}, ['stale', 'stale']],
    [{ staleSeconds: '86400' }, {}, ['ok', 'ok']],
    [{}, { HEARTBEAT_STALE_SECONDS: '60' }, ['stale', 'stale']],
    [{ staleSeconds: '86400' }, { HEARTBEAT_STALE_SECONDS: '60' }, ['ok', 'ok']],
  ])('takes the age from the caller, else from the deployment: %j %j', async (query, env, expected) => {
    arrange({ machineList: [] }, [heartbeat('10.0.0.1', 200), heartbeat('10.0.0.2', 2_000)]);
    const result = await get('list-machines', query as Record<string, string>, env as Record<string, string>);
    expect(statuses(result).map(([, status]: string[]) => status)).toEqual(expected);
  });
  test('knows members of a group of ids by their ids', async () => {
    arrange({ machineIdentifyType: 'userdefined', machineList: ['web', 'db', 'cache'] }, [
      heartbeat('10.0.0.1', 1, { 'userdefined-id': 'web' }),
      heartbeat('10.0.0.2', 1, { 'userdefined-id': 'web' }),
      heartbeat('10.0.0.3', 1, { 'userdefined-id': 'db' }),
    ]);
    const { machines } = jsonOf(await get('list-machines'));
    expect(machines.slice(3)).toEqual([
      { ip: '', 'machine-uniqueid': '', 'userdefined-id': 'cache', lastHeartbeatTime: 0, status: 'never' },
    ]);
  });
  test('takes addresses in any spelling for the same', async () => {
    arrange({ machineList: ['2001:DB8::1', '::ffff:10.0.0.1', '10.0.0.1'] }, [
      heartbeat('2001:db8:0::1', 1),
      heartbeat('10.0.0.1', 1),
    ]);
    expect(statuses(await get('list-machines')).map(([, status]: string[]) => status)).toEqual(['ok', 'ok']);
  });
  test('answers a page of machines that have connected, as SLS lists them', async () => {
    arrange({ machineList: ['10.0.0.1', '10.0.0.9'] }, [heartbeat('10.0.0.1', 1), heartbeat('10.0.0.2', 1)]);
    const result = await get('list-machines', { offset: '1', size: '1' });
    expect(statuses(result)).toEqual([['10.0.0.2', 'ok']]);
    expect(jsonOf(result)).toMatchObject({ count: 1, total: 2 });
    expect(functions.standIn.requests.map(({ operation, query }) => [operation, query])).toEqual([
      ['ListMachines', { offset: '1', size: '1' }],
    ]);
  });
  test.each([{ size: '10' }, { offset: '0' }, { all: 'false' }])(
    'answers only machines that have connected when asked for a page by %j',
    async (query) => {
      arrange({ machineList: ['10.0.0.1'] }, []);
      expect(jsonOf(await get('list-machines', query as unknown as Record<string, string>))).toEqual({
        machines: [],
        count: 0,
        total: 0,
      });
    },
  );
  test('reads every machine of many, page after page', async () => {
    const many = Array.from({ length: 1100 }, (_, n) => heartbeat(`10.0.${n >> 8}.${n & 255}`, 1));
    arrange({ machineList: many.map(({ ip }) => ip).concat('10.9.9.9') }, many);
    const result = await get('list-machines', { all: 'true' });
    expect(jsonOf(result)).toMatchObject({ count: 1101, total: 1101 });
    expect(statuses(result).filter(([, status]: string[]) => status !== 'ok')).toEqual([
      ['10.9.9.9', 'never'],
    ]);
    const pages = functions.standIn.requests.filter(({ operation }) => operation === 'ListMachines');
    expect(pages.map(({ query }) => query.offset)).toEqual(['0', '500', '1000']);
  });
  test('refuses a listing that has the same machine twice', async () => {
    arrange({}, [heartbeat('10.0.0.1', 1), heartbeat('10.0.0.1', 5)]);
    const result = await get('list-machines');
    expect([result.statusCode, codeOf(result)]).toEqual([502, 'ListingInconsistent']);
  });
  test.each(['0', '2592001', 'x', '1.5'])(
    'answers 400 InvalidParameter for staleSeconds=%s',
    async (staleSeconds) => {
      arrange({}, []);
      expect(codeOf(await get('list-machines', { staleSeconds }))).toBe('InvalidParameter');
    },
  );
});

describe('list-configs and list-config-groups', () => {
  test('answer the configs of a group and the groups of a config', async () => {
    functions.standIn.groups(PROJECT).set(GROUP, storedGroup());
    for (const config of ['access-log', 'error-log']) functions.standIn.configs(PROJECT).add(config);
    expect(jsonOf(await get('list-configs'))).toEqual({ configs: [], count: 0 });
    const apply = await functions.load('apply-config');
    for (const configName of ['access-log', 'error-log', 'access-log']) {
      const result = await functions.http(apply, callOf('apply-config', { parameters: { configName } }));
      expect([result.statusCode, result.body]).toEqual([200, '']);
    }
    expect(jsonOf(await get('list-configs'))).toEqual({ configs: ['access-log', 'error-log'], count: 2 });
    expect(jsonOf(await get('list-config-groups'))).toEqual({ machinegroups: [GROUP], count: 1 });
    const remove = await functions.load('remove-config');
    await functions.http(remove, callOf('remove-config'));
    expect(jsonOf(await get('list-config-groups'))).toEqual({ machinegroups: [], count: 0 });
    expect(functions.standIn.requests.filter(({ method }) => method === 'PUT')).toMatchObject([
      { path: `/machinegroups/${GROUP}/configs/access-log`, body: '' },
      { path: `/machinegroups/${GROUP}/configs/error-log`, body: '' },
      { path: `/machinegroups/${GROUP}/configs/access-log`, body: '' },
    ]);
  });
  test.each(['list-configs', 'list-config-groups'])(
    'answer 502 when the count of %s differs from its rows',
    async (name) => {
      answerWith({ configs: ['a'], machinegroups: ['a'], count: 2 });
      const result = await get(name);
      expect([result.statusCode, codeOf(result)]).toEqual([502, 'AnswerNotUnderstood']);
    },
  );
  test.each(['a/b', 'a#b', 'a b', '.', '..', 'ü', 'x'.repeat(129)])(
    'refuse a config named "%s"',
    async (configName) => {
      const handler = await functions.load('list-config-groups');
      const result = await functions.http(
        handler,
        callOf('list-config-groups', { parameters: { configName } }),
      );
      expect(codeOf(result)).toBe('InvalidParameter');
      expect(functions.standIn.requests).toEqual([]);
    },
  );
});
