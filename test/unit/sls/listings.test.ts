// Whole listings, deletes and configs through the client, over real sockets and on a clock that tests move.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SlsError } from '../../../lib/sls/errors.ts';
import { PROJECT } from '../../support/names.ts';
import { definition, Setup } from './setup.ts';

let setup: Setup;
beforeEach(async () => {
  setup = await Setup.start();
});
afterEach(() => setup.standIn.close());

const TIMES = { createTime: 1, lastModifyTime: 1 };
const names = (count: number) =>
  Array.from({ length: count }, (_, n) => `group-${String(n).padStart(5, '0')}`);
const make = (groups: readonly string[]) => {
  for (const groupName of groups)
    setup.standIn.groups(PROJECT).set(groupName, { ...definition, groupName, ...TIMES });
};

async function failure(call: Promise<unknown>): Promise<SlsError> {
  const error = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SlsError);
  return error as SlsError;
}

describe('a whole listing', () => {
  test('is every row, in order, however many pages it takes', async () => {
    make(names(2_600));
    const { value, requestId } = await setup.client().listAllMachineGroups(PROJECT, {});
    expect(value).toEqual(names(2_600));
    expect(setup.seen).toHaveLength(6);
    expect(requestId).toBe(setup.standIn.requests.at(-1)?.requestId);
  });
  test('goes on where a page ended, should the service give fewer rows than asked for', async () => {
    make(names(10));
    const page = (from: number, to: number) => ({
      kind: 'raw' as const,
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ machinegroups: names(10).slice(from, to), count: to - from, total: 10 }),
    });
    setup.standIn.faults.add(page(0, 3));
    setup.standIn.faults.add(page(3, 7));
    expect((await setup.client().listAllMachineGroups(PROJECT, {})).value).toEqual(names(10));
    expect(setup.standIn.requests.map(({ query }) => query.offset)).toEqual(['0', '3', '7']);
  });
  test('is an error that names the operation when somebody deletes a group meanwhile', async () => {
    make(names(1_001));
    let calls = 0;
    const client = setup.client().with({
      observe: () => {
        calls += 1;
        if (calls === 1) setup.standIn.groups(PROJECT).delete('group-00000');
      },
    });
    const call = client.listAllMachineGroups(PROJECT, {});
    expect(await failure(call)).toMatchObject({
      kind: 'protocol',
      code: 'ListingInconsistent',
      operation: 'ListMachineGroup',
      project: PROJECT,
      status: 200,
    });
  });
  test('is an error when one group goes and another comes, though the total stays', async () => {
    make(names(1_001));
    let calls = 0;
    const client = setup.client().with({
      observe: () => {
        calls += 1;
        if (calls !== 1) return;
        setup.standIn.groups(PROJECT).delete('group-00900');
        make(['a-group-before-all']);
      },
    });
    const call = client.listAllMachineGroups(PROJECT, {});
    // The new one moves the rest back by one: the last row of the first page comes again.
    expect((await failure(call)).message).toMatch(/a row came twice/);
  });
  test('takes no longer than one call may, waits included', async () => {
    make(names(2_000));
    const headers = { 'retry-after': '9' };
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', headers, times: 99 });
    const client = setup.client({ limits: { totalTimeoutMs: 20_000, attempts: 10 } });
    const begin = setup.now();
    await failure(client.listAllMachineGroups(PROJECT, {}));
    expect(setup.now() - begin).toBeLessThanOrEqual(20_000);
    setup.standIn.faults.clear();
    // One wait of 9 s a page: the third page has none left.
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', headers });
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', headers, skip: 2 });
    setup.standIn.faults.add({ kind: 'error', status: 503, code: 'ServerBusy', headers, skip: 4 });
    setup.standIn.forgetRequests();
    expect(await failure(client.listAllMachineGroups(PROJECT, {}))).toMatchObject({ code: 'ServerBusy' });
    expect(setup.standIn.requests.map(({ query, status }) => `${query.offset} ${status}`)).toEqual([
      '0 503',
      '0 200',
      '500 503',
      '500 200',
      '1000 503',
    ]);
  });
});

describe('a delete', () => {
  beforeEach(() => make(['web']));

  test('is done when its answer is lost and the group is gone', async () => {
    for (const fault of [{ kind: 'reset', moment: 'after' }, { kind: 'truncate' }] as const) {
      make(['web']);
      setup.standIn.faults.add(fault);
      const { requestId } = await setup.client().deleteMachineGroup(PROJECT, 'web');
      expect(setup.seen.at(-1)).toBe('DeleteMachineGroup 404');
      expect(requestId).toBe(setup.standIn.requests.at(-1)?.requestId);
    }
  });
  test('of what was not there is an error', async () => {
    await setup.client().deleteMachineGroup(PROJECT, 'web');
    const error = await failure(setup.client().deleteMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'group-missing', ambiguous: false });
  });
  test('is an error too when every attempt before was refused in so many words', async () => {
    setup.standIn.groups(PROJECT).clear();
    setup.standIn.faults.add({ kind: 'error', status: 403, code: 'MetaOperationQpsLimitExceeded' });
    const error = await failure(setup.client().deleteMachineGroup(PROJECT, 'web'));
    expect(error).toMatchObject({ kind: 'group-missing', ambiguous: false });
  });
});

test('a create that is confirmed by reading takes no longer than one call may', async () => {
  const timeout = { limits: { totalTimeoutMs: 10_000, attempts: 5 } };
  setup.standIn.faults.add({ kind: 'error', status: 500, code: 'InternalServerError', effect: true });
  const headers = { 'retry-after': '11' };
  setup.standIn.faults.add({
    kind: 'error',
    status: 503,
    code: 'ServerBusy',
    headers,
    operation: 'GetMachineGroup',
  });
  const begin = setup.now();
  const error = await failure(setup.client(timeout).createMachineGroup(PROJECT, definition));
  expect(error).toMatchObject({ operation: 'GetMachineGroup', code: 'ServerBusy' });
  expect(setup.now() - begin).toBeLessThan(10_000);
});

test('errors of configs name the config', async () => {
  make(['web']);
  const error = await failure(setup.client().applyConfig(PROJECT, 'web', 'no-such-config'));
  expect(error).toMatchObject({ kind: 'config-missing', group: 'web', config: 'no-such-config' });
});

test('names that need escaping are escaped on the wire and signed as they are', async () => {
  for (const signature of ['v1', 'v4'] as const) {
    setup.standIn.configs(PROJECT).add('a b%ü');
    make(['web']);
    const client = setup.client({ destination: { signature } });
    await client.applyConfig(PROJECT, 'web', 'a b%ü');
    expect(setup.standIn.requests.at(-1)).toMatchObject({
      path: '/machinegroups/web/configs/a%20b%25%C3%BC',
      status: 200,
    });
    expect((await client.getAppliedMachineGroups(PROJECT, 'a b%ü')).value).toEqual(['web']);
  }
});
